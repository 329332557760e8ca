import { describe, expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { SILENT } from '../../src/core/ports.ts'
import { failure } from '../api/support.ts'
import { DEVICE, error, type Seen } from '../support/service.ts'
import { upload } from '../../src/remote/transfer.ts'
import { bench, NEVER } from './support.ts'

const AT = { signal: NEVER }
const PS = { name: 'process list' } as const
const RM = { name: 'delete file', path: 'C:\\x' } as const

const isIssue = ({ method, path }: Seen) => method === 'POST' && path.endsWith('/commands')
const isPoll = ({ method, path }: Seen) => method === 'GET' && /\/commands\/\d+/.test(path)

describe('a session that the service lost', () => {
  it('is replaced only if it is gone, for a failure that this explains, and once', async () => {
    const b = bench()
    const session = await b.open()
    const old = session.id
    const gone = new CbcError('not_found', 'no such file', { http_status: 404 })
    expect(await b.run(session.recover(gone, old, NEVER))).toBe(false)
    b.service.before = ({ method }) => (method === 'GET' ? error(403, 'no') : undefined)
    expect(await b.run(session.recover(gone, old, NEVER))).toBe(false)
    b.service.before = undefined
    b.service.lose(old)
    expect(await b.run(session.recover(new CbcError('auth', 'no', { http_status: 403 }), old, NEVER))).toBe(false)
    expect(await b.run(session.recover(gone, old, AbortSignal.abort()))).toBe(false)
    expect(session.id).toBe(old)
    await b.run(session.issue(PS, AT))
    const { id } = session
    expect(await b.run(session.recover(gone, old, NEVER))).toBe(true)
    expect([id === old, session.id]).toEqual([false, id])
  })

  it.each([PS, RM])('before a command is replaced by a new one: $name', async request => {
    const b = bench()
    const session = await b.open()
    const old = session.id
    b.service.lose(old)
    expect(await b.run(session.issue(request, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(session.id).not.toBe(old)
    expect(b.service.last.commands.map(({ request: { name } }) => name)).toEqual([request.name])
    expect(b.notices).toEqual([`session ${old} was lost; continued in a new one, ${session.id}`])
    await b.run(session.close())
    expect(b.service.sessions.size).toBe(0)
  })

  it('during a command that changes nothing has it repeated in a new one', async () => {
    const b = bench({ run: () => ({ takes: 2000 }) })
    const session = await b.open()
    const old = session.id
    const work = session.issue(PS, AT)
    await b.clock.pass(500)
    b.service.lose(old)
    expect(await b.run(work)).toMatchObject({ status: 'COMPLETE' })
    expect(b.service.issued).toEqual(['process list', 'process list'])
  })

  it('during a change never has it repeated: the outcome is unknown', async () => {
    const b = bench({ run: () => ({ takes: 2000 }) })
    const session = await b.open()
    const work = failure(session.issue(RM, { ...AT, what: 'rm C:\\x' }))
    await b.clock.pass(500)
    b.service.lose(session.id)
    expect(await b.run(work)).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringMatching(/^rm C:\\x: the session was lost/),
      facts: { device_id: DEVICE, hint: `look before you do it again: \`cbc lr stat ${DEVICE} C:\\x\`` },
    })
    expect(b.service.issued).toEqual(['delete file'])
  })

  it('after a change that was not accepted leaves an unknown outcome', async () => {
    const b = bench({ run: () => ({ takes: 2000 }) })
    const session = await b.open()
    b.service.lose(session.id)
    const work = failure(session.issue(RM, AT))
    await b.clock.pass(500)
    b.service.lose(session.id)
    expect(await b.run(work)).toMatchObject({ code: 'unknown_outcome' })
    expect(b.service.issued).toEqual(['delete file', 'delete file'])
  })

  it('again and again is an error', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = seen => (isIssue(seen) ? error(404, 'Sensor Not Found') : undefined)
    expect(await b.run(failure(session.issue(PS, AT)))).toMatchObject({
      code: 'network',
      message: 'process list: the session was lost twice',
      facts: { device_id: DEVICE },
    })
    expect(b.service.issued).toHaveLength(2)
  })

  it('because its device is gone says so', async () => {
    const b = bench()
    const session = await b.open()
    b.service.lose(session.id)
    b.service.before = ({ method, path }) => (method === 'POST' && path === '/sessions' ? error(404, 'Sensor Not Found') : undefined)
    expect(await b.run(failure(session.issue(PS, AT)))).toMatchObject({ code: 'not_found', message: 'WIN-FIN-01: no such device' })
  })

  it('is replaced by one that another caller opened meanwhile, which stays open', async () => {
    const b = bench()
    const session = await b.open()
    b.service.lose(session.id)
    const other = b.service.occupy(4)
    await b.run(session.issue(PS, AT))
    expect(session.id).toBe(other)
    expect(b.notices[0]).toContain('continued in the open one')
    await b.run(session.close())
    expect([...b.service.sessions.keys()]).toEqual([other])
  })

  it('and which was replaced is not restored by the answer to an old keep-alive', async () => {
    const b = bench()
    const session = await b.open()
    const old = session.info
    b.service.before = async ({ method, path }) => {
      if (method !== 'GET' || path !== `/sessions/${old.id}`) return undefined
      await b.clock.sleep(5000)
      return { status: 200, body: old }
    }
    const late = session.keepAlive(NEVER)
    b.service.lose(old.id)
    await b.run(session.issue(PS, AT))
    const { id } = session
    expect(id).not.toBe(old.id)
    await b.run(late)
    expect(session.id).toBe(id)
  })
})

describe('the command budget of a session', () => {
  it('of 250 commands continues in a new session before a command is refused', async () => {
    const b = bench()
    const session = await b.open()
    const first = session.id
    let refused = 0
    b.service.before = seen => {
      if (isIssue(seen) && Number(b.service.last.session.current_command_index) >= 250) refused += 1
      return undefined
    }
    for (let n = 0; n < 251; n++) await b.run(session.issue(RM, AT))
    expect(refused).toBe(0)
    expect(b.service.issued).toHaveLength(251)
    expect(session.id).not.toBe(first)
    expect([...b.service.sessions.keys()]).toEqual([session.id])
    expect(b.notices).toEqual([`session ${first} has used its 250 commands; continued in a new one, ${session.id}`])
  })

  it('includes what others issued before the session was joined', async () => {
    const b = bench()
    const joined = b.service.occupy(249)
    const session = await b.open()
    await b.run(session.issue(RM, AT))
    expect(session.id).toBe(joined)
    await b.run(session.issue(RM, AT))
    expect(session.id).not.toBe(joined)
    // The new session was started here.
    await b.run(session.close())
    expect(b.service.sessions.size).toBe(0)
  })

  it('that others used up is distinguished from a missing permission by looking at the session', async () => {
    const b = bench()
    const joined = b.service.occupy(10)
    const session = await b.open()
    b.service.last.session.current_command_index = 250
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(session.id).not.toBe(joined)
    expect(b.service.issued).toEqual(['delete file', 'delete file'])
    expect(b.service.last.commands).toHaveLength(1)
  })

  it('is learned from a command that the session accepted before, when the service counts differently', async () => {
    const b = bench()
    const session = await b.open()
    await b.run(session.issue(RM, AT))
    const first = session.id
    b.service.before = seen => (isIssue(seen) && seen.path.includes(first) ? error(403, 'Too Many Commands') : undefined)
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(session.id).not.toBe(first)
  })

  it('is not blamed when the session never accepted the command: that is a missing permission', async () => {
    const b = bench()
    const session = await b.open()
    await b.run(session.issue(PS, AT))
    const { id } = session
    b.service.before = seen => (isIssue(seen) ? error(403, 'Forbidden') : undefined)
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({ code: 'auth' })
    expect(session.id).toBe(id)
    expect(b.service.issued).toEqual(['process list', 'delete file'])
  })

  it('is not blamed when Live Response was disabled meanwhile', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = () => error(403, 'Live Response Not Enabled')
    expect(await b.run(failure(session.issue(RM, { ...AT, what: 'rm C:\\x' })))).toMatchObject({
      code: 'auth',
      message: 'rm C:\\x: Live Response Not Enabled',
    })
  })

  it('is renewed even when closing the old session fails', async () => {
    const b = bench()
    b.service.occupy(250)
    const session = await b.open()
    b.service.before = ({ method, path }) => {
      if (method !== 'DELETE') return undefined
      b.service.lose(path.split('/')[2] ?? '')
      return error(404, 'Not Found')
    }
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ status: 'COMPLETE' })
  })
})

