import { constants, type Dirent } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, realpath, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { CaseDraft, CaseFolder, CaseFolderEntry } from '../core/case-folder.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock, Random } from '../core/ports.ts'
import { CaseJournal } from './case-journal.ts'
import { makeDirectory } from './local-folder.ts'
import { statOf, withCbcErrors } from './local-target.ts'
import { MachineLock } from './machine-lock.ts'
import { nameOnce } from './name-once.ts'
import { syncFolder } from './sync-folder.ts'

/** Where files are while they are written. */
const UNFINISHED = 'tmp'
/** A folder that a group may write to is one that analysts share. */
const GROUP_WRITES = 0o020

type Bytes = Uint8Array | AsyncIterable<Uint8Array>

/**
 * Opens the folder of a case; see the port.
 * @param create make the folder where there is none
 * @throws CbcError not_found: there is no case; io
 */
export async function openCaseFolder(path: string, clock: Clock, random: Random, create = false): Promise<CaseFolder> {
  if (create) await withCbcErrors(makeFolders(path))
  else if (!(await isCase(path)))
    throw new CbcError('not_found', `${path}: is not the folder of a case`, {
      hint: 'a case begins with the first command that has --case',
    })
  const root = await withCbcErrors(realpath(resolve(path)))
  const found = await withCbcErrors(lstat(root))
  if (!found.isDirectory()) throw new CbcError('io', `${path}: is not a directory`)
  const files = new CaseFiles(root, found.mode & 0o7777, random)
  const journal = new CaseJournal({
    path: root,
    mode: files.mode,
    lock: new MachineLock(join(root, 'journal.lock'), clock, random),
    writeNew: (file, bytes) => files.writeNew(file, bytes),
    replace: (file, bytes) => files.replace(file, bytes, false),
  })
  return {
    path: root,
    shared: files.shared,
    append: make => withCbcErrors(journal.append(make)),
    head: () => withCbcErrors(journal.head()),
    lines: from => withErrors(journal.lines(from)),
    read: file => withErrors(files.read(file)),
    text: file => withCbcErrors(files.text(file)),
    list: below => withErrors(files.list(below)),
    writeNew: (file, bytes) => withCbcErrors(files.writeNew(file, bytes)),
    replace: (file, bytes) => withCbcErrors(files.replace(file, bytes)),
    begin: async () => {
      const draft = await withCbcErrors(files.begin())
      return {
        write: bytes => withCbcErrors(draft.write(bytes)),
        keep: file => withCbcErrors(draft.keep(file)),
        discard: () => withCbcErrors(draft.discard()),
      }
    },
  }
}

/** Makes the folder where there is none, with those above it. */
async function makeFolders(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    throw new CbcError('io', `${path}: is not a directory`)
  })
  // Else it may be gone after a power failure, with all that was recorded in it.
  for (let made = resolve(path); first !== undefined && made.startsWith(resolve(first)); made = dirname(made))
    await syncFolder(dirname(made))
}

/** Whether there is a journal, or the head of one that is gone. */
async function isCase(path: string): Promise<boolean> {
  const found = await withCbcErrors(Promise.all(['journal.jsonl', 'head.json'].map(name => statOf(join(path, name), lstat))))
  return found.some(one => one !== undefined)
}

async function* withErrors<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await withCbcErrors(iterator.next())
      if (done === true) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

/** The files of a case. Every one of them is named by its path below the folder, and no link leads out of it. */
class CaseFiles {
  readonly #root: string
  /** The mode of all folders, where analysts share them. */
  readonly #shared: number | undefined
  readonly #random: Random
  /** The mode of files. */
  readonly mode: number

  constructor(root: string, mode: number, random: Random) {
    this.#root = root
    this.#shared = (mode & GROUP_WRITES) === 0 ? undefined : mode
    this.mode = this.#shared === undefined ? 0o600 : 0o660
    this.#random = random
  }

  get shared(): boolean {
    return this.#shared !== undefined
  }

  async *read(file: string): AsyncGenerator<Uint8Array> {
    const handle = await this.#open(file)
    if (handle === undefined) throw new CbcError('not_found', `${join(this.#root, file)}: no such file`)
    try {
      yield* handle.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>
    } finally {
      await handle.close()
    }
  }

  async text(file: string): Promise<string | undefined> {
    const handle = await this.#open(file)
    try {
      return await handle?.readFile('utf8')
    } finally {
      await handle?.close()
    }
  }

