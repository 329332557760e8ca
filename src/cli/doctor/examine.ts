import { LAB } from '../../config/profile.ts'
import type { Progress } from '../../core/ports.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import { connectTo } from '../runtime-context.ts'
import { access } from './access.ts'
import { boundedBy } from './bounded.ts'
import { configuration } from './configuration.ts'
import { passed, skipped, type Finding } from './finding.ts'
import { liveResponse } from './live-response.ts'
import { network } from './network.ts'
import { permissions } from './permissions.ts'

/** All checks, from this machine out to what the key may do. What hangs on something that is not there is not made, and that is said. */
export async function* examine(host: Host, globals: Globals, progress: Progress): AsyncGenerator<Finding> {
  const bounded = boundedBy(host, globals.timeout)
  yield passed('versions', `cbc ${host.version}, ${host.runtime}`)
  const profile = yield* configuration(host, globals)
  if (profile === undefined) return yield skipped('connection', 'nothing else was checked: there is no profile to go on with')
  if (profile === LAB) yield skipped('connection', 'none is needed: the lab is in this process')
  else if (!(yield* network(profile, host, bounded)))
    return yield skipped('key', "what it may do was not checked: the service can't be reached")
  const connection = await connectTo(profile, host, globals, progress)
  progress.step('Asking the service')
  try {
    if (!(yield* access(connection, bounded))) return yield skipped('permissions', 'not checked')
    const readOnly = globals.readOnly === true || globals.dryRun === true || connection.readOnly
    const device = liveResponse(connection, bounded, host.clock.now())
    // It is waited for after the permissions.
    device.catch(() => {})
    progress.step('Asking what the key may do')
    yield* permissions(connection, bounded, readOnly)
    yield await device
  } finally {
    progress.end()
    await connection.close()
  }
}
