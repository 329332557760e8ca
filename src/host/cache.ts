import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cache } from '../core/ports.ts'

/** Opens the cache entry of this name, which is a file in `folder`; see the port. */
export function openCache(folder: string, name: string): Cache {
  const file = join(folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`)
  return {
    read: async () => await readFile(file, 'utf8').catch(() => undefined),
    async write(text) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // Two runs may write at the same time.
      const part = `${file}.${process.pid}`
      await writeFile(part, text, { mode: 0o600 })
      await rename(part, file)
    },
  }
}
