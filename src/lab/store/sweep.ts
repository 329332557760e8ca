import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Document } from '../endpoint.ts'

/** How long content must have been without use before it goes, and how often it is worth looking, ms. */
export const UNUSED_FOR_MS = 10 * 60 * 1000
/** A draft that nobody has written to for so long was left by a process that died, ms. */
const ABANDONED_DRAFT_MS = 24 * 60 * 60 * 1000

/** What the sweeper remembers from one time to the next; ms since 1970. */
export interface SweepState {
  last: number
  /** Since when a blob is known to be in nobody's use. */
  unused: Record<string, number>
}

export function newSweep(): SweepState {
  return { last: 0, unused: {} }
}

export interface Sweepable {
  /** Where the blobs lie. */
  folder: string
  /** The JSON of every document. */
  texts(): Iterable<string>
  state: Document<SweepState>
  /** Does something while no process puts a blob into its place. */
  alone<R>(work: () => R): Promise<R>
}

/**
 * Removes content that no document refers to any more. A reference can be on its way from one document to another, in any process; so a
 * blob
 * goes only when it was found in nobody's use twice, ten minutes apart, and was not written again meanwhile.
 * @param now ms since 1970, real time: that of the files
 * @returns how many blobs were removed
 */
export async function sweep({ folder, texts, state, alone }: Sweepable, now: number): Promise<number> {
  // The blobs first: what is written and referred to after this is none of them.
  const names = namesIn(folder)
  if (names.length === 0) return 0
  const used = new Set<string>()
  for (const text of texts()) for (const [, sha256 = ''] of text.matchAll(/"sha256":"([0-9a-f]{64})"/g)) used.add(sha256)
  const unused = new Set(names.filter(name => /^[0-9a-f]{64}$/.test(name) && !used.has(name)))
  const doomed = await state.update(sweep => {
    sweep.last = now
    sweep.unused = Object.fromEntries([...unused].map(name => [name, sweep.unused[name] ?? now]))
    return Object.entries(sweep.unused)
      .filter(([, since]) => now - since >= UNUSED_FOR_MS)
      .map(([name]) => name)
  })
  const drafts = names.filter(name => name.endsWith('.part'))
  return alone(
    () =>
      doomed.filter(name => removeOld(join(folder, name), now - UNUSED_FOR_MS)).length +
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
