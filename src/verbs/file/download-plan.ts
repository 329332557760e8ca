import { CbcError } from '../../core/errors.ts'
import type { LocalFolder } from '../../core/ports.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { isLink, walk } from '../../remote/walk.ts'
import type { Context } from '../define.ts'

/** A file to get and the local directory that it goes to, or what can't be got. */
export type Incoming = { entry: Entry, folder: LocalFolder } | { path: string, error: CbcError }

/**
 * The files of a directory (with all below it), or those among `found` (with directories, where `recursive`), each with its place in the same tree
 * below `folder`. Links to directories are left out.
 */
export async function* incoming(context: Context, found: Entry | Entry[], folder: LocalFolder, recursive: boolean): AsyncGenerator<Incoming> {
  if (!Array.isArray(found)) return yield* below(context, found.path, folder)
  for (const entry of found) {
    if (!isDirectory(entry)) yield { entry, folder }
    else if (!recursive) yield { path: entry.path, error: new CbcError('remote', `${entry.path}: is a directory`, { hint: 'get it with -r', device_id: context.session.device.id }) }
    else if (!isLink(entry)) yield* below(context, entry.path, await folder.folder(entry.filename))
  }
}

async function* below({ session, signal }: Context, path: string, folder: LocalFolder): AsyncGenerator<Incoming> {
  // The local directories of what the walk has yet to come to.
  const folders = new Map<string, LocalFolder>()
  for await (const visited of walk(session, path, {}, { signal })) {
    const here = visited.depth === 0 ? folder : folders.get(visited.path)
    folders.delete(visited.path)
    if (visited.error !== undefined) yield { path: visited.path, error: visited.error }
    if (here === undefined) continue
    for (const entry of visited.entries) {
      if (!isDirectory(entry)) yield { entry, folder: here }
      else if (visited.into.has(entry)) folders.set(entry.path, await here.folder(entry.filename))
    }
  }
}
