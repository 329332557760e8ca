import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Document } from '../endpoint.ts'

/** How long content must have been unused before it is removed, and the shortest time between two sweeps, ms. */
export const UNUSED_FOR_MS = 10 * 60 * 1000
/** A draft that nobody has written to for this long was left by a process that died, ms. */
const ABANDONED_DRAFT_MS = 24 * 60 * 60 * 1000

/** What is remembered from one sweep to the next; times are ms since 1970. */
export interface SweepState {
  last: number
  /** Since when each blob is known to be unused. */
  unused: Record<string, number>
}

export function newSweep(): SweepState {
  return { last: 0, unused: {} }
}

export interface Sweepable {
  /** The folder of the blobs. */
  folder: string
  /** The JSON of every document. */
  texts(): Iterable<string>
  state: Document<SweepState>
  /** Runs `work` while no process moves a blob into its place. */
  exclusively<R>(work: () => R): Promise<R>
}

/**
 * Removes content that no document refers to any more. A reference may be on its way from one document to another, in any process. So a
 * blob is removed only when it was found unused twice, ten minutes apart, and was not written again in between.
 * @param now ms since 1970, in real time, as the files' times are
 * @returns how many blobs were removed
 */
export async function sweep({ folder, texts, state, exclusively }: Sweepable, now: number): Promise<number> {
  // List the blobs first: one that is written and referred to later must not be among them.
  const names = namesIn(folder)
  if (names.length === 0) return 0
  const used = new Set<string>()
  for (const text of texts()) for (const [, sha256 = ''] of text.matchAll(/"sha256":"([0-9a-f]{64})"/g)) used.add(sha256)
  const unused = new Set(names.filter(name => /^[0-9a-f]{64}$/.test(name) && !used.has(name)))
  const unusedLongEnough = await state.update(sweep => {
    sweep.last = now
    sweep.unused = Object.fromEntries([...unused].map(name => [name, sweep.unused[name] ?? now]))
    return Object.entries(sweep.unused)
      .filter(([, since]) => now - since >= UNUSED_FOR_MS)
      .map(([name]) => name)
  })
  const drafts = names.filter(name => name.endsWith('.part'))
  return exclusively(
    () =>
      unusedLongEnough.filter(name => removeOld(join(folder, name), now - UNUSED_FOR_MS)).length +
      drafts.filter(name => removeOld(join(folder, name), now - ABANDONED_DRAFT_MS)).length,
  )
}

function removeOld(path: string, before: number): boolean {
  const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (written === undefined || written > before) return false
  rmSync(path, { force: true })
  return true
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