describe('the idle timeout of 15 minutes', () => {
  it('does not end a command that takes hours', async () => {
    const b = bench({ holds: 20_000, run: () => ({ takes: 5 * 3_600_000 }) })
    const session = await b.open()
    expect(await b.run(session.issue({ name: 'memdump', path: 'C:\\d' }, { ...AT, timeoutMs: 24 * 3_600_000 }))).toMatchObject({
      status: 'COMPLETE',
    })
    expect(b.notices).toEqual([])
    expect(b.clock.sleeping).toBe(0)
  })

  it('does not end an upload that takes hours', async () => {
    const b = bench({ run: request => ({ result: request.name === 'directory list' ? { files: [{ filename: 'x', size: 3 }] } : {} }) })
    const session = await b.open()
    const slowly = async function* () {
      for (const letter of 'abc') {
        await b.clock.sleep(3_600_000)
        yield Buffer.from(letter)
      }
    }
    const source = { path: '/x', name: 'x', size: 3, modified: 0, bytes: slowly }
    expect(await b.run(upload(session, source, 'C:\\x', { ...AT, progress: SILENT }))).toMatchObject({ size: 3 })
    expect(b.notices).toEqual([])
    expect(b.clock.sleeping).toBe(0)
  })

  it('is refreshed no more often than necessary', async () => {
    const b = bench({ holds: 20_000, run: () => ({ takes: 3_600_000 }) })
    const session = await b.open()
    await b.run(session.issue(PS, { ...AT, timeoutMs: 24 * 3_600_000 }))
    const refreshes = b.service.seen.filter(seen => seen.method === 'GET' && !isPoll(seen) && seen.path === `/sessions/${session.id}`)
    expect(refreshes.length).toBeGreaterThanOrEqual(4)
    expect(refreshes.length).toBeLessThan(20)
  })
})

