import { concurrentMap } from '../../core/concurrent-map.ts'
import { CbcError, interrupted } from '../../core/errors.ts'
import { SILENT, type LocalFolder } from '../../core/ports.ts'
import { formatSize } from '../../core/quantity.ts'
import { parseTime } from '../../core/time.ts'
import type { Variables } from '../../artifacts/variables.ts'
import type { Wishes } from '../../artifacts/wishes.ts'
import { download, type Listed } from '../../remote/download.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import type { Context } from '../define.ts'
import { criterion, type Since } from '../file/criteria.ts'
import { fetchedBefore } from '../file/fetched-before.ts'
import { localParts } from '../file/local-parts.ts'
import { isLocked, LockedFiles } from './copy-locked.ts'
import { findFiles } from './find-files.ts'
import type { Brought, Gathered } from './gathered.ts'

export interface FileLimits {
  /** Bytes. */
  maxFileSize?: number | undefined
  newer?: Since | undefined
  /** Copy what is in use on the endpoint. */
  locked: boolean
  force: boolean
}

/** How many paths a notice names. */
const MAX_NAMED = 3

/** Where files go; absent in a dry run. */
export type Home = ((names: readonly string[]) => Promise<LocalFolder>) | undefined

/**
 * Finds the files that artifacts ask for, and brings each home once, under its own path below `home`: `C/Windows/…`.
 * @throws CbcError network, timeout, interrupted
 */
export async function collectFiles(
  { files: wishes }: Wishes,
  home: Home,
  limits: FileLimits,
  gathered: Gathered,
  variables: Variables,
  context: Context,
): Promise<void> {
  const { session, signal, clock, notice, progress } = context
  progress.step(`Looking for files on ${session.label}`)
  const found = await findFiles(
    session,
    wishes.map(({ parts }) => parts),
    { signal },
  )
  const artifactsOf = (patterns: readonly number[]) => new Set(patterns.flatMap(at => wishes[at]?.artifact ?? []))
  for (const { path, error, patterns } of found.unread) for (const artifact of artifactsOf(patterns)) gathered.failed(artifact, path, error)
  for (const { path, patterns } of found.links) for (const artifact of artifactsOf(patterns)) gathered.notFollowed(artifact, path)
  if (found.links.length > 0) notice(linksNotice(found.links.map(({ path }) => path)))
  const isWanted = criterion({ newer: limits.newer }, session.paths.windows, clock.now())
  const wanted: { entry: Entry; patterns: number[] }[] = []
  for (const { entry, patterns } of found.entries) {
    if (!isWanted(entry)) continue
    const files = patterns.filter(at => wishes[at]?.entryOnly === false)
    for (const artifact of artifactsOf(patterns.filter(at => !files.includes(at)))) {
      gathered.found(artifact)
      gathered.result(artifact, 'entries', entry)
    }
    // The content of a directory is not asked for.
    if (files.length > 0 && !isDirectory(entry)) wanted.push({ entry, patterns: files })
  }
  const fetch = new FileFetch(home, limits, variables, context)
  let done = 0
  const one = async ({ entry, patterns }: { entry: Entry; patterns: number[] }) => {
    const outcome = await fetch.file(entry)
    progress.step(`Getting files from ${session.label}: ${++done} of ${wanted.length}`)
    return { entry, patterns, outcome }
  }
  try {
    // In the order of their paths, whichever came first.
    for await (const { entry, patterns, outcome } of concurrentMap(wanted, one)) {
      for (const artifact of artifactsOf(patterns)) {
        gathered.found(artifact)
        if (outcome instanceof CbcError) gathered.failed(artifact, entry.path, outcome)
        else if (typeof outcome === 'string') gathered.skipped(artifact, entry.path, outcome)
        else if (outcome !== undefined) gathered.brought(artifact, outcome)
      }
    }
  } finally {
    await fetch.end()
    if (fetch.changed.length > 0) notice(changedNotice(fetch.changed.sort()))
  }
}

function linksNotice(paths: readonly string[]): string {
  return `links that only a wildcard leads to are not followed: ${someOf(paths)}`
}

function changedNotice(paths: readonly string[]): string {
  return `files that have changed since they were collected before are kept beside those: ${someOf(paths)}`
}

function someOf(paths: readonly string[]): string {
  const more = paths.length - MAX_NAMED
  return `${paths.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more, which --json names` : ''}`
}

/** Brings files home. */
class FileFetch {
  readonly #home: Home
  readonly #limits: FileLimits
  readonly #context: Context
  readonly #locked: LockedFiles
  /** Where files are that have changed since an earlier collection: beside those of before. */
  readonly changed: string[] = []

  constructor(home: Home, limits: FileLimits, variables: Variables, context: Context) {
    this.#home = home
    this.#limits = limits
    this.#context = context
    this.#locked = new LockedFiles(variables, context)
  }

  /** Removes from the endpoint what was made to copy files that were in use. */
  async end(): Promise<void> {
    await this.#locked.end()
  }

  /** @returns the file, why it was left, or why it failed; nothing in a dry run @throws CbcError interrupted */
  async file(entry: Entry): Promise<Brought | string | CbcError | undefined> {
    const { session } = this.#context
    const { maxFileSize = Infinity } = this.#limits
    if (entry.size !== null && entry.size > maxFileSize) return `${formatSize(entry.size)}, more than --max-file-size`
    if (this.#home === undefined) return session.plan({ name: 'get file', path: entry.path }) as undefined
    try {
      return await this.#fetch(entry, this.#home)
    } catch (error) {
      if (!(error instanceof CbcError)) throw error
      if (error.code === 'interrupted') throw interrupted()
      return isLocked(error) && !this.#limits.locked ? error.with(`${error.message}; --locked fetches a copy`) : error
    }
  }

  async #fetch(entry: Entry, home: NonNullable<Home>): Promise<Brought> {
    const { session, signal, timeoutMs, moved } = this.#context
    const { locked, force } = this.#limits
    const { path } = entry
    const names = localParts(session.paths, path)
    const folder = await home(names.slice(0, -1))
    const name = names.at(-1) ?? ''
    const listed = { size: entry.size ?? undefined, modified: parseTime(entry['last_write_time']) }
    const brought = (file: Brought): Brought => {
      moved?.({ ...file, entry })
      return file
    }
    const bring = async (from: string, expected: Listed): Promise<Brought> => {
      const target = await folder.create(name, force, folder.fetched !== undefined)
      const transferred = await download(session, from, target, expected, { signal, progress: SILENT, timeoutMs })
      const { path: local_path, earlier } = target
      if (earlier !== undefined) this.changed.push(local_path)
      return brought({ path, local_path, ...transferred, ...(earlier === undefined ? {} : { earlier }) })
    }
    const there = force || listed.size === undefined ? undefined : await fetchedBefore(folder, name, listed)
    if (there !== undefined) return brought({ path, ...there })
    return await bring(path, listed).catch(async (error: unknown) => {
      if (!locked || !session.paths.windows || !isLocked(error)) throw error
      // What is saved of a hive has another size.
      const { modified } = listed
      const copied = force ? undefined : await fetchedBefore(folder, name, { modified })
      if (copied !== undefined) return brought({ path, ...copied })
      return await this.#locked.withCopy(path, copy => bring(copy, { modified }))
    })
  }
}
