import { describe, expect, it } from 'vitest'
import { SILENT, type Clock } from '../../src/core/ports.ts'
import { EXIT_CODES, interrupted } from '../../src/core/errors.ts'
import { closeAndConfirm, openSession } from '../../src/remote/lifecycle.ts'
import { DEVICE, error } from '../support/service.ts'
import { failure } from '../api/support.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

function opening(b: ReturnType<typeof bench>, signal = NEVER, timeoutMs = 120_000) {
  const steps: string[] = []
  const progress = {
    ...SILENT,
    step: (name: string) => {
      steps.push(name)
    },
    at() {},
    end: () => {
      steps.push('end')
    },
  }
  return {
    steps,
    opened: openSession({ api: b.api, device: { id: DEVICE, name: 'WIN-FIN-01' }, clock: b.clock, progress, signal, timeoutMs }),
  }
}

describe('opening a session', () => {
  it('starts one when there is none, and shows its progress', async () => {
    const b = bench()
    const { opened, steps } = opening(b)
    const { session, started } = await b.run(opened)
    expect([session.device_id, session.status, started]).toEqual([DEVICE, 'ACTIVE', true])
    expect(b.service.calls).toEqual(['GET /sessions', 'POST /sessions'])
    expect(b.service.seen[1]?.body).toEqual({ device_id: DEVICE })
    expect(steps).toEqual(['Connecting to WIN-FIN-01', 'end'])
  })

  it('joins the open session of the device', async () => {
    const b = bench()
    const id = b.service.occupy(7)
    const { session, started } = await b.run(opening(b).opened)
    expect([session.id, started]).toEqual([id, false])
    expect(b.service.calls).toEqual(['GET /sessions'])
  })

  it('does not join a session of another device, or one that has ended', async () => {
    const b = bench()
    const sessions = [
      { id: '1:99', device_id: 99, status: 'active' },
      { id: '2:1', device_id: DEVICE, status: 'closed' },
      { id: '3:1', device_id: DEVICE, status: 'TIMEOUT' },
    ]
    b.service.before = ({ method, path }) => (method === 'GET' && path === '/sessions' ? { status: 200, body: sessions } : undefined)
    expect((await b.run(opening(b).opened)).started).toBe(true)
  })

  it('waits through PENDING', async () => {
    const b = bench({ establishes: 30_000 })
    const from = b.clock.now()
    const { session, started } = await b.run(opening(b).opened)
    expect([session.status, started, session.drives]).toEqual(['ACTIVE', true, ['C:\\', 'D:\\']])
    expect(b.clock.now() - from).toBeGreaterThanOrEqual(30_000)
    expect(b.clock.now() - from).toBeLessThanOrEqual(31_000)
    // At most about one request a second.
    expect(b.service.seen.length).toBeLessThan(40)
  })

  it('joins one that is still PENDING, and leaves it to its owner', async () => {
    const b = bench({ establishes: 5000 })
    const id = b.service.occupy(0, 'PENDING')
    const { session, started } = await b.run(opening(b).opened)
    expect([session.id, session.status, started]).toEqual([id, 'ACTIVE', false])
  })

  it('does not count as the starter of a session that another caller opened first and has used', async () => {
    const b = bench()
    b.service.before = ({ method }) => {
      if (method === 'GET') return { status: 204 }
      b.service.occupy(3)
      return undefined
    }
    expect((await b.run(opening(b).opened)).started).toBe(false)
  })

  it('starts one with a key that may not list sessions', async () => {
    const b = bench()
    b.service.before = ({ method, path }) => (method === 'GET' && path === '/sessions' ? error(403, 'Forbidden') : undefined)
    expect((await b.run(opening(b).opened)).started).toBe(true)
  })
})

