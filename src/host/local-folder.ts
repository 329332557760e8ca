import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { CbcError } from '../core/errors.ts'
import type { LocalFolder, LocalTarget } from '../core/ports.ts'
import { safeName } from '../core/safe-name.ts'
import { uniqueNames } from '../core/unique-names.ts'
import { resolveTarget, startFile, statOf, withCbcErrors } from './local-target.ts'
import { noteOf } from './part-note.ts'
import { readBlocks } from './read-blocks.ts'

/** Folders made here are accessible to their owner only, whatever the umask. */
const OWNER_ONLY_MODE = 0o700

/** See `LocalFiles.folder`. */
export async function openFolder(path: string, name?: string, shared = false): Promise<LocalFolder> {
  const inside = name !== undefined && (await isDirectory(path))
  const place = resolve(inside ? join(path, safeName(name)) : path)
  // A folder that the user names may be a link; one that an endpoint names may not.
  if (inside) await makeDirectory(place)
  else await mkdir(place, { recursive: true, mode: OWNER_ONLY_MODE })
  return openFolderAt(place, await realpath(place), shared)
}

/** @param real the folder's resolved path: as long as it stays the same, no link leads out of the folder */
function openFolderAt(place: string, real: string, shared: boolean): LocalFolder {
  // The names of the partial file and of its note must be unique too.
  const names = uniqueNames(name => [`${name}.part`, noteOf(`${name}.part`)])
  const check = async () => {
    if ((await realpath(place)) !== real)
      throw new CbcError('refused', `${place}: is no longer the same directory`, {
        hint: 'somebody moved the folder that is being written to: choose another place',
      })
  }
  const below = async (wanted: string) => {
    await check()
    return join(place, names(wanted))
  }
  const create = async (wanted: string, overwrite: boolean, resume?: boolean): Promise<LocalTarget> => {
    const path = await below(wanted)
    // What was not begun, or was discarded, needs no name.
    const free = () => names.free(basename(path))
    try {
      const target = await startFile(await resolveTarget(path, '', overwrite), resume, check, shared)
      return { ...target, discard: () => target.discard().finally(free) }
    } catch (error) {
      free()
      throw error
    }
  }
  const fetched = async (wanted: string, modified: number, size?: number) => {
    await check()
    for (const name of names.places(wanted)) {
      const path = join(place, name)
      const found = await statOf(path, lstat)
      if (found === undefined) return undefined
      const isSame = found.isFile() && Math.round(found.mtimeMs) === modified && (size === undefined || found.size === size)
      if (isSame && names.take(name)) return { path, size: found.size, bytes: () => readBlocks(path, found.size) }
    }
    return undefined
  }
  const folder = async (wanted: string) => {
    const path = await below(wanted)
    const isNew = await makeDirectory(path)
    if (isNew && shared) await chmod(path, (await stat(place)).mode & 0o7777)
    return openFolderAt(path, join(real, basename(path)), shared)
  }
  return {
    path: place,
    create: (wanted, overwrite, resume) => withCbcErrors(create(wanted, overwrite, resume)),
    fetched: (wanted, modified, size) => withCbcErrors(fetched(wanted, modified, size)),
    folder: wanted => withCbcErrors(folder(wanted)),
  }
}

/**
 * Makes a directory in an existing one. If there is something of that name, it must be a directory and not a link.
 * @returns whether it was made
 */
export async function makeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, OWNER_ONLY_MODE)
    return true
  } catch (error) {
    const old = await lstat(path).catch(() => undefined)
    if (old === undefined) throw error
    if (!old.isDirectory())
      throw new CbcError('refused', `${path}: is ${old.isSymbolicLink() ? 'a link' : 'not a directory'}, and nothing is written through it`)
    return false
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}