describe('the limit of 30 minutes in which no command is issued', () => {
  const slowly = (b: ReturnType<typeof bench>, hours: number) => ({
    path: '/x',
    name: 'x',
    size: 3,
    modified: 0,
    bytes: async function* () {
      for (const letter of 'abc') {
        await b.clock.sleep((hours * 3_600_000) / 3)
        yield Buffer.from(letter)
      }
    },
  })
  const run: NonNullable<Parameters<typeof bench>[0]>['run'] = request => ({
    result: request.name === 'directory list' ? { files: [{ filename: 'x', size: 3 }] } : {},
  })

  it('does not end a transfer that takes hours: a harmless command is issued in between, as rarely as possible', async () => {
    const b = bench({ run })
    const session = await b.open()
    const { id } = session
    await b.run(upload(session, slowly(b, 5), 'C:\\x', { ...AT, progress: SILENT }))
    expect([session.id, b.notices]).toEqual([id, []])
    const meanwhile = b.service.issued.slice(0, -2)
    expect(new Set(meanwhile)).toEqual(new Set(['directory list']))
    expect(meanwhile.length).toBeLessThanOrEqual(15)
  })

  it('does not end it on an endpoint that lacks the usual harmless command but has another', async () => {
    const b = bench({ run, session: { supported_commands: ['process list', 'put file'] } })
    const session = await b.open()
    await b.run(upload(session, slowly(b, 2), 'C:\\x', { ...AT, progress: SILENT }).catch(() => {}))
    expect(b.notices).toEqual([])
    expect(b.service.issued).toContain('process list')
  })

  it('applies to a key that may issue none: the session is kept alive by requests, and lost in the end', async () => {
    const b = bench({ run })
    const session = await b.open()
    b.service.before = ({ body }) =>
      (body as { name?: string } | undefined)?.name === 'directory list' ? error(403, 'Forbidden') : undefined
    await b.run(upload(session, slowly(b, 2), 'C:\\x', { ...AT, progress: SILENT }).catch(() => {}))
    expect(b.service.calls.filter(call => call.startsWith('GET /sessions/')).length).toBeGreaterThan(5)
  })
})

describe('the idle time that a session announces', () => {
  it.each([
    [60, 15_000],
    [900, 225_000],
    [100_000, 240_000],
    [0, 225_000],
    [-5, 225_000],
    [undefined, 225_000],
  ])('of %j seconds determines how often it is refreshed', async (session_timeout, pace) => {
    const b = bench({ session: session_timeout === undefined ? {} : { session_timeout } })
    expect((await b.open()).refreshInterval).toBe(pace)
  })

  it('does not end a long command when it is short', async () => {
    const b = bench({ session: { session_timeout: 60 }, holds: 20_000, run: () => ({ takes: 3_600_000 }) })
    const session = await b.open()
    await b.run(session.issue({ name: 'memdump', path: 'C:\\d' }, { ...AT, timeoutMs: 24 * 3_600_000 }))
    expect(b.notices).toEqual([])
  })
})