describe('why a device does not answer', () => {
  const told = async (options: Parameters<typeof bench>[0], absence: (clock: Clock) => Promise<string | undefined>) => {
    const b = bench(options)
    let asked = 0
    const notices: string[] = []
    const device = { id: DEVICE, name: 'WIN-FIN-01' }
    const around = { api: b.api, device, clock: b.clock, progress: SILENT, signal: NEVER, timeoutMs: 60_000 }
    const opened = openSession({
      ...around,
      notice: line => {
        notices.push(line)
      },
      absence: async () => {
        asked += 1
        return await absence(b.clock)
      },
    })
    await b.run(opened.catch(() => undefined))
    await b.clock.pass(60_000)
    return { asked, notices }
  }

  it('is said while it is waited for', async () => {
    expect(await told({ establishes: 10 ** 9 }, async () => 'last contact 3 days ago')).toEqual({
      asked: 1,
      notices: ['WIN-FIN-01 is offline, last contact 3 days ago: waiting 1 m 0 s for it; --timeout 10m waits longer'],
    })
  })

  it('is not said of one that should be online, nor where that may not be read', async () => {
    expect(await told({ establishes: 5000 }, async () => undefined)).toEqual({ asked: 1, notices: [] })
    expect(await told({ establishes: 5000 }, () => Promise.reject(new Error('forbidden')))).toEqual({ asked: 1, notices: [] })
  })

  it('is not asked for where the device answers at once, and not said once it has answered', async () => {
    expect(await told({}, async () => 'never')).toEqual({ asked: 0, notices: [] })
    const late = async (clock: Clock) => {
      await clock.sleep(30_000)
      return 'last contact 3 days ago'
    }
    expect(await told({ establishes: 5000 }, late)).toEqual({ asked: 1, notices: [] })
  })
})

describe('closing a session', () => {
  const closing = async (there: 'closed' | 'open' | 'unreadable') => {
    const b = bench()
    const { id } = await b.open()
    b.service.before = ({ method }) => {
      if (method === 'DELETE') {
        if (there === 'closed') b.service.lose(id)
        return Object.assign(new Error('reset'), { code: 'ECONNRESET' })
      }
      return there === 'unreadable' ? error(403, 'no') : undefined
    }
    return await b.run(
      closeAndConfirm(b.api, id, { clock: b.clock, signal: NEVER }).then(
        () => 'gone',
        (reason: unknown) => reason,
      ),
    )
  }

  it('whose answer is lost is done if the session is gone', async () => {
    expect(await closing('closed')).toBe('gone')
  })

  it('whose answer is lost is not done if the session is still open, and unknown if it may not be looked up', async () => {
    expect(await closing('open')).toMatchObject({ code: 'network' })
    expect(await closing('unreadable')).toMatchObject({
      code: 'unknown_outcome',
      facts: { hint: 'look before you do it again: `cbc lr session list`' },
    })
  })

  it('that is refused is not looked up', async () => {
    const b = bench()
    const { id } = await b.open()
    b.service.before = ({ method }) => (method === 'DELETE' ? error(403, 'no') : undefined)
    const before = b.service.calls.length
    expect(await b.run(failure(closeAndConfirm(b.api, id, { clock: b.clock, signal: NEVER })))).toMatchObject({ code: 'auth' })
    expect(b.service.calls.slice(before)).toEqual([`DELETE /sessions/${id}`])
  })
})

