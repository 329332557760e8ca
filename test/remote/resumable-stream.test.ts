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

describe('content that could not be read on', () => {
  const text = (...parts: (string | Error)[]) =>
    (async function* () {
      for (const part of parts) {
        if (part instanceof Error) throw part
        yield Buffer.from(part)
      }
    })()
  const read = async (answers: AsyncIterable<Uint8Array>[], over: Partial<Parameters<typeof resumable>[1]> = {}) => {
    let opened = 0
    let read = ''
    const open = async () => answers[opened++] ?? text()
    const work = { what: 'x.bin', signal: NEVER, attempts: new Attempts(new ManualClock()), ...over }
    try {
      for await (const chunk of resumable(open, work)) read += Buffer.from(chunk).toString()
      return { opened, read }
    } catch (error) {
      return { opened, read, error: (error as Error).message }
    }
  }
  const cut = new CbcError('network', 'cut')

  it('for another reason than a broken connection is not requested again', async () => {
    for (const error of [new CbcError('auth', 'no permission'), new Error('a defect')])
      expect(await read([text('ab', error), text('abcd')])).toEqual({ opened: 1, read: 'ab', error: error.message })
  })

  it('is not requested again once the work was given up', async () => {
    const work = new AbortController()
    const answer = (async function* () {
      yield Buffer.from('ab')
      work.abort(new Error('given up'))
      throw cut
    })()
    expect(await read([answer, text('abcd')], { signal: work.signal })).toEqual({ opened: 1, read: 'ab', error: 'cut' })
  })

  it('and then is shorter than before is an error, and so is less than what is expected', async () => {
    const short = { error: 'x.bin: the answer was cut short' }
    expect(await read([text('abcd', cut), text('ab'), text('ab')])).toEqual({ opened: 3, read: 'abcd', ...short })
    expect(await read([text('ab'), text('ab'), text('ab')], { least: 3 })).toEqual({ opened: 3, read: 'ab', ...short })
    expect(await read([text('ab'), text('abc')], { least: 3 })).toEqual({ opened: 2, read: 'abc' })
    expect(await read([text('ab')], { least: 3, isWhole: bytes => bytes === 2 })).toEqual({ opened: 1, read: 'ab' })
  })
})
