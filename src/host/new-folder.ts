import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CbcError } from '../core/errors.ts'
import type { NewFolder } from '../core/new-folder.ts'
import type { LocalTarget, Random } from '../core/ports.ts'
import { wrapTarget } from '../core/wrap-target.ts'
import { BackgroundFlush } from './background-flush.ts'
import { statOf, target, withCbcErrors } from './local-target.ts'
import { syncFolder } from './sync-folder.ts'

const OWNER_ONLY_MODE = 0o700
/** What the system says where a folder is not empty, or something else has its name. */
const TAKEN = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR']

/**
 * Begins a folder that appears as a whole; see the port. An empty folder of its name gives way to it.
 * @throws CbcError refused: there is something of its name; io
 */
export async function openNewFolder(path: string, random: Random): Promise<NewFolder> {
  const final = resolve(path)
  const part = join(dirname(final), `.cbc-${random.uuid()}.part`)
  const folders = new Set([part])
  /** Files that are being written. */
  const writing = new Set<LocalTarget>()
  await withCbcErrors(refuseTaken(final).then(() => mkdir(part, OWNER_ONLY_MODE)))

  const create = async (file: string): Promise<LocalTarget> => {
    const parts = file.split('/')
    if (parts.some(name => ['', '.', '..'].includes(name))) throw new Error(`not below a folder: ${file}`)
    const above = parts.slice(0, -1).map((_, n) => join(part, ...parts.slice(0, n + 1)))
    for (const folder of above) {
      if (folders.has(folder)) continue
      await mkdir(folder, OWNER_ONLY_MODE)
      folders.add(folder)
    }
    const target = await startIn(join(part, ...parts))
    writing.add(target)
    return wrapTarget(target, {
      async commit(modified) {
        await target.commit(modified)
        writing.delete(target)
      },
    })
  }
  const discard = async () => {
    for (const target of writing) await target.discard()
    await rm(part, { recursive: true, force: true })
  }
  const commit = async () => {
    for (const folder of folders) await syncFolder(folder)
    try {
      // Some systems rename nothing over a folder, not even over an empty one.
      await rmdir(final).catch(ignoreMissing)
      await rename(part, final)
    } catch (error) {
      throw TAKEN.includes(codeOf(error)) ? taken(final) : error
    }
    await syncFolder(dirname(final))
  }
  return {
    path: final,
    create: file => withCbcErrors(create(file)),
    commit: () => withCbcErrors(commit()),
    discard: () => withCbcErrors(discard()),
  }
}

/** Begins a file that is where it belongs from the beginning: its folder hasn't appeared yet. */
async function startIn(path: string): Promise<LocalTarget> {
  const flush = new BackgroundFlush()
  return target(path, await open(path, 'wx', 0o600), {
    wrote: (file, bytes) => flush.wrote(file, bytes),
    flush: file => flush.end(file),
    async finish(file, modified) {
      if (modified !== undefined) await file.utimes(modified / 1000, modified / 1000)
      await flush.end(file)
    },
    async appear() {},
    undo: () => rm(path, { force: true }),
    async note() {},
  })
}

async function refuseTaken(path: string): Promise<void> {
  const found = await statOf(path, lstat)
  if (found === undefined) return
  if (!found.isDirectory() || (await readdir(path)).length > 0) throw taken(path)
}

function taken(path: string): CbcError {
  return new CbcError('refused', `${path}: exists on this machine, and is no empty folder`, { hint: 'name another place' })
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
