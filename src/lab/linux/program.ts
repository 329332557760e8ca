import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HRESULT } from '../endpoint.ts'
import { asSensorError, errno, refuse } from './errors.ts'
import type { Jail } from './jail.ts'

/** Where programs are looked for; also the PATH that they get. */
export const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Translates a word of a command line. Programs see this machine's paths, while a command line uses the endpoint's. An absolute path is
 * translated when it exists in the endpoint, or when its parent does and this machine has nothing at that path. Everything else (options,
 * text, this machine's programs) stays as it is.
 */
export async function hostWord(jail: Jail, word: string): Promise<string> {
  if (!word.startsWith('/')) return word
  try {
    return await jail.visit(word, false, async ({ folder, name, stat: there, trailing }) => {
      const path = name === undefined ? await jail.hostPath(folder) : join(await jail.hostPath(folder), name)
      if (there === undefined && (await exists(word))) return word
      return trailing && path !== '/' ? `${path}/` : path
    })
  } catch {
    // The path doesn't exist in the endpoint, or leads out of it.
    return word
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/**
 * Returns the host path of the program that a command line's first word names.
 * @param directory host path of the directory that it starts in.
 * @throws SensorError FILE_NOT_FOUND, ACCESS_DENIED for a file that may not be executed.
 */
export async function locate(word: string, directory: string): Promise<string> {
  const places = word.includes('/') ? [resolve(directory, word)] : SEARCH_PATH.split(':').map(folder => join(folder, word))
  let denied = false
  for (const place of places) {
    try {
      await access(place, constants.X_OK)
      if ((await stat(place)).isFile()) return place
      denied = true
    } catch (error) {
      const code = errno(error)
      if (code === 'EACCES') denied = true
      else if (code !== 'ENOENT' && code !== 'ENOTDIR') throw asSensorError(error)
    }
  }
  return denied ? refuse(HRESULT.ACCESS_DENIED, 'is no program') : refuse(HRESULT.FILE_NOT_FOUND, 'no such program')
}
