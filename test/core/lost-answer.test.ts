import { describe, expect, it } from 'vitest'
import { CbcError, interrupted } from '../../src/core/errors.ts'
import { LostAnswer, sendUntilKnown, type Change } from '../../src/core/lost-answer.ts'
import { FakeClock } from '../support/clock.ts'

const REFUSED = new CbcError('network', 'the service answered 500')
const LOST = new LostAnswer(REFUSED, { after: 7000, look: 'cbc usb block list' })
const NEVER = new AbortController().signal

/** A change whose answers come, or are lost, in this order; `found` is what each look finds. */
async function make(answers: (string | Error)[], found: (string | undefined | Error)[], more: Partial<Change<string>> = {}) {
  const clock = new FakeClock()
  const from = clock.monotonic()
  const [sent, looked] = [[...answers], [...found]]
  const next = async <T>(list: (T | Error)[]) => {
    const one = list.shift()
    if (one instanceof Error) throw one
    return one as T
  }
  const result = await clock.run(
    sendUntilKnown<string>({
      send: () => next(sent),
      find: () => next(looked),
      again(lost, attempt) {
        if (attempt === 3) throw lost.failureIfNotMade
        return lost.after
      },
      clock,
      signal: NEVER,
      ...more,
    }).catch((error: unknown) => error),
  )
  return { result, sends: answers.length - sent.length, looks: found.length - looked.length, waited: clock.monotonic() - from }
}

describe('a change whose answer is lost', () => {
  it('is not sent again where a look finds what it made', async () => {
    expect(await make([LOST], ['made'])).toMatchObject({ result: 'made', sends: 1, looks: 1 })
  })

  it('is sent again, as late as the service asks, where a look finds nothing', async () => {
    expect(await make([LOST, 'made'], [undefined])).toMatchObject({ result: 'made', sends: 2, looks: 1, waited: 7000 })
  })

  it('fails as not made when there are no attempts left', async () => {
    expect(await make([LOST, LOST, LOST], [undefined, undefined, undefined])).toMatchObject({ result: REFUSED, sends: 3, looks: 3 })
  })

  it('has an unknown outcome where nothing can be seen, with the command that shows it as a hint', async () => {
    const { result, sends } = await make([LOST], [new CbcError('auth', 'forbidden')])
    expect(result).toBe(LOST)
    expect(sends).toBe(1)
    expect(LOST.facts.hint).toBe('look before you do it again: `cbc usb block list`')
  })

  it('says that it may have been made when it is interrupted while it is looked for', async () => {
    const controller = new AbortController()
    const find = async () => {
      controller.abort(interrupted())
      return await Promise.reject<string>(interrupted())
    }
    const { result } = await make([LOST], [], { find, signal: controller.signal })
    expect(result).toMatchObject({
      code: 'interrupted',
      message: 'interrupted; the service answered 500; it may or may not have happened',
    })
  })
})

it('any other failure of a change is passed on, and nothing is looked for', async () => {
  expect(await make([REFUSED], ['made'])).toMatchObject({ result: REFUSED, sends: 1, looks: 0 })
})