  async *list(below = ''): AsyncGenerator<CaseFolderEntry> {
    const entries = await readdir(below === '' ? this.#root : this.#at(below), { withFileTypes: true }).catch(orNothing)
    for (const entry of sorted(entries ?? [])) {
      const file = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) yield* this.list(file)
      else {
        const found = await this.#entry(file, entry)
        if (found !== undefined) yield found
      }
    }
  }

  async writeNew(file: string, bytes: Bytes): Promise<boolean> {
    const path = this.#at(file)
    // First, since a folder that is a link is refused there.
    await this.#makeFolders(file)
    if ((await statOf(path, lstat)) !== undefined) return false
    const draft = await this.begin()
    try {
      await fill(draft, bytes)
      return await draft.keep(file)
    } catch (error) {
      await draft.discard()
      throw error
    }
  }

  /** @param synced whether it is on the disk before it appears */
  async replace(file: string, bytes: Bytes, synced = true): Promise<void> {
    const path = this.#at(file)
    const draft = await this.begin()
    try {
      await fill(draft, bytes)
      await this.#makeFolders(file)
      await draft.end(synced)
      await rename(draft.path, path)
    } catch (error) {
      await draft.discard()
      throw error
    }
    if (synced) await syncFolder(dirname(path))
  }

  async begin(): Promise<Draft> {
    await this.#makeFolders(`${UNFINISHED}/x`)
    const path = join(this.#root, UNFINISHED, this.#random.uuid())
    const handle = await open(path, 'wx', this.mode)
    // Whatever the umask is.
    await handle.chmod(this.mode)
    const end = async (synced: boolean) => {
      await (synced ? handle.sync() : undefined)
      await handle.close()
    }
    return {
      path,
      write: bytes => handle.writeFile(bytes),
      end,
      keep: async file => {
        const final = this.#at(file)
        await end(true)
        await this.#makeFolders(file)
        const isNew = await nameOnce(path, final)
        if (isNew) await syncFolder(dirname(final))
        else await rm(path, { force: true })
        return isNew
      },
      async discard() {
        await handle.close()
        await rm(path, { force: true })
      },
    }
  }

  async #makeFolders(file: string): Promise<void> {
    const names = file.split('/').slice(0, -1)
    for (let depth = 1; depth <= names.length; depth++) {
      const path = this.#at(names.slice(0, depth).join('/'))
      if ((await statOf(path, lstat))?.isDirectory() === true) continue
      await makeDirectory(path)
      if (this.#shared !== undefined) await chmod(path, this.#shared)
      await syncFolder(dirname(path))
    }
  }

  async #open(file: string): Promise<FileHandle | undefined> {
    const path = this.#at(file)
    const found = await statOf(path, lstat)
    if (found === undefined) return undefined
    if (!found.isFile()) throw new CbcError('io', `${path}: is not a regular file`)
    if (!(await realpath(dirname(path)).then(real => real === dirname(path)))) throw new CbcError('io', `${path}: lies behind a link`)
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  }

  /** Describes an entry; undefined where it is gone since it was listed, as locks and temporary files are. */
  async #entry(file: string, entry: Dirent): Promise<CaseFolderEntry | undefined> {
    const found = await statOf(this.#at(file), lstat)
    // A name that isn't text can't be looked up.
    if (found === undefined && !entry.name.includes('\ufffd')) return undefined
    return {
      file,
      size: found?.size ?? 0,
      kind: entry.isFile() && found !== undefined ? 'file' : entry.isSymbolicLink() ? 'link' : 'other',
      modified: (found?.mtime ?? new Date(0)).toISOString(),
    }
  }

  /** @throws CbcError io: the name leads out of the folder */
  #at(file: string): string {
    if (file.split('/').some(part => part === '' || part === '.' || part === '..') || (sep !== '/' && /[\\:]/.test(file)))
      throw new CbcError('io', `${file}: is no name of a file in a case`)
    return join(this.#root, file)
  }
}

/** A file that has no name of its own yet. */
interface Draft extends CaseDraft {
  path: string
  end(synced: boolean): Promise<void>
}

async function fill(draft: CaseDraft, bytes: Bytes): Promise<void> {
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) await draft.write(chunk)
}

/** In the order of their paths: a folder's name is followed by a slash there. */
function sorted(entries: Dirent[]): Dirent[] {
  const key = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name)
  return entries.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

function orNothing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
