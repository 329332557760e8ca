import { existsSync } from 'node:fs'
import { chmod, lutimes, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errno } from './errors.ts'
import { type StockEntry, stockEntries } from './stock-entries.ts'

/**
 * Fills `directory` with the disk of a small web server that was broken into: a user's home, /etc, logs, and what an investigation should
 * find. All of it is text, and nothing runs by itself. A missing directory appears complete; if another process creates it first, that one
 * is kept.
 * @param directory host path; it must be missing or empty.
 * @param born milliseconds since 1970 UTC; the files are older.
 * @param name host name of the machine.
 */
export async function stockDirectory(directory: string, born: number, name = 'lnx-web-01'): Promise<void> {
  const target = resolve(directory)
  const entries = stockEntries(born, name)
  if (existsSync(target)) return fill(target, entries)
  await mkdir(dirname(target), { recursive: true })
  const aside = await mkdtemp(`${target}.new-`)
  try {
    await fill(aside, entries)
    await chmod(aside, 0o755)
    await rename(aside, target).catch(error => {
      if (errno(error) !== 'ENOTEMPTY' && errno(error) !== 'EEXIST') throw error
    })
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

async function fill(root: string, entries: StockEntry[]): Promise<void> {
  for (const entry of entries) await make(root, entry)
  // Creating entries changes a directory's time, so times are set last.
  for (const entry of entries) await setTime(root, entry)
}

async function make(root: string, entry: StockEntry): Promise<void> {
  const path = join(root, entry.path)
  await mkdir(dirname(path), { recursive: true })
  if (entry.kind === 'link') await symlink(entry.target, path)
  else if (entry.kind === 'directory') await mkdir(path, { recursive: true })
  else await writeFile(path, entry.text)
  if (entry.kind !== 'link') await chmod(path, entry.mode)
}

async function setTime(root: string, entry: StockEntry): Promise<void> {
  const time = new Date(entry.time)
  await (entry.kind === 'link' ? lutimes : utimes)(join(root, entry.path), time, time)
}
