import { asCbcError, CbcError } from '../../core/errors.ts'
import { glob } from '../../core/glob.ts'
import type { LocalFolder } from '../../core/ports.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { walk, type Visited } from '../../remote/walk.ts'
import type { Context } from '../define.ts'
import { Folders } from './folders.ts'

/** A file to download with its local directory and name, or one that can't be downloaded. */
export type Incoming = { entry: Entry; folder: LocalFolder; name: string } | { path: string; error: CbcError }

/** Where a directory of the endpoint is created locally. */
interface Place {
  parent: LocalFolder
  name: string
}

/**
 * Yields the files that a pattern matches, and with `recursive` also those below matching directories. Below `folder`, the directories are
 * recreated from the first path part that is a pattern. Links to directories are skipped with a notice.
 * @param found the entries that `pattern` matches
 */
export async function* matches(
  context: Context,
  pattern: string,
  found: readonly Entry[],
  folder: LocalFolder,
  recursive: boolean,
): AsyncGenerator<Incoming> {
  const {
    session: { paths, device },
  } = context
  const { parts } = paths.parts(pattern)
  const first = parts.findIndex(part => paths.isPatternPart(part))
  const last = parts.at(-1) ?? ''
  const folders = new Folders(folder)
  for (const entry of found) {
    const name = paths.isPatternPart(last) ? entry.filename : last
    if (entry.error !== undefined) yield { path: entry.path, error: entry.error }
    else if (isDirectory(entry) && !recursive)
      yield {
        path: entry.path,
        error: new CbcError('remote', `${entry.path}: is a directory`, { hint: 'use -r to download it', device_id: device.id }),
      }
    else {
      const parent = await folders.at(paths.parts(entry.path).parts.slice(first, -1)).catch((error: unknown) => asCbcError(error))
      if (parent instanceof CbcError) yield { path: entry.path, error: parent }
      else if (isDirectory(entry)) yield* below(context, entry.path, { parent, name }, entry)
      else yield { entry, folder: parent, name }
    }
  }
}

/** `*` does not match a leading dot, as in sftp: files that would be hidden here are downloaded only if the user typed the dot. */
export function isHidden({ session: { paths } }: Context, pattern: string, { path }: Entry): boolean {
  const { parts } = paths.parts(pattern)
  const first = parts.findIndex(part => paths.isPatternPart(part))
  const dotted = parts
    .slice(first)
    .filter(part => part.startsWith('.'))
    .map(part => glob(part, paths.windows))
  return paths
    .parts(path)
    .parts.slice(first)
    .some(name => name.startsWith('.') && !dotted.some(fits => fits(name)))
}

/**
 * Yields the files of a directory tree, each with its place in the same tree here.
 * @param entry the entry of `path`, so that a link is not followed
 */
export async function* below(context: Context, path: string, top: LocalFolder | Place, entry?: Entry): AsyncGenerator<Incoming> {
  const { session, signal } = context
  // Directories that the walk has not reached yet.
  const places = new Map<string, Place>()
  for await (const visited of walk(session, path, entry === undefined ? {} : { entry }, { signal })) {
    const place = visited.depth === 0 ? top : places.get(visited.path)
    places.delete(visited.path)
    if (visited.error !== undefined) yield { path: visited.path, error: visited.error }
    else if (visited.link) leaveOut(visited.path, context)
    else if (place !== undefined) yield* inside(visited, place, places, context)
  }
}

/** Yields the contents of one directory. */
async function* inside(
  { path, entries, into }: Visited,
  place: LocalFolder | Place,
  places: Map<string, Place>,
  context: Context,
): AsyncGenerator<Incoming> {
  const folder = await made(place)
  if (folder instanceof CbcError) return yield { path, error: folder }
  for (const entry of entries) {
    if (entry.error !== undefined) yield { path: entry.path, error: entry.error }
    else if (!isDirectory(entry)) yield { entry, folder, name: entry.filename }
    else if (into.has(entry)) places.set(entry.path, { parent: folder, name: entry.filename })
    else leaveOut(entry.path, context)
  }
}

/** Creates the local directory. If that fails, the error is reported for the directory whose files would have gone there. */
async function made(place: LocalFolder | Place): Promise<LocalFolder | CbcError> {
  if ('path' in place) return place
  return await place.parent.folder(place.name).catch((error: unknown) => asCbcError(error))
}

function leaveOut(path: string, { notice }: Context): void {
  notice(`${path}: is a link and was skipped; download its target by its own path`)
}
