import { describe, expect, it } from 'vitest'
import { Attempts } from '../../src/core/attempts.ts'
import { CbcError } from '../../src/core/errors.ts'
import { resumable } from '../../src/remote/resumable-stream.ts'
import { ManualClock } from '../support/host.ts'
import { NEVER } from './support.ts'

const MIB = 1024 * 1024

/** Content whose connection breaks after the given mebibytes, one for each request. */
function breaking(...after: number[]) {
  let opened = 0
  const open = async () => {
    const end = after[opened] ?? Infinity
    opened += 1
    return (async function* () {
      for (let at = 0; at < end; at++) {
        if (at === 40) return
        yield new Uint8Array(MIB).fill(at)
      }
      throw new CbcError('network', 'cut')
    })()
  }
  const read = async () => {
    let size = 0
    const work = { what: 'x', signal: NEVER, attempts: new Attempts(new ManualClock()) }
    try {
      for await (const chunk of resumable(open, work)) {
        // Each byte arrives once, in its place.
        expect([chunk[0], chunk.length]).toEqual([size / MIB, MIB])
        size += chunk.length
      }
    } catch (error) {
      return { opened, size: size / MIB, error: (error as Error).message }
    }
    return { opened, size: size / MIB }
  }
  return read()
}

describe('a connection that breaks', () => {
  it('within the first 16 MiB is resumed at the same byte, twice', async () => {
    expect(await breaking(1, 16)).toEqual({ opened: 3, size: 40 })
    expect(await breaking(1, 2, 3)).toEqual({ opened: 3, size: 3, error: 'cut' })
  })

  it('after that is left to a caller that can ask for the rest only', async () => {
    expect(await breaking(17)).toEqual({ opened: 1, size: 17, error: 'cut' })
  })
})
