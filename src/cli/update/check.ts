import { name as packageName } from '../../../package.json'
import { readPublicDocument } from '../../api/public-document.ts'
import { releasesUrl } from '../../config/values.ts'
import type { About } from '../../core/about.ts'
import { linked, withDeadline } from '../../core/abort.ts'
import type { NetworkSettings } from '../../core/auth-and-network.ts'
import { usage } from '../../core/errors.ts'
import { isJson } from '../../core/format.ts'
import type { Host } from '../../core/host.ts'
import type { Row } from '../../core/result.ts'
import { compareVersions, parseVersion } from '../../core/semver.ts'
import type { ProgramContext } from '../../engine/define-program-verb.ts'
import type { Globals } from '../../engine/globals.ts'
import { logged } from '../logged-transport.ts'
import { profileOrNone, publicNetwork } from '../public-network.ts'
import { newest, releasesIn } from './releases.ts'

const WHAT = 'list of releases'

/**
 * Compares this version with the newest in the list of releases.
 * @returns `{version, latest, newer, date?, url?}`; `latest` is null where the list names none
 * @throws CbcError usage: not asked to check, or no list is set; network: the list can't be read, or is none; not_found: 404
 */
export async function check({ check: asked }: { check: boolean }, { host, globals, progress, notice }: ProgramContext): Promise<Row> {
  const { about } = host
  if (!asked) throw usage('cbc does not update itself: --check tells whether there is a newer version', howToUpdate(about))
  const { url, network } = await listOf(host, globals)
  const deadline =
    globals.timeout === undefined
      ? linked(host.interrupt)
      : withDeadline(host.clock, globals.timeout, time => `${WHAT}: ${url.host} did not answer within ${time}`, host.interrupt)
  const { send, close } = await host.network(network)
  const transport = globals.verbose ? logged(send, host, progress) : send
  progress.step(`Asking ${url.host} for the ${WHAT}`)
  try {
    const reading = { transport, userAgent: `cbc/${about.version}`, what: WHAT, signal: deadline.signal }
    const releases = releasesIn(await readPublicDocument(url, reading))
    const current = parseVersion(about.version) ?? { text: about.version, release: [], prerelease: [] }
    const latest = newest(releases, current)
    const newer = latest !== undefined && compareVersions(latest.version, current) > 0
    // With JSON a program is reading, which finds the same in the answer.
    if (newer && !isJson(globals.output)) await notice(`${latest.version.text} is newer than this ${about.version}: ${howToUpdate(about)}`)
    const { date, url: page } = latest ?? {}
    return {
      version: about.version,
      latest: latest?.version.text ?? null,
      newer,
      ...(date === undefined ? {} : { date }),
      ...(page === undefined ? {} : { url: page }),
    }
  } finally {
    progress.end()
    close()
    deadline.clear()
  }
}

/** How to get the newest version, by the way in which this one was installed. */
function howToUpdate({ executable }: About): string {
  return executable
    ? 'put the file of the new version in the place of this one, or use the package manager that installed it'
    : `type npm install --global ${packageName}@latest, or use the package manager that installed it`
}

/** Returns where the list is, and how to get there. @throws CbcError usage: none is set; whatever is wrong with the profile */
async function listOf(host: Host, { profile: wanted }: Globals): Promise<{ url: URL; network: NetworkSettings }> {
  const fromEnvironment = host.env['CBC_UPDATE_URL']?.trim() ?? ''
  const profile = await profileOrNone(host, wanted)
  const url = fromEnvironment === '' ? profile?.updateUrl : releasesUrl(fromEnvironment, 'CBC_UPDATE_URL')
  if (url === undefined)
    throw usage(
      'no list of releases is set',
      'set CBC_UPDATE_URL, or type cbc config set update_url https://...; docs/updates.md describes what it has to be',
    )
  return { url, network: publicNetwork(profile) }
}
