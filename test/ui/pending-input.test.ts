import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { discardPending } from '../../src/ui/pending-input.ts'

/**
 * A console whose input is read by another thread, as on Windows: waiting input arrives some turns of the event loop after reading began.
 */
class ThreadedConsole extends Readable {
  readonly isTTY = true
  raw = false
  readonly #waiting: string[]

  constructor(waiting: string[]) {
    super()
    this.#waiting = waiting
  }

  setRawMode(on: boolean): this {
    this.raw = on
    return this
  }

  override _read(): void {
    const hand = (turns: number) => {
      if (turns > 0) setImmediate(hand, turns - 1)
      else if (this.#waiting.length > 0) this.push(this.#waiting.shift())
    }
    hand(20)
  }
}

const never = new AbortController().signal

it('text typed before a question is ignored even if another thread hands it over late', async () => {
  const console = new ThreadedConsole(['y', '\r', 'y\r'])
  await discardPending(console, never)
  expect(console.raw).toBe(true)
  let answer = ''
  console
    .on('data', data => {
      answer += String(data)
    })
    .resume()
  console.push('n')
  for (let turn = 0; turn < 200; turn++)
    await new Promise(done => {
      setImmediate(done)
    })
  expect(answer).toBe('n')
})

it('Ctrl-C typed before a question is not an answer, but still ends the program', async () => {
  const console = new ThreadedConsole(['y', '\u0003'])
  await expect(discardPending(console, never)).rejects.toMatchObject({ code: 'interrupted' })
  expect(console.raw).toBe(false)
})

it('with nothing typed before, the terminal is ready for the question, and the signal ends the wait', async () => {
  const console = new ThreadedConsole([])
  await discardPending(console, never)
  expect(console.raw).toBe(true)
  await expect(discardPending(console, AbortSignal.abort(new Error('over')))).rejects.toThrow('over')
  expect(console.raw).toBe(false)
})
