import { concurrentMap } from '../core/concurrent-map.ts'
import { CbcError } from '../core/errors.ts'
import { glob } from '../core/glob.ts'
import { append } from '../core/lists.ts'
import { isNamed, list, statIfThere, type Work } from './files.ts'
import { isDirectory, unlisted, type Entry } from './normalize.ts'
import type { RemoteSession } from './session.ts'
import { byName, walk } from './walk.ts'

/** Stands for any number of nested directories; as the last part, for the files in them. */
const ANY_DEPTH = '**'

/**
 * Returns everything that a pattern matches: see `expand`.
 * @throws CbcError not_found: it matches nothing
 */
export async function matching(session: RemoteSession, pattern: string, work: Work): Promise<Entry[]> {
  const found: Entry[] = []
  for await (const entry of expand(session, pattern, work)) found.push(entry)
  if (found.length === 0) throw new CbcError('not_found', `${pattern}: nothing matches this pattern`, { device_id: session.device.id })
  return found
}

/**
 * Yields what a path with patterns in any of its parts matches ("directory list"). `*` and `?` stand for characters of one name; a whole
 * part `**` stands for any number of nested directories or, if it is the last part, for all files in them.
 * @param pattern absolute
 * @returns entries in the order of names; one with an `error` stands for something that could not be read, or has no valid name
 * @throws CbcError not_found, remote: the directory before the first pattern can't be read
 */
async function* expand(session: RemoteSession, pattern: string, work: Work): AsyncGenerator<Entry> {
  const { root, parts } = session.paths.parts(pattern)
  const first = parts.findIndex(part => session.paths.isPatternPart(part))
  let places: (string | Entry)[] = [parts.slice(0, first).reduce((path, part) => session.paths.join(path, part), root)]
  for (const [at, part] of parts.slice(first).entries()) {
    const isLast = first + at === parts.length - 1
    const next = (place: string | Entry) =>
      typeof place === 'string' ? matchPart(session, place, part, isLast, at === 0, work) : Promise.resolve([place])
    if (isLast) {
      for await (const found of concurrentMap(places, next)) for (const one of found) if (typeof one !== 'string') yield one
      return
    }
    const found: (string | Entry)[][] = []
    for await (const some of concurrentMap(places, next)) found.push(some)
    places = found.flat()
  }
}

/** Returns what one part of the path matches at a place: paths to go on from, entries for the last part, or entries with an error. */
async function matchPart(
  session: RemoteSession,
  place: string,
  part: string,
  isLast: boolean,
  isFirst: boolean,
  work: Work,
): Promise<(string | Entry)[]> {
  const { paths } = session
  try {
    if (!paths.isPatternPart(part)) {
      const path = paths.join(place, part)
      if (!isLast) return [path]
      const entry = await statIfThere(session, path, work)
      // Only an entry of this very name is meant: an endpoint may answer with that of something else.
      return entry === undefined || !isNamed(entry, part, paths.windows) ? [] : [entry]
    }
    if (part === ANY_DEPTH) return await everythingBelow(session, place, isLast, work)
    const found = (await list(session, paths.join(place, part), false, work))
      .map(entry => checkMatch(entry, part, place, session))
      .filter(entry => entry !== undefined)
      .sort(byName)
    if (isLast) return found
    return found.flatMap((entry): (string | Entry)[] => (entry.error !== undefined ? [entry] : isDirectory(entry) ? [entry.path] : []))
  } catch (error) {
    if (isFirst || !(error instanceof CbcError) || (error.code !== 'remote' && error.code !== 'not_found')) throw error
    return error.code === 'not_found' ? [] : [unlisted(place, error)]
  }
}

/** Returns a directory and all directories below it, or the files in them. Links are not followed. */
async function everythingBelow(session: RemoteSession, place: string, files: boolean, work: Work): Promise<(string | Entry)[]> {
  const found: (string | Entry)[] = []
  for await (const { path, error, link, entries } of walk(session, place, {}, work)) {
    if (error !== undefined) found.push(unlisted(path, error))
    else if (!link && files)
      append(
        found,
        entries.filter(entry => entry.error !== undefined || !isDirectory(entry)),
      )
    else if (!link) found.push(path)
  }
  return found
}

/**
 * Returns an entry if its name matches. Windows also lists entries of which only the short name matches: those are left out. Anything else
 * that the endpoint lists was not asked for, and is an error.
 */
function checkMatch(entry: Entry, part: string, place: string, { paths: { windows }, device }: RemoteSession): Entry | undefined {
  if (entry.error !== undefined) return entry
  const matches = glob(part, windows)
  // To Windows every name ends with a dot, so that `*.*` matches them all.
  if (matches(entry.filename) || (windows && matches(`${entry.filename}.`))) return entry
  if (matches(String(entry['alternate_name']))) return undefined
  return unlisted(
    place,
    new CbcError('remote', `${place}: lists "${entry.filename}", which doesn't match ${part}`, { device_id: device.id }),
  )
}
