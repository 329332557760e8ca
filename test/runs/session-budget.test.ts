import { describe, expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { SessionBudget } from '../../src/runs/session-budget.ts'
import { ManualClock } from '../support/host.ts'

const NEVER = new AbortController().signal

interface Listed {
  device_id: number
  status: string
}

function budget(others: () => Listed[] | CbcError) {
  const clock = new ManualClock()
  let lists = 0
  const sessions = new SessionBudget<Listed>({
    clock,
    list: async () => {
      lists += 1
      const found = others()
      if (found instanceof CbcError) throw found
      return found
    },
  })
  /** Enters with devices until the budget lets nobody in; the last one keeps waiting. */
  const fill = async () => {
    const inside: (() => void)[] = []
    for (let id = 1; id <= 200; id++) {
      let leave: (() => void) | undefined
      void sessions.enter(id, NEVER).then(entered => {
        leave = entered
        inside.push(entered)
      })
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
      if (leave === undefined) return inside
    }
    return inside
  }
  return { clock, sessions, fill, lists: () => lists }
}

const sessionsOf = (count: number): Listed[] => Array.from({ length: count }, (_, at) => ({ device_id: 10_000 + at, status: 'ACTIVE' }))

describe('the budget of sessions', () => {
  it('leaves ten of the hundred to people, and counts the sessions of others', async () => {
    expect(await budget(() => []).fill()).toHaveLength(90)
    expect(await budget(() => sessionsOf(60)).fill()).toHaveLength(30)
    expect(await budget(() => sessionsOf(99)).fill()).toHaveLength(0)
    expect(await budget(() => [...sessionsOf(60).map(one => ({ ...one, status: 'CLOSED' }))]).fill()).toHaveLength(90)
  })

  it('asks for the list once in a while, not for each device', async () => {
    const { fill, lists } = budget(() => [])
    await fill()
    expect(lists()).toBeLessThanOrEqual(2)
  })

  it('is ninety for a key that may not list sessions', async () => {
    expect(await budget(() => new CbcError('auth', 'no', { http_status: 403 })).fill()).toHaveLength(90)
  })

  it('lets the next one in when a session is closed', async () => {
    const { fill, sessions } = budget(() => sessionsOf(88))
    const inside = await fill()
    expect(inside).toHaveLength(2)
    inside[0]?.()
    inside[0]?.()
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    expect(inside).toHaveLength(3)
    expect(sessions.used).toBe(2)
  })

  it('is half as wide after refusals, and as wide as before within 30 seconds', async () => {
    const { fill, sessions, clock } = budget(() => [])
    const inside = await fill()
    for (let refusal = 0; refusal < 30; refusal++) sessions.refused()
    for (const leave of inside.splice(0, 60)) leave()
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    expect(sessions.used).toBe(30)
    clock.advance(2000)
    const after = await fill()
    expect(sessions.used).toBeGreaterThanOrEqual(44)
    expect(sessions.used).toBeLessThan(60)
    clock.advance(28_000)
    await fill()
    expect(sessions.used).toBe(90)
    expect(after.length).toBeGreaterThan(0)
  })
})
