import { mkdir, stat } from 'node:fs/promises'
import { join, parse, resolve } from 'node:path'
import type { LocalFiles, LocalFolder } from '../core/ports.ts'
import { safeName } from './safe-name.ts'

/** See `LocalFiles.folder`. */
export async function openFolder(files: LocalFiles, path: string, name?: string): Promise<LocalFolder> {
  const inside = name !== undefined && await isDirectory(path)
  const place = resolve(inside ? join(path, safeName(name)) : path)
  await mkdir(place, { recursive: true })
  const taken = new Set<string>()
  const claim = (wanted: string) => {
    const { name: stem, ext } = parse(safeName(wanted))
    for (let n = 1; ; n++) {
      const free = n === 1 ? stem + ext : `${stem} (${n})${ext}`
      // What a file is called while it comes in is a name too.
      const keys = [free, `${free}.part`].map(key => key.normalize('NFC').toLowerCase())
      if (keys.some(key => taken.has(key))) continue
      for (const key of keys) taken.add(key)
      return free
    }
  }
  return {
    path: place,
    create: (wanted, overwrite, resume) => files.create(join(place, claim(wanted)), '', overwrite, resume),
    folder: wanted => files.folder(join(place, claim(wanted))),
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(found => found.isDirectory(), () => false)
}
