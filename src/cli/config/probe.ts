import type { Profile } from '../../config/profile.ts'
import { asCbcError, type CbcError } from '../../core/errors.ts'
import { formatDuration } from '../../core/quantity.ts'
import { withDeadline } from '../../core/abort.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import { openProgress } from '../../ui/progress.ts'
import { connectTo } from '../runtime-context.ts'

/** How long the whole probe may take without `--timeout`, milliseconds. */
const PROBE_TIMEOUT_MS = 30_000

/** The result of trying a profile: it works, and what its key may not do; or why it doesn't work. */
export type Probed =
  | { works: true; lacking: string[]; /** How many the organization has, if the key may know. */ endpoints?: number }
  | { works: false; error: CbcError; /** Which settings are probably wrong. */ suspects: Suspect[] }

export type Suspect = 'url' | 'org_key' | 'key' | 'authority' | 'nothing'

/** Tries calls that change nothing: endpoints, sessions, USB approvals. The profile works if one of them does. */
export async function probe(profile: Profile, host: Host, globals: Globals): Promise<Probed> {
  const timeoutMs = globals.timeout ?? PROBE_TIMEOUT_MS
  const progress = openProgress(host.stderr, host.clock, globals.quiet === true)
  const deadline = withDeadline(host.clock, timeoutMs, `${profile.url.host} did not answer in ${formatDuration(timeoutMs)}`, host.interrupt)
  const { signal } = deadline
  const connection = await connectTo(profile, host, globals, progress)
  progress.step(`Asking ${profile.url.host}`)
  try {
    let endpoints: number | undefined
    const reads = {
      'find endpoints': async () => {
        endpoints = Number((await connection.devices.search({ rows: 1 }, { signal })).num_found)
      },
      'list Live Response sessions': async () => {
        await connection.liveResponse.listSessions({ signal })
      },
      'search USB approvals': async () => {
        await connection.usb.searchApprovals({ rows: 1 }, { signal })
      },
    }
    const tried = await Promise.all(
      Object.entries(reads).map(async ([what, read]) => ({ what, error: await read().then(() => undefined, asCbcError) })),
    )
    host.interrupt.throwIfAborted()
    const failed = tried.flatMap(({ what, error }) => (error === undefined ? [] : [{ what, error }]))
    const [first] = failed
    if (first === undefined || failed.length < tried.length) {
      return {
        works: true,
        lacking: failed.filter(({ error }) => error.facts.http_status === 403).map(({ what }) => what),
        ...(endpoints === undefined ? {} : { endpoints }),
      }
    }
    const error = explained(first.error, profile)
    return { works: false, error, suspects: suspectsOf(error) }
  } finally {
    deadline.clear()
    progress.stop()
    await connection.close()
  }
}

/** Explains an error of all calls in terms of the settings, any of which may be wrong. */
function explained(error: CbcError, { url, orgKey }: Profile): CbcError {
  if (error.facts.untrusted) return error.with(error.message, { hint: 'if your own authority signed it, name a file with its certificate' })
  switch (error.facts.http_status) {
    case 401:
      return error.with(`${url.host} does not accept the key`, {
        hint: 'check that it was copied completely, and that it belongs to this organization and region',
      })
    case 403:
      return error.with(`${url.host} does not allow the key any of the calls that were tried`, {
        hint: `its access level lacks permissions (device READ, org.liveresponse.session READ, external-device.manage READ), or ${orgKey} is another organization's key`,
      })
    case 404:
      return error.with(`${url.host} knows no organization ${orgKey}`, {
        hint: "the org key is not the organization's id or name: Settings > API Access shows it; or it is in another region",
      })
    default:
      return error
  }
}

function suspectsOf({ code, facts: { http_status: status, untrusted } }: CbcError): Suspect[] {
  if (untrusted === true) return ['authority', 'url']
  if (status === 403) return ['org_key', 'key']
  if (status === 404) return ['org_key', 'url']
  if (code === 'auth') return ['key', 'url']
  return ['url', 'nothing']
}
