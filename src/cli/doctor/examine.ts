import { LAB } from '../../config/profile.ts'
import { aboutLine } from '../../core/about.ts'
import type { Progress } from '../../core/ports.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import { connectTo } from '../runtime-context.ts'
import { checkAccess } from './access.ts'
import { boundedBy } from './time-limit.ts'
import { checkConfiguration } from './configuration.ts'
import { passed, skipped, type Finding } from './finding.ts'
import { checkLiveResponse } from './live-response.ts'
import { checkNetwork } from './network.ts'
import { checkPermissions } from './permissions.ts'

/** Runs all checks, from this machine out to the key's permissions. A check that can't be made is reported as skipped. */
export async function* examine(host: Host, globals: Globals, progress: Progress): AsyncGenerator<Finding> {
  const bounded = boundedBy(host, globals.timeout)
  yield passed('versions', `cbc ${aboutLine(host.about)}`)
  const profile = yield* checkConfiguration(host, globals)
  if (profile === undefined) return yield skipped('connection', 'nothing else was checked: there is no usable profile')
  if (profile === LAB) yield skipped('connection', 'none is needed: the lab runs in this process')
  else if (!(yield* checkNetwork(profile, host, bounded)))
    return yield skipped('key', "its permissions were not checked: the service can't be reached")
  const connection = await connectTo(profile, host, globals, progress)
  progress.step('Asking the service')
  try {
    if (!(yield* checkAccess(connection, bounded))) return yield skipped('permissions', 'not checked')
    const readOnly = globals.readOnly === true || globals.dryRun === true || connection.readOnly
    const device = checkLiveResponse(connection, bounded, host.clock.now())
    // It is awaited below, after the permissions: until then a failure must not count as unhandled.
    device.catch(() => {})
    progress.step('Asking what the key may do')
    yield* checkPermissions(connection, bounded, readOnly)
    yield await device
  } finally {
    progress.end()
    await connection.close()
  }
}
