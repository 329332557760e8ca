import { createReadStream, type Stats } from 'node:fs'
import { open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { LocalFiles, LocalTarget } from '../core/ports.ts'

const CHUNK = 256 * 1024

/** Files on this machine; see the port. */
export const localFiles: LocalFiles = {
  async open(path) {
    const found = await statOf(path)
    if (found === undefined) throw new CbcError('io', `${path}: no such file on this machine`)
    if (!found.isFile()) throw new CbcError('io', `${path}: is ${found.isDirectory() ? 'a directory' : 'no regular file'}`, { hint: 'name a file' })
    // Opened now, so that a file that may not be read is found out before anything is sent.
    await (await open(path, 'r')).close()
    return {
      path: resolve(path),
      name: basename(resolve(path)),
      size: found.size,
      modified: found.mtimeMs,
      bytes: () => exactly(path, found.size),
    }
  },

  async create(path, name, overwrite) {
    const found = await statOf(path)
    const into = found?.isDirectory() || /[\\/]$/.test(path)
    const final = resolve(into ? join(path, safeName(name)) : path)
    const old = into ? await statOf(final) : found
    if (old?.isDirectory()) throw new CbcError('io', `${final}: is a directory`)
    if (old !== undefined && !overwrite) throw new CbcError('refused', `${final}: exists on this machine`, { hint: 'overwrite it with --force' })
    const part = `${final}.part`
    return target(final, await open(part, 'w', 0o600), {
      finish: () => rename(part, final),
      undo: () => rm(part, { force: true }),
    })
  },

  append: async path => target(resolve(path), await open(path, 'a', 0o600), { async finish() {}, async undo() {} }),

  async text(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      throw asCbcError(error)
    }
  },

  async names(directory) {
    try {
      return (await readdir(directory, { withFileTypes: true })).map(entry => ({ name: entry.name, directory: entry.isDirectory() }))
    } catch {
      return []
    }
  },
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

function target(path: string, file: FileHandle, after: { finish(): Promise<void>, undo(): Promise<void> }): LocalTarget {
  let open_ = true
  const close = async () => {
    if (open_) await file.close()
    open_ = false
  }
  return {
    path,
    async write(chunk) {
      let at = 0
      while (at < chunk.length) at += (await file.write(chunk, at)).bytesWritten
    },
    async commit(modified) {
      if (modified !== undefined) await file.utimes(modified / 1000, modified / 1000)
      await file.sync()
      await close()
      await after.finish()
    },
    async discard() {
      await close()
      await after.undo()
    },
  }
}

/** The bytes of a file that must not change its size meanwhile: the service was told how many come. */
async function* exactly(path: string, size: number): AsyncIterable<Uint8Array> {
  let seen = 0
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    seen += (chunk as Buffer).length
    if (seen > size) break
    yield chunk as Buffer
  }
  if (seen !== size) throw new CbcError('io', `${path}: changed while it was read`, { hint: 'copy it aside and put the copy' })
}

/** Names that mean a device on Windows, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i

/** The endpoint's name for a file as a name here: it never decides where the file goes. */
function safeName(name: string): string {
  const flat = name.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]/g, '_').replace(/[. ]+$/, '_')
  return flat === '' || flat === '_' || RESERVED.test(flat) ? `_${flat}` : flat
}
