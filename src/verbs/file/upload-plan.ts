import { basename, dirname, join } from 'node:path'
import { CbcError } from '../../core/errors.ts'
import { glob } from '../../core/glob.ts'
import type { LocalFiles } from '../../core/ports.ts'
import type { Context } from '../define.ts'

/** A file to put, a directory to make first, or what can't be put. */
export type Outgoing = { local: string, path: string } | { directory: string } | { local_path: string, error: CbcError }

/** Whether a word is no file's name but a pattern of names: shells of Windows, and ours, hand patterns on. */
export async function isLocalPattern(files: LocalFiles, typed: string): Promise<boolean> {
  return /[*?]/.test(basename(typed)) && (await kindOf(files, typed)) === undefined
}

/**
 * Local files, and with `recursive` directories, with their places below a remote directory. A single directory becomes that directory itself where it isn't
 * there yet.
 */
export async function* outgoing({ local: files, session: { paths } }: Context, sources: string[], remote: string, there: boolean, recursive: boolean): AsyncGenerator<Outgoing> {
  const found = (await Promise.all(sources.map(typed => expand(files, typed)))).flat()
  const [only] = found
  const becomes = !there && found.length === 1 && only !== undefined && await kindOf(files, only) === 'directory'
  if (!there && !becomes) yield { directory: remote }
  for (const local of found) {
    const kind = await kindOf(files, local)
    // `.` has a name too.
    const name = basename(kind === 'directory' ? await files.directory(local) : local)
    const path = becomes ? remote : paths.join(remote, name)
    if (kind === undefined) yield { local_path: local, error: new CbcError('io', `${local}: no such file on this machine`) }
    else if (kind === 'file') yield { local, path }
    else if (recursive) yield* below(files, local, path, paths.join.bind(paths))
    else yield { local_path: local, error: new CbcError('io', `${local}: is a directory`, { hint: 'put it with -r' }) }
  }
}

async function* below(files: LocalFiles, local: string, path: string, joined: (directory: string, name: string) => string): AsyncGenerator<Outgoing> {
  yield { directory: path }
  const entries = [...await files.names(local)].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const { name, directory } of entries) {
    if (directory) yield* below(files, join(local, name), joined(path, name), joined)
    else yield { local: join(local, name), path: joined(path, name) }
  }
}

/** @throws CbcError io: nothing matches */
async function expand(files: LocalFiles, typed: string): Promise<string[]> {
  if (!await isLocalPattern(files, typed)) return [typed]
  const pattern = basename(typed)
  const fits = glob(pattern, false)
  // As shells have it, what is hidden is matched only where the pattern says so.
  const names = (await files.names(dirname(typed))).map(({ name }) => name).filter(name => fits(name) && name.startsWith('.') === pattern.startsWith('.'))
  if (names.length === 0) throw new CbcError('io', `${typed}: nothing matches on this machine`)
  return names.sort().map(name => join(dirname(typed), name))
}

async function kindOf(files: LocalFiles, path: string): Promise<'file' | 'directory' | undefined> {
  if (await files.directory(path).then(() => true, () => false)) return 'directory'
  return (await files.names(dirname(path))).some(({ name }) => name === basename(path)) ? 'file' : undefined
}
