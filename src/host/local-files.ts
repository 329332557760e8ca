import type { Stats } from 'node:fs'
import { lstat, open, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { LocalFiles } from '../core/ports.ts'
import { openFolder } from './local-folder.ts'
import { directTarget, resolveTarget, startFile, statOf, withCbcErrors } from './local-target.ts'
import { readBlocks } from './read-blocks.ts'
import { openScratch } from './scratch.ts'

/** Files on this machine; see the port. */
export const localFiles: LocalFiles = {
  async open(path) {
    const found = await withCbcErrors(statOf(path, stat))
    if (found === undefined) throw new CbcError('io', `${path}: no such file on this machine`)
    if (!found.isFile())
      throw new CbcError('io', `${path}: is ${found.isDirectory() ? 'a directory' : 'not a regular file'}`, { hint: 'name a file' })
    // Opened now, so that an unreadable file is detected before anything is sent.
    await withCbcErrors(open(path, 'r').then(file => file.close()))
    return {
      path: resolve(path),
      name: basename(resolve(path)),
      size: found.size,
      modified: found.mtimeMs,
      bytes: ({ reuse = false } = {}) => bytesIfUnchanged(path, found, reuse),
    }
  },

  place: (path, name, overwrite) => withCbcErrors(resolveTarget(path, name, overwrite)),

  create: (path, name, overwrite, resume) => withCbcErrors(resolveTarget(path, name, overwrite).then(final => startFile(final, resume))),

  async replace(path) {
    const old = await withCbcErrors(statOf(path, stat))
    // /dev/null and pipes are written to directly: a file renamed to their path would replace them.
    if (old !== undefined && !old.isFile() && !old.isDirectory()) return directTarget(resolve(path), await withCbcErrors(open(path, 'w')))
    return await withCbcErrors(resolveTarget(old === undefined ? path : await realpath(path), '', true).then(final => startFile(final)))
  },

  folder: (path, name, shared) => withCbcErrors(openFolder(path, name, shared)),

  append: async (path, isNew = false) => directTarget(resolve(path), await withCbcErrors(open(path, isNew ? 'ax' : 'a', 0o600))),

  async text(path) {
    const bytes = await withCbcErrors(readFile(path))
    const [{ decodeWhole }, { orUsage }] = await Promise.all([import('../core/text/decode.ts'), import('../core/text/malformed.ts')])
    try {
      return decodeWhole(bytes)
    } catch (error) {
      throw orUsage(error, path)
    }
  },

  names: async directory =>
    (await withCbcErrors(readdir(directory, { withFileTypes: true }))).map(entry => ({
      name: entry.name,
      directory: entry.isDirectory(),
      link: entry.isSymbolicLink(),
    })),

  real: path => withCbcErrors(realpath(path)),

  async directory(path) {
    if (!(await withCbcErrors(stat(path))).isDirectory()) throw new CbcError('io', `${path}: is not a directory`)
    return resolve(path)
  },

  async entries(path) {
    const describe = async (name: string, place: string) => {
      // A broken link is described itself.
      const found = (await withCbcErrors(statOf(place, stat))) ?? (await withCbcErrors(lstat(place)))
      return { name, directory: found.isDirectory(), size: found.size, modified: found.mtimeMs }
    }
    if (!(await withCbcErrors(stat(path))).isDirectory()) return [await describe(basename(path), path)]
    return await Promise.all((await withCbcErrors(readdir(path))).map(name => describe(name, join(path, name))))
  },

  scratch: openScratch,
}

/** Streams a file that must not change meanwhile, because the service was told its size. */
async function* bytesIfUnchanged(path: string, before: Stats, reuse: boolean): AsyncIterable<Uint8Array> {
  let seen = 0
  let changed = false
  try {
    for await (const chunk of readBlocks(path, before.size)) {
      seen += chunk.length
      if (seen > before.size) break
      yield reuse ? chunk : Buffer.from(chunk)
    }
    const after = await stat(path)
    changed = seen !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs
  } catch (error) {
    throw asCbcError(error)
  }
  if (changed) throw new CbcError('io', `${path}: changed while it was read`, { hint: 'make a copy of it and put the copy' })
}
