import { readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { asCbcError, CbcError } from '../core/errors.ts'
import { ownerOf } from '../core/owner.ts'
import type { Random } from '../core/ports.ts'
import type { RunFolder, RunFolders } from '../core/run-folders.ts'
import { openDurableFile } from './durable-file.ts'
import { exclusively } from './file-lock.ts'
import { linesOf } from './lines-of.ts'
import { processes } from './processes.ts'
import { makeStateFolder } from './state-folder.ts'
import { syncFolder } from './sync-folder.ts'
import { who } from './who.ts'

const OWNER_ONLY_MODE = 0o700

/** Opens the folders of runs below `directory`; see the port. */
export function openRunFolders(directory: string, random: Random): RunFolders {
  return {
    who: () => `${who().user}@${who().host}`,
    names: async () => {
      const entries = await readdir(directory, { withFileTypes: true }).catch(orNothing)
      return (entries ?? []).filter(entry => entry.isDirectory()).map(({ name }) => name)
    },
    create: async name => {
      const path = join(directory, name)
      try {
        makeStateFolder(directory, 'the run')
        await mkdir(path, OWNER_ONLY_MODE)
        await syncFolder(directory)
      } catch (error) {
        throw isCode(error, 'EEXIST') ? new CbcError('refused', `run ${name}: exists already`) : asCbcError(error)
      }
      return folderAt(path, random)
    },
    lines: completeLines,
    open: async name => {
      if (/[\\/]|^\.*$/.test(name)) return undefined
      const found = await readdir(join(directory, name)).catch(orNothing)
      return found === undefined ? undefined : folderAt(join(directory, name), random)
    },
  }
}

function folderAt(path: string, random: Random): RunFolder {
  const at = (file: string) => resolve(path, file)
  return {
    path,
    read: async file => await readFile(at(file), 'utf8').catch(orNothing),
    lines: (file, from) => completeLines(at(file), from),
    async write(file, text) {
      const part = `${at(file)}.${process.pid}`
      try {
        const handle = await open(part, 'w', 0o600)
        await handle
          .writeFile(text)
          .then(() => handle.sync())
          .finally(() => handle.close())
        await rename(part, at(file))
        await syncFolder(dirname(at(file)))
      } catch (error) {
        await rm(part, { force: true })
        throw asCbcError(Object.assign(error as Error, { path: at(file) }))
      }
    },
    append: file => openDurableFile(at(file)),
    lock: async file => await lock(`${at(file)}.lock`, random),
    isLocked: async file => isHeld(await readFile(`${at(file)}.lock`, 'utf8').catch(orNothing)),
    watch(listener, file) {
      // Some systems don't say which file it was.
      const watcher = watch(path, { persistent: false }, (_, name) => {
        if (file === undefined || name === null || name === file) listener()
      })
      // A folder that is deleted, or a system without notifications: the next look finds out.
      watcher.on('error', () => {})
      return () => watcher.close()
    },
    remove: async () => await rm(path, { recursive: true, force: true }),
  }
}

/** Reads the complete lines of a file from byte `from` on, in constant memory. */
async function* completeLines(path: string, from = 0): AsyncGenerator<{ text: string; end: number }> {
  const file = await open(path, 'r').catch(orNothing)
  if (file === undefined) return
  try {
    for await (const { bytes, end, complete } of linesOf(file, from)) if (complete) yield { text: bytes.toString('utf8'), end }
  } finally {
    await file.close()
  }
}

/** Takes a lock for as long as this process lives. One that a dead process left is taken over. */
async function lock(path: string, random: Random): Promise<(() => Promise<void>) | undefined> {
  const name = holderName()
  const taken = await exclusively(
    path,
    () => {
      if (isHeld(textOf(path))) return false
      writeFileSync(path, name, { mode: 0o600 })
      return true
    },
    random,
  ).catch((error: unknown) => {
    throw asCbcError(error)
  })
  return taken ? async () => rmSync(path, { force: true }) : undefined
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return orNothing(error)
  }
}

/** The holder of a lock: this machine, and this process by a name that no later process has. */
function holderName(): string {
  return `${hostname()} ${ownerOf(processes).self}`
}

/** Whether the holder of a lock lives, or may live: on another machine that can't be checked. */
function isHeld(holder: string | undefined): boolean {
  const [, machine, who] = /^(\S+) (\S+)$/.exec(holder ?? '') ?? []
  if (machine === undefined || who === undefined) return false
  return machine !== hostname() || ownerOf(processes).alive(who)
}

/** Returns undefined for a file that doesn't exist. @throws CbcError io */
function orNothing(error: unknown): undefined {
  if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined
  throw asCbcError(error)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
