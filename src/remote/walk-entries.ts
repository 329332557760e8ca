import type { CbcError } from '../core/errors.ts'
import type { Entry } from './normalize.ts'
import type { Visited } from './walk.ts'

/** An entry of a walk. It comes after the directory that contains it and before its own content. */
export interface WalkedEntry {
  entry: Entry
  /** 1 for entries of the directory where the walk began. */
  depth: number
  /** Whether it is the last of its directory. */
  last: boolean
}

/** A directory whose entries are being yielded. */
interface Open {
  visited: Visited
  /** How many of them were yielded. */
  yielded: number
}

/** Yields the entries of a walk, each directory followed by its content, and failures where they happen. */
export async function* walkedEntries(walked: AsyncIterable<Visited>): AsyncGenerator<WalkedEntry | (Visited & { error: CbcError })> {
  const open: Open[] = []
  for await (const visited of walked) {
    if (hasFailed(visited)) yield visited
    open.push({ visited, yielded: 0 })
    yield* untilNext(open)
  }
}

/** Yields the entries up to the next directory that the walk goes into. */
function* untilNext(open: Open[]): Generator<WalkedEntry> {
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    const {
      visited: { entries, into, depth },
    } = inner
    const entry = entries[inner.yielded]
    if (entry === undefined) {
      open.pop()
      continue
    }
    inner.yielded += 1
    yield { entry, depth: depth + 1, last: inner.yielded === entries.length }
    if (into.has(entry)) return
  }
}

function hasFailed(visited: Visited): visited is Visited & { error: CbcError } {
  return visited.error !== undefined
}
