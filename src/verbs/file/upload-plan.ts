import { basename, dirname, join } from 'node:path'
import { asCbcError, CbcError, usage } from '../../core/errors.ts'
import { glob } from '../../core/glob.ts'
import { append } from '../../core/lists.ts'
import type { LocalFiles } from '../../core/ports.ts'
import type { RemotePaths } from '../../remote/paths.ts'
import type { Context } from '../define.ts'

/** A file to upload, a directory to create first, or something that can't be uploaded. */
export type Outgoing = { local: string; path: string } | { directory: string } | { local_path: string; error: CbcError }

/** Whether an argument is a pattern rather than the name of a file. Windows shells, and ours, do not expand patterns. */
export async function isLocalPattern(files: LocalFiles, typed: string): Promise<boolean> {
  return /[*?]/.test(basename(typed)) && (await kindOf(files, typed)) === undefined
}

/**
 * Checks that all sources exist, before anything is sent.
 * @throws CbcError io; usage: it would be standard input
 */
export async function checkSources(files: LocalFiles, sources: readonly string[], recursive: boolean): Promise<void> {
  for (const typed of sources) {
    const kind = await kindOf(files, typed)
    if (kind === undefined && typed === '-')
      throw usage('put: standard input is not uploaded', 'write it to a file first: its size has to be known, and it may be sent again')
    if (await isLocalPattern(files, typed)) await expand(files, typed)
    else if (kind !== 'directory') await files.open(typed)
    else if (!recursive) throw isDirectory(typed)
  }
}

function isDirectory(local: string): CbcError {
  return new CbcError('io', `${local}: is a directory`, { hint: 'use -r to upload it' })
}

/**
 * Yields local files, and with `recursive` directories, with their places below a remote directory. A single directory becomes the remote
 * directory itself if that does not exist yet. Files that can't be read, whose names are not possible there, or which are links out of their
 * directory are yielded as errors.
 */
export async function* outgoing(
  context: Context,
  sources: string[],
  remote: string,
  there: boolean,
  recursive: boolean,
): AsyncGenerator<Outgoing> {
  const {
    local: files,
    session: { paths },
  } = context
  const found = (await Promise.all(sources.map(typed => expand(files, typed)))).flat()
  const [only] = found
  const becomes = !there && found.length === 1 && only !== undefined && (await kindOf(files, only)) === 'directory'
  if (!there && !becomes) yield { directory: remote }
  for (const local of found) {
    const kind = await kindOf(files, local)
    // A path such as `.` needs to be resolved to find its name.
    const name = basename(kind === 'directory' ? await files.directory(local) : local)
    if (kind === undefined) yield { local_path: local, error: new CbcError('io', `${local}: no such file on this machine`) }
    else if (kind === 'directory' && !recursive) yield { local_path: local, error: isDirectory(local) }
    else {
      const path = becomes ? remote : placed(paths, remote, name, local)
      if (path instanceof CbcError) yield { local_path: local, error: path }
      else if (kind === 'file') yield { local, path }
      else yield* below(context, local, path)
    }
  }
}

/** A local directory and its remote counterpart. */
interface Pair {
  from: string
  to: string
}

/** Yields a directory tree, each directory before its contents. */
async function* below({ local: files, session: { paths } }: Context, from: string, to: string): AsyncGenerator<Outgoing> {
  const top = await files.real(from)
  // A stack: the last element is next.
  const steps: (Outgoing | Pair)[] = [{ from, to }]
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (!('from' in step)) yield step
    else {
      yield { directory: step.to }
      append(steps, (await inside(files, step, top, paths)).reverse())
    }
  }
}

async function inside(files: LocalFiles, { from, to }: Pair, top: string, paths: RemotePaths): Promise<(Outgoing | Pair)[]> {
  try {
    const entries = (await files.names(from)).sort((a, b) => (a.name < b.name ? -1 : 1))
    return await Promise.all(
      entries.map(async ({ name, directory, link }) => {
        const local = join(from, name)
        const path = placed(paths, to, name, local)
        if (path instanceof CbcError) return { local_path: local, error: path }
        if (directory) return { from: local, to: path }
        const source = link ? await behind(files, local, top) : local
        return source instanceof CbcError ? { local_path: local, error: source } : { local: source, path }
      }),
    )
  } catch (error) {
    return [{ local_path: from, error: asCbcError(error) }]
  }
}

/**
 * Returns where a local file goes in a remote directory. Its name must be a plain name there, not a path, a stream or a device.
 * @returns the path, or the error for a name that is not possible there
 */
export function placed(paths: RemotePaths, directory: string, name: string, local: string): string | CbcError {
  if (paths.canBeMade(name)) return paths.join(directory, name)
  return new CbcError('refused', `${local}: a file can't be named "${name}" on the endpoint`, {
    hint: 'upload it separately, under another name',
  })
}

/** Returns the target of a link if it is below the uploaded directory. Following others could upload files that nobody meant. */
async function behind(files: LocalFiles, link: string, top: string): Promise<string | CbcError> {
  const real = await files.real(link).catch((error: unknown) => asCbcError(error))
  if (real instanceof CbcError || real.startsWith(join(top, '/'))) return real
  return new CbcError('refused', `${link}: is a link to ${real}, outside ${top}`, { hint: 'upload it separately if you want it' })
}

/** @throws CbcError io: nothing matches */
async function expand(files: LocalFiles, typed: string): Promise<string[]> {
  if (!(await isLocalPattern(files, typed))) return [typed]
  const pattern = basename(typed)
  const fits = glob(pattern, false)
  // As in shells, hidden files match only if the pattern starts with a dot.
  const names = (await files.names(dirname(typed)))
    .map(({ name }) => name)
    .filter(name => fits(name) && name.startsWith('.') === pattern.startsWith('.'))
  if (names.length === 0) throw new CbcError('io', `${typed}: nothing matches on this machine`)
  return names.sort().map(name => join(dirname(typed), name))
}

async function kindOf(files: LocalFiles, path: string): Promise<'file' | 'directory' | undefined> {
  if (
    await files.directory(path).then(
      () => true,
      () => false,
    )
  )
    return 'directory'
  return await files.entries(path).then(
    () => 'file',
    () => undefined,
  )
}
