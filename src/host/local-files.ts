import { createReadStream, type Stats } from 'node:fs'
import { lstat, open, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { LocalFiles } from '../core/ports.ts'
import { openFolder } from './local-folder.ts'
import { asItComes, placeFor, startFile, statOf, told } from './local-target.ts'
import { openScratch } from './scratch.ts'

const CHUNK_BYTES = 256 * 1024

/** Files on this machine; see the port. */
export const localFiles: LocalFiles = {
  async open(path) {
    const found = await told(statOf(path, stat))
    if (found === undefined) throw new CbcError('io', `${path}: no such file on this machine`)
    if (!found.isFile())
      throw new CbcError('io', `${path}: is ${found.isDirectory() ? 'a directory' : 'no regular file'}`, { hint: 'name a file' })
    // Opened now, so that a file that may not be read is found out before anything is sent.
    await told(open(path, 'r').then(file => file.close()))
    return {
      path: resolve(path),
      name: basename(resolve(path)),
      size: found.size,
      modified: found.mtimeMs,
      bytes: () => unchanged(path, found),
    }
  },

  place: (path, name, overwrite) => told(placeFor(path, name, overwrite)),

  create: (path, name, overwrite, resume) => told(placeFor(path, name, overwrite).then(final => startFile(final, resume))),

  async replace(path) {
    const old = await told(statOf(path, stat))
    // /dev/null and pipes take bytes as they come: a file in their place would be the end of them.
    if (old !== undefined && !old.isFile() && !old.isDirectory()) return asItComes(resolve(path), await told(open(path, 'w')))
    return await told(placeFor(old === undefined ? path : await realpath(path), '', true).then(final => startFile(final)))
  },

  folder: (path, name) => told(openFolder(path, name)),

  append: async path => asItComes(resolve(path), await told(open(path, 'a', 0o600))),

  async text(path) {
    const bytes = await told(readFile(path))
    const [{ decodeWhole }, { orUsage }] = await Promise.all([import('../core/text/decode.ts'), import('../core/text/malformed.ts')])
    try {
      return decodeWhole(bytes)
    } catch (error) {
      throw orUsage(error, path)
    }
  },

  names: async directory =>
    (await told(readdir(directory, { withFileTypes: true }))).map(entry => ({
      name: entry.name,
      directory: entry.isDirectory(),
      link: entry.isSymbolicLink(),
    })),

  real: path => told(realpath(path)),

  async directory(path) {
    if (!(await told(stat(path))).isDirectory()) throw new CbcError('io', `${path}: is not a directory`)
    return resolve(path)
  },

  async entries(path) {
    const describe = async (name: string, place: string) => {
      // A link that leads nowhere is shown as what it is.
      const found = (await told(statOf(place, stat))) ?? (await told(lstat(place)))
      return { name, directory: found.isDirectory(), size: found.size, modified: found.mtimeMs }
    }
    if (!(await told(stat(path))).isDirectory()) return [await describe(basename(path), path)]
    return await Promise.all((await told(readdir(path))).map(name => describe(name, join(path, name))))
  },

  scratch: openScratch,
}

/** The bytes of a file that must not change meanwhile: the service was told how many come. */
async function* unchanged(path: string, before: Stats): AsyncIterable<Uint8Array> {
  let seen = 0
  let changed = false
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      seen += (chunk as Buffer).length
      if (seen > before.size) break
      yield chunk as Buffer
    }
    changed = seen !== before.size || (await stat(path)).mtimeMs !== before.mtimeMs
  } catch (error) {
    throw asCbcError(error)
  }
  if (changed) throw new CbcError('io', `${path}: changed while it was read`, { hint: 'copy it aside and put the copy' })
}
