import { lstat, mkdir, realpath, stat } from 'node:fs/promises'
import { basename, join, parse, resolve } from 'node:path'
import { CbcError } from '../core/errors.ts'
import type { LocalFolder } from '../core/ports.ts'
import { placeFor, startFile, told } from './local-target.ts'
import { noteOf } from './part-note.ts'
import { safeName } from './safe-name.ts'

/** What is made here is its user's alone, whatever the umask. */
const OWNER_ONLY_MODE = 0o700

/** See `LocalFiles.folder`. */
export async function openFolder(path: string, name?: string): Promise<LocalFolder> {
  const inside = name !== undefined && (await isDirectory(path))
  const place = resolve(inside ? join(path, safeName(name)) : path)
  // What the user names may be a link; what an endpoint names may not.
  if (inside) await makeInside(place)
  else await mkdir(place, { recursive: true, mode: OWNER_ONLY_MODE })
  return folderAt(place, await realpath(place))
}

/** @param real where the folder really is: as long as that holds, no link leads out of it */
function folderAt(place: string, real: string): LocalFolder {
  const claim = claims()
  const check = async () => {
    if ((await realpath(place)) !== real)
      throw new CbcError('refused', `${place}: is another directory than it was`, {
        hint: 'somebody moves what is written to: choose another place',
      })
  }
  const below = async (wanted: string) => {
    await check()
    return join(place, claim(wanted))
  }
  const create = async (wanted: string, overwrite: boolean, resume?: boolean) =>
    await startFile(await placeFor(await below(wanted), '', overwrite), resume, check)
  const folder = async (wanted: string) => {
    const path = await below(wanted)
    await makeInside(path)
    return folderAt(path, join(real, basename(path)))
  }
  return {
    path: place,
    create: (wanted, overwrite, resume) => told(create(wanted, overwrite, resume)),
    folder: wanted => told(folder(wanted)),
  }
}

/** Gives each name a place of its own, as file systems compare them that know no case, and one form of what can be written in several. */
function claims(): (wanted: string) => string {
  const taken = new Set<string>()
  return wanted => {
    const { name: stem, ext } = parse(safeName(wanted))
    for (let n = 1; ; n++) {
      const free = n === 1 ? stem + ext : `${stem} (${n})${ext}`
      // What a file is called while it comes in is a name too, and what is noted of it.
      const keys = [free, `${free}.part`, noteOf(`${free}.part`)].map(key => key.normalize('NFD').toUpperCase().toLowerCase())
      if (keys.some(key => taken.has(key))) continue
      for (const key of keys) taken.add(key)
      return free
    }
  }
}

/** A directory in one that is there; what has its name must be one, and no link to one. */
async function makeInside(path: string): Promise<void> {
  try {
    await mkdir(path, OWNER_ONLY_MODE)
  } catch (error) {
    const old = await lstat(path).catch(() => undefined)
    if (old === undefined) throw error
    if (!old.isDirectory())
      throw new CbcError('refused', `${path}: is ${old.isSymbolicLink() ? 'a link' : 'no directory'}, and nothing is written through it`)
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}
