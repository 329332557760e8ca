import { asCbcError, CbcError } from '../../core/errors.ts'
import type { LocalFolder } from '../../core/ports.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { walk, type Visited } from '../../remote/walk.ts'
import type { Context } from '../define.ts'

/** A file to get and the local directory that it goes to, or what can't be got. */
export type Incoming = { entry: Entry, folder: LocalFolder } | { path: string, error: CbcError }

/** Where a directory of the endpoint comes to lie. */
interface Place {
  parent: LocalFolder
  name: string
}

/**
 * The files of a directory (with all below it), or those among `found` (with directories, where `recursive`), each with its place in the same tree
 * below `folder`. Links to directories are left out, and told of.
 */
export async function* incoming(context: Context, found: Entry | Entry[], folder: LocalFolder, recursive: boolean): AsyncGenerator<Incoming> {
  if (!Array.isArray(found)) return yield* below(context, found.path, folder)
  for (const entry of found) {
    if (entry.error !== undefined) yield { path: entry.path, error: entry.error }
    else if (!isDirectory(entry)) yield { entry, folder }
    else if (recursive) yield* below(context, entry.path, { parent: folder, name: entry.filename }, entry)
    else yield { path: entry.path, error: new CbcError('remote', `${entry.path}: is a directory`, { hint: 'get it with -r', device_id: context.session.device.id }) }
  }
}

/** @param entry of `path`, where a link there is not to be followed */
async function* below(context: Context, path: string, top: LocalFolder | Place, entry?: Entry): AsyncGenerator<Incoming> {
  const { session, signal } = context
  // Of the directories that the walk has yet to come to.
  const places = new Map<string, Place>()
  for await (const visited of walk(session, path, entry === undefined ? {} : { entry }, { signal })) {
    const place = visited.depth === 0 ? top : places.get(visited.path)
    places.delete(visited.path)
    if (visited.error !== undefined) yield { path: visited.path, error: visited.error }
    else if (visited.link) leaveOut(visited.path, context)
    else if (place !== undefined) yield* inside(visited, place, places, context)
  }
}

/** What is in one directory. */
async function* inside({ path, entries, into }: Visited, place: LocalFolder | Place, places: Map<string, Place>, context: Context): AsyncGenerator<Incoming> {
  const folder = await made(place)
  if (folder instanceof CbcError) return yield { path, error: folder }
  for (const entry of entries) {
    if (entry.error !== undefined) yield { path: entry.path, error: entry.error }
    else if (!isDirectory(entry)) yield { entry, folder }
    else if (into.has(entry)) places.set(entry.path, { parent: folder, name: entry.filename })
    else leaveOut(entry.path, context)
  }
}

/** A local directory that can't be made is the failure of what would have gone there. */
async function made(place: LocalFolder | Place): Promise<LocalFolder | CbcError> {
  if ('path' in place) return place
  return await place.parent.folder(place.name).catch((error: unknown) => asCbcError(error))
}

function leaveOut(path: string, { notice }: Context): void {
  notice(`${path}: leads to another place, and is left out; what is there can be got by itself`)
}
