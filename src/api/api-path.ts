import { usage } from '../core/errors.ts'
import { pathSegment } from './wire-checks.ts'

/** The characters of a path segment on the wire: none that a server could take for its end. */
const SEGMENT = /^[\w.~!$&'()*+,=:@%-]+$/

/**
 * Checks a path that a person typed: it is below the profile's URL and stays there, however a server reads it.
 * @param typed `/appservices/v6/orgs/{org_key}/…`, with or without a query
 * @returns the path, which begins with a slash, and its query
 * @throws CbcError usage: it is not a path, or could lead elsewhere
 */
export function apiPath(typed: string, orgKey: string): { path: string; query: URLSearchParams } {
  const text = typed.trim().replaceAll('{org_key}', pathSegment(orgKey, 'org_key'))
  if (/^[a-z][a-z\d+.-]*:/i.test(text) || text.startsWith('//'))
    throw usage(`"${typed}" is an address`, 'give the path alone: it is below the URL of the profile')
  const [, given = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(text) ?? []
  const path = given.startsWith('/') ? given : `/${given}`
  const placeholder = /^[^{]*(\{[^}]*\})/.exec(path)?.[1]
  if (placeholder !== undefined)
    throw usage(`${placeholder} is still in the path`, 'replace it with its value; only {org_key} is filled in')
  for (const segment of path.slice(1).split('/')) checkSegment(segment, typed)
  if (query.includes('#')) throw usage(`"${typed}": # can't be part of a query`, 'write %23')
  return { path, query: new URLSearchParams(query) }
}

/** @throws CbcError usage */
function checkSegment(segment: string, typed: string): void {
  const wrong = (why: string) => usage(`"${typed}" is not an API path: ${why}`)
  if (segment === '') throw wrong('a part of it is empty')
  if (!SEGMENT.test(segment)) throw wrong(`"${segment}" has characters that must be written as %XX`)
  const plain = decoded(segment)
  if (plain === undefined) throw wrong(`"${segment}" is not encoded as UTF-8`)
  if (/^\.{1,2}$/.test(plain) || /[/\\;\x00-\x1f\x7f]|%(2e|2f|5c)/i.test(plain)) throw wrong(`"${segment}" leads elsewhere`)
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
