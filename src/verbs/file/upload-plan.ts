import { basename, dirname, join } from 'node:path'
import { asCbcError, CbcError } from '../../core/errors.ts'
import { glob } from '../../core/glob.ts'
import { append } from '../../core/lists.ts'
import type { LocalFiles } from '../../core/ports.ts'
import type { RemotePaths } from '../../remote/paths.ts'
import type { Context } from '../define.ts'

/** A file to put, a directory to make first, or what can't be put. */
export type Outgoing = { local: string; path: string } | { directory: string } | { local_path: string; error: CbcError }

/** Whether a word is no file's name but a pattern of names: shells of Windows, and ours, hand patterns on. */
export async function isLocalPattern(files: LocalFiles, typed: string): Promise<boolean> {
  return /[*?]/.test(basename(typed)) && (await kindOf(files, typed)) === undefined
}

/**
 * What is to be put must be there: found out before anything is sent.
 * @throws CbcError io
 */
export async function checkSources(files: LocalFiles, sources: readonly string[], recursive: boolean): Promise<void> {
  for (const typed of sources) {
    if (await isLocalPattern(files, typed)) await expand(files, typed)
    else if ((await kindOf(files, typed)) !== 'directory') await files.open(typed)
    else if (!recursive) throw isDirectory(typed)
  }
}

function isDirectory(local: string): CbcError {
  return new CbcError('io', `${local}: is a directory`, { hint: 'put it with -r' })
}

/**
 * Local files, and with `recursive` directories, with their places below a remote directory. A single directory becomes that directory
 * itself where it isn't
 * there yet. What can't be read, can't have its name there, or is a link that leads out of its directory is told of.
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
    // `.` has a name too.
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

/** A local directory and the remote one that it becomes. */
interface Pair {
  from: string
  to: string
}

/** A directory with all below it, each directory before what is in it. */
async function* below({ local: files, session: { paths } }: Context, from: string, to: string): AsyncGenerator<Outgoing> {
  const top = await files.real(from)
  // From the end: what comes next is its last.
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
 * Where a local file goes in a remote directory: its name must mean itself there, and nothing above, below or beside it.
 * @returns the failure of a name that doesn't
 */
export function placed(paths: RemotePaths, directory: string, name: string, local: string): string | CbcError {
  if (paths.canBeMade(name)) return paths.join(directory, name)
  return new CbcError('refused', `${local}: no file can be called "${name}" on the endpoint`, {
    hint: 'put it by itself, under a name of your own',
  })
}

/** What a link leads to, if that is in the same directory: else it would take along what nobody meant. */
async function behind(files: LocalFiles, link: string, top: string): Promise<string | CbcError> {
  const real = await files.real(link).catch((error: unknown) => asCbcError(error))
  if (real instanceof CbcError || real.startsWith(join(top, '/'))) return real
  return new CbcError('refused', `${link}: is a link to ${real}, out of ${top}`, { hint: 'put it by itself if you mean that' })
}

/** @throws CbcError io: nothing matches */
async function expand(files: LocalFiles, typed: string): Promise<string[]> {
  if (!(await isLocalPattern(files, typed))) return [typed]
  const pattern = basename(typed)
  const fits = glob(pattern, false)
  // As shells have it, what is hidden is matched only where the pattern says so.
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
