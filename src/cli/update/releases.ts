import { isRecord } from '../../core/is-record.ts'
import { isLoopback } from '../../core/auth-and-network.ts'
import { CbcError } from '../../core/errors.ts'
import { compareVersions, parseVersion, type Version } from '../../core/semver.ts'

/** A release that a list names. */
export interface Release {
  version: Version
  /** Where it is told of, or downloaded. */
  url?: string
  /** The day of its publication: `2026-11-30`. */
  date?: string
}

/** The most releases that are read. */
const MAX_RELEASES = 10_000

/**
 * Reads a list of releases: our own form, `[{version, url?, date?}]`, or the releases of a repository as GitHub's API lists them
 * (`tag_name`, `html_url`, `published_at`, `draft`, `prerelease`), also one alone. Of GitHub's, drafts and tags that are no version are left out.
 * @param answer what the server sent: anything
 * @throws CbcError network: it is neither
 */
export function releasesIn(answer: unknown): Release[] {
  const entries: unknown[] = Array.isArray(answer) ? answer : [answer]
  if (entries.length > MAX_RELEASES) throw broken(`names more than ${MAX_RELEASES} releases`)
  return entries.map(releaseIn).filter(release => release !== undefined)
}

/** Returns the newest release; one that is a prerelease only for somebody who uses one. */
export function newest(releases: readonly Release[], current: Version): Release | undefined {
  return releases
    .filter(({ version }) => version.prerelease.length === 0 || current.prerelease.length > 0)
    .reduce<Release | undefined>(
      (best, one) => (best === undefined || compareVersions(one.version, best.version) > 0 ? one : best),
      undefined,
    )
}

function releaseIn(entry: unknown): Release | undefined {
  if (!isRecord(entry)) throw broken('has an entry that is not an object')
  if (!('tag_name' in entry)) return release(versionOf(entry['version']), entry['url'], entry['date'])
  const version = parseVersion(String(entry['tag_name']))
  if (version === undefined || entry['draft'] === true || (entry['prerelease'] === true && version.prerelease.length === 0))
    return undefined
  return release(version, entry['html_url'], entry['published_at'])
}

function versionOf(value: unknown): Version {
  const version = typeof value === 'string' ? parseVersion(value) : undefined
  if (version === undefined) throw broken('has an entry without a version, such as 1.2.3')
  return version
}

function release(version: Version, url: unknown, date: unknown): Release {
  return { version, ...(url == null ? {} : { url: addressOf(url) }), ...(date == null ? {} : { date: dayOf(date) }) }
}

/** Somebody will open it: only what leads to a site over https. */
function addressOf(value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (url === undefined || !safe || url.username !== '' || url.password !== '') throw broken('has a url that is not an https address')
  return url.href
}

function dayOf(value: unknown): string {
  const [, day] = typeof value === 'string' ? (/^(\d{4}-\d\d-\d\d)(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.exec(value) ?? []) : []
  if (day === undefined) throw broken('has a date that is not one, such as 2026-11-30')
  return day
}

function broken(why: string): CbcError {
  return new CbcError('network', `the list of releases ${why}`, { hint: 'docs/updates.md describes what it has to be' })
}
