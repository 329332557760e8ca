import type { CbcError } from '../core/errors.ts'
import type { Entry } from './normalize.ts'
import type { Visited } from './walk.ts'

/** One entry on a walk, after the directory that it is in and before what is in itself. */
export interface Met {
  entry: Entry
  /** 1 for what is in the directory where the walk began. */
  depth: number
  /** Whether it is the last of its directory. */
  last: boolean
}

/** A directory whose entries are being met. */
interface Open {
  visited: Visited
  /** Entries that were met. */
  met: number
}

/** The entries of a walk, each directory followed by what is in it; failures where they happen. */
export async function* meet(walked: AsyncIterable<Visited>): AsyncGenerator<Met | (Visited & { error: CbcError })> {
  const open: Open[] = []
  for await (const visited of walked) {
    if (hasFailed(visited)) yield visited
    open.push({ visited, met: 0 })
    yield* untilNext(open)
  }
}

/** The entries up to the next directory that the walk goes into. */
function* untilNext(open: Open[]): Generator<Met> {
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    const {
      visited: { entries, into, depth },
    } = inner
    const entry = entries[inner.met]
    if (entry === undefined) {
      open.pop()
      continue
    }
    inner.met += 1
    yield { entry, depth: depth + 1, last: inner.met === entries.length }
    if (into.has(entry)) return
  }
}

function hasFailed(visited: Visited): visited is Visited & { error: CbcError } {
  return visited.error !== undefined
}