describe('a session that cannot be opened', () => {
  it('is a timeout when the endpoint does not pick it up, and is closed again', async () => {
    const b = bench({ establishes: 10 ** 9 })
    const from = b.clock.now()
    const thrown = await b.run(failure(opening(b, NEVER, 60_000).opened))
    expect(thrown).toMatchObject({
      code: 'timeout',
      message: 'WIN-FIN-01: no session within 1 m 0 s; the endpoint may be offline',
      facts: { device_id: DEVICE, hint: expect.stringContaining('--timeout') },
    })
    expect(EXIT_CODES[thrown.code]).toBe(6)
    expect(b.clock.now() - from).toBe(60_000)
    expect(b.service.calls.at(-1)).toMatch(/^DELETE \/sessions\//)
    expect(b.service.sessions.size).toBe(0)
  })

  it('stays open when it was joined and does not become active in time', async () => {
    const b = bench({ establishes: 10 ** 9 })
    const id = b.service.occupy(0, 'PENDING')
    expect(await b.run(failure(opening(b, NEVER, 60_000).opened))).toMatchObject({ code: 'timeout' })
    expect([...b.service.sessions.keys()]).toEqual([id])
    expect(b.service.calls.some(call => call.startsWith('DELETE'))).toBe(false)
  })

  it.each(['ERROR', 'timeout', 'CLOSED'] as const)('is a timeout when it ends as %s', async status => {
    const b = bench()
    b.service.before = ({ method }) => {
      if (method === 'POST') return { status: 201, body: { id: '1:2', device_id: DEVICE, status: 'pending', drives: null } }
      return method === 'GET' && b.service.calls.includes('POST /sessions')
        ? { status: 200, body: { id: '1:2', device_id: DEVICE, status } }
        : undefined
    }
    const thrown = await b.run(failure(opening(b).opened))
    expect(thrown).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(new RegExp(`ended as ${status}`, 'i')),
      facts: { device_id: DEVICE },
    })
    expect(b.service.calls.at(-1)).toBe('DELETE /sessions/1:2')
  })

  it('is a timeout when it was never established: 404', async () => {
    const b = bench({ establishes: 10 ** 9 })
    b.service.before = ({ path }) => (/\/sessions\/./.test(path) ? error(404, 'Not Found') : undefined)
    expect(await b.run(failure(opening(b).opened))).toMatchObject({ code: 'timeout', facts: { device_id: DEVICE, http_status: 404 } })
  })

  it('is "not found" when there is no such device', async () => {
    const b = bench()
    b.service.before = ({ method }) => (method === 'POST' ? error(404, 'Sensor Not Found') : undefined)
    expect(await b.run(failure(opening(b).opened))).toMatchObject({
      code: 'not_found',
      message: 'WIN-FIN-01: no such device',
      facts: { device_id: DEVICE, http_status: 404 },
    })
    expect(b.service.calls).toEqual(['GET /sessions', 'POST /sessions'])
  })

  it.each([
    ['that is dropped', 120_000],
    ['that is given up before its answer', 30_000],
  ])('because the organization has its 100 sessions says so: a request %s', async (_, timeoutMs) => {
    const b = bench({ establishes: 10 ** 9 })
    const others = Array.from({ length: 100 }, (_, n) => ({ id: `${n}:7${n}`, device_id: 70 + n, status: 'ACTIVE' }))
    const from = b.clock.monotonic()
    b.service.before = ({ method, path }) => {
      const dropped = b.clock.monotonic() - from > 60_000
      if (dropped && /\/sessions\/./.test(path)) return error(404, 'Not Found')
      return method === 'GET' && path === '/sessions'
        ? {
            status: 200,
            body: [...others, ...(dropped ? [] : [...b.service.sessions.keys()].map(id => ({ id, device_id: DEVICE, status: 'PENDING' })))],
          }
        : undefined
    }
    expect(await b.run(failure(opening(b, NEVER, timeoutMs).opened))).toMatchObject({
      code: 'timeout',
      message:
        'WIN-FIN-01: no session: the organization has reached its limit of open sessions, 100; a request beyond that is dropped after a minute',
      facts: { device_id: DEVICE, limit: true, hint: expect.stringContaining('cbc lr session list') as string },
    })
  })

  it('names the missing permission', async () => {
    const b = bench()
    b.service.before = ({ method }) => (method === 'POST' ? error(403, 'Live Response Not Enabled') : undefined)
    expect(await b.run(failure(opening(b).opened))).toMatchObject({
      code: 'auth',
      message: 'WIN-FIN-01: start session: Live Response Not Enabled',
      facts: { device_id: DEVICE, http_status: 403, hint: expect.stringContaining('org.liveresponse.session CREATE') },
    })
  })
})

describe('an interruption', () => {
  it('while the session is PENDING closes the session', async () => {
    const b = bench({ establishes: 10 ** 9 })
    const reason = interrupted()
    const work = abortedWhen(
      b,
      signal => failure(opening(b, signal).opened),
      () => b.service.seen.length > 4,
      reason,
    )
    expect(await work).toBe(reason)
    expect(b.service.sessions.size).toBe(0)
  })

  it('while the start is under way closes the session that results', async () => {
    const b = bench()
    b.service.before = async ({ method }) => {
      if (method === 'POST') await b.clock.sleep(500)
      return undefined
    }
    const work = abortedWhen(
      b,
      signal => failure(opening(b, signal).opened),
      () => b.service.calls.includes('POST /sessions'),
      interrupted(),
    )
    expect(await work).toMatchObject({ code: 'interrupted' })
    expect(b.service.calls.at(-1)).toMatch(/^DELETE \/sessions\//)
    expect(b.service.sessions.size).toBe(0)
  })

  it('does not wait forever for a start without an answer', async () => {
    const b = bench()
    b.service.before = async ({ method }) => {
      if (method === 'POST') await b.clock.sleep(50_000)
      return undefined
    }
    const from = b.clock.now()
    const work = abortedWhen(
      b,
      signal => failure(opening(b, signal).opened),
      () => b.service.calls.includes('POST /sessions'),
      interrupted(),
    )
    expect(await work).toMatchObject({ code: 'interrupted' })
    expect(b.clock.now() - from).toBeLessThan(10_000)
  })

  it('leaves a joined session alone', async () => {
    const b = bench({ establishes: 10 ** 9 })
    const id = b.service.occupy(0, 'PENDING')
    await abortedWhen(
      b,
      signal => failure(opening(b, signal).opened),
      () => b.service.seen.length > 4,
      interrupted(),
    )
    expect([...b.service.sessions.keys()]).toEqual([id])
  })
})
