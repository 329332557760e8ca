import { concurrentMap } from '../core/concurrent-map.ts'
import { CbcError } from '../core/errors.ts'
import { glob } from '../core/glob.ts'
import { append } from '../core/lists.ts'
import { isNamed, list, statIfThere, type Work } from './files.ts'
import { isDirectory, unlisted, type Entry } from './normalize.ts'
import type { RemoteSession } from './session.ts'
import { byName, walk } from './walk.ts'

/** Directories, any number of them one in the other; as the last part the files in them. */
const ANY_DEPTH = '**'

/**
 * All that a pattern matches: see `expand`.
 * @throws CbcError not_found: nothing
 */
export async function matching(session: RemoteSession, pattern: string, work: Work): Promise<Entry[]> {
  const found: Entry[] = []
  for await (const entry of expand(session, pattern, work)) found.push(entry)
  if (found.length === 0) throw new CbcError('not_found', `${pattern}: nothing matches this pattern`, { device_id: session.device.id })
  return found
}

/**
 * What a path matches that has patterns in any of its parts ("directory list"): `*` and `?` stand for characters of one name, and a whole
 * part `**`
 * for any directories one in the other; where that is the last one, for all files in them.
 * @param pattern absolute
 * @returns in the order of names; an entry with an `error` is what could not be read on the way, or is no name
 * @throws CbcError not_found, remote: the directory before the first pattern can't be read
 */
async function* expand(session: RemoteSession, pattern: string, work: Work): AsyncGenerator<Entry> {
  const { root, parts } = session.paths.parts(pattern)
  const first = parts.findIndex(part => session.paths.isPatternPart(part))
  let places: (string | Entry)[] = [parts.slice(0, first).reduce((path, part) => session.paths.join(path, part), root)]
  for (const [at, part] of parts.slice(first).entries()) {
    const isLast = first + at === parts.length - 1
    const next = (place: string | Entry) =>
      typeof place === 'string' ? onward(session, place, part, isLast, at === 0, work) : Promise.resolve([place])
    if (isLast) {
      for await (const found of concurrentMap(places, next)) for (const one of found) if (typeof one !== 'string') yield one
      return
    }
    const found: (string | Entry)[][] = []
    for await (const some of concurrentMap(places, next)) found.push(some)
    places = found.flat()
  }
}

/**
 * What one part of the path leads to from a place: paths of places to go on from, entries where it is the last, or entries with an error.
 */
async function onward(
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
      // Of what a pattern leads to only what bears the name is meant: an endpoint may answer with the entry of something else.
      return entry === undefined || !isNamed(entry, part, paths.windows) ? [] : [entry]
    }
    if (part === ANY_DEPTH) return await below(session, place, isLast, work)
    const found = (await list(session, paths.join(place, part), false, work))
      .map(entry => fitting(entry, part, place, session))
      .filter(entry => entry !== undefined)
      .sort(byName)
    if (isLast) return found
    return found.flatMap((entry): (string | Entry)[] => (entry.error !== undefined ? [entry] : isDirectory(entry) ? [entry.path] : []))
  } catch (error) {
    if (isFirst || !(error instanceof CbcError) || (error.code !== 'remote' && error.code !== 'not_found')) throw error
    return error.code === 'not_found' ? [] : [unlisted(place, error)]
  }
}

/** A directory and all directories below it, or the files in these. Links are not followed. */
async function below(session: RemoteSession, place: string, files: boolean, work: Work): Promise<(string | Entry)[]> {
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
 * An entry as far as its name fits. Windows matches short names too, of names that don't: these are not meant. Whatever else the endpoint
 * lists was not asked for.
 */
function fitting(entry: Entry, part: string, place: string, { paths: { windows }, device }: RemoteSession): Entry | undefined {
  if (entry.error !== undefined) return entry
  const fits = glob(part, windows)
  // To Windows every name has a dot in the end: `*.*` fits them all.
  if (fits(entry.filename) || (windows && fits(`${entry.filename}.`))) return entry
  if (fits(String(entry['alternate_name']))) return undefined
  return unlisted(place, new CbcError('remote', `${place}: lists "${entry.filename}", which doesn't fit ${part}`, { device_id: device.id }))
}
