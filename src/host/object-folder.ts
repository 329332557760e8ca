import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, lstat, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CbcError } from '../core/errors.ts'
import type { ObjectStore, ObjectUpload, Written } from '../core/file-store.ts'
import type { Random } from '../core/ports.ts'
import { BackgroundFlush } from './background-flush.ts'
import { localFiles } from './local-files.ts'
import { makeDirectory } from './local-folder.ts'
import { statOf, target, withCbcErrors } from './local-target.ts'
import { nameOnce } from './name-once.ts'
import { syncFolder } from './sync-folder.ts'

/**
 * Opens a folder, such as that of a network share, for objects that are written once.
 * @param addName gives a file a second name, and fails where that is taken
 * @throws CbcError io: there is no such folder. None is made: where the share isn't mounted, files would fill the disk of this machine
 */
export async function openObjectFolder(path: string, random: Random, addName = link): Promise<ObjectStore> {
  const root = await localFiles.directory(path).catch((error: unknown) => {
    throw error instanceof CbcError ? error.with(error.message, { hint: 'mount the share, or create the folder' }) : error
  })
  const locate = (object: string) => join(root, object)
  const begin = async (object: string) => {
    const folders = object.split('/').slice(0, -1)
    for (let depth = 1; depth <= folders.length; depth++) await makeDirectory(join(root, ...folders.slice(0, depth)))
    return await beginObject(locate(object), locate, random, addName)
  }
  return {
    locate,
    has: async object => (await withCbcErrors(statOf(locate(object), lstat))) !== undefined,
    begin: object => withCbcErrors(begin(object)),
  }
}

async function beginObject(final: string, locate: (object: string) => string, random: Random, addName: typeof link): Promise<ObjectUpload> {
  const folder = dirname(final)
  const part = join(folder, `.cbc-${random.uuid()}.part`)
  const flush = new BackgroundFlush()
  let appeared = false
  const file = target(final, await open(part, 'wx', 0o600), {
    wrote: (handle, bytes) => flush.wrote(handle, bytes),
    flush: handle => flush.end(handle),
    async finish(handle, modified) {
      if (modified !== undefined) await handle.utimes(modified / 1000, modified / 1000)
      await flush.end(handle)
    },
    async appear() {
      appeared = await nameOnce(part, final, addName)
      await syncFolder(folder)
    },
    undo: () => rm(part, { force: true }),
    async note() {},
  })
  return {
    write: chunk => file.write(chunk),
    drop: async () => await file.drop?.(),
    isAt: (object, written) => withCbcErrors(hasBytes(locate(object), written)),
    async commit(_written, modified) {
      await file.commit(modified)
      return appeared
    },
    discard: () => file.discard(),
  }
}

async function hasBytes(path: string, { size, sha256 }: Written): Promise<boolean> {
  const found = await statOf(path, lstat)
  if (found?.isFile() !== true || found.size !== size) return false
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex') === sha256
}
