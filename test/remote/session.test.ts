import { describe, expect, it } from 'vitest'
import { interrupted } from '../../src/core/errors.ts'
import type { CommandRequest } from '../../src/api/live-response.ts'
import { CommandError } from '../../src/remote/session.ts'
import { failure } from '../api/support.ts'
import { DEVICE, error, LINUX, type Seen } from '../support/service.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const PS: CommandRequest = { name: 'process list' }
const RM: CommandRequest = { name: 'delete file', path: 'C:\\x' }
const AT = { signal: NEVER }

const isIssue = ({ method, path }: Seen) => method === 'POST' && path.endsWith('/commands')
const isPoll = ({ method, path }: Seen) => method === 'GET' && /\/commands\/\d+/.test(path)

describe('a command', () => {
  it('is issued, waited for, and returns its last state', async () => {
    const b = bench({ run: () => ({ takes: 300, result: { processes: [{ process_pid: 4 }] } }) })
    const session = await b.open()
    const command = await b.run(session.issue(PS, AT))
    expect(command).toMatchObject({ id: 0, status: 'COMPLETE', processes: [{ process_pid: 4 }] })
    expect(b.service.seen.filter(isPoll).every(({ path }) => path === `/sessions/${session.id}/commands/0?wait=true`)).toBe(true)
  })

  it('that is complete when it is issued needs no poll', async () => {
    const b = bench()
    b.service.before = seen =>
      isIssue(seen) ? { status: 201, body: { id: 9, name: 'process list', status: 'complete', processes: [] } } : undefined
    const session = await b.open()
    expect(await b.run(session.issue(PS, AT))).toMatchObject({ id: 9, status: 'COMPLETE' })
    expect(b.service.seen.filter(isPoll)).toEqual([])
  })

  it('reports each state before its last', async () => {
    const b = bench({ run: () => ({ takes: 2500, meanwhile: { mem_dump: { percentdone: 30 } } }) })
    const session = await b.open()
    const states: string[] = []
    await b.run(
      session.issue(
        { name: 'memdump', path: 'C:\\d' },
        {
          ...AT,
          onUpdate: ({ status, mem_dump }) => {
            states.push(`${status} ${mem_dump?.percentdone}`)
          },
        },
      ),
    )
    expect(states[0]).toBe('PENDING 30')
    expect(new Set(states.slice(1))).toEqual(new Set(['IN_PROGRESS 30']))
  })

  it.each([2147942402, -2147024894])('fails as its HRESULT says: %i', async result_code => {
    const b = bench({ run: () => ({ result: { result_code, result_type: 'WinHresult', result_desc: 'x' } }) })
    const session = await b.open()
    const thrown = await b.run(failure(session.issue(RM, { ...AT, what: 'rm C:\\x' })))
    expect(thrown).toBeInstanceOf(CommandError)
    expect(thrown).toMatchObject({
      code: 'not_found',
      message: 'rm C:\\x: no such file or directory (0x80070002)',
      facts: { result_code: 2147942402, device_id: DEVICE },
      command: { id: 0, status: 'ERROR' },
    })
  })

  it('that another caller cancelled is an error', async () => {
    const b = bench({ run: () => ({ takes: 1000 }) })
    b.service.before = seen => (isPoll(seen) ? { status: 200, body: { id: 0, name: 'kill', status: 'cancelled' } } : undefined)
    const session = await b.open()
    expect(await b.run(failure(session.issue({ name: 'kill', pid: 4 }, AT)))).toMatchObject({
      code: 'remote',
      message: 'kill: the command was cancelled',
      facts: { device_id: DEVICE },
    })
  })

  it('is matched by its id', async () => {
    const b = bench()
    b.service.before = seen => (isPoll(seen) ? { status: 200, body: { id: 77, name: 'process list', status: 'COMPLETE' } } : undefined)
    const session = await b.open()
    expect(await b.run(failure(session.issue(PS, AT)))).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/the service's answer is about another id: 77, not 0/),
    })
  })

  it('that the endpoint does not support is never issued', async () => {
    const b = bench({ session: LINUX })
    const session = await b.open()
    const request: CommandRequest = { name: 'reg enum key', path: 'HKLM' }
    for (const work of [session.issue(request, AT), session.issueBeside(request, AT)]) {
      expect(await failure(work)).toMatchObject({
        code: 'refused',
        message: 'reg enum key: WIN-FIN-01 does not have the command "reg enum key"',
        facts: { device_id: DEVICE },
      })
    }
    expect(b.service.issued).toEqual([])
  })

  it('names the permission and the device when it is not allowed', async () => {
    const b = bench()
    b.service.before = seen => (isIssue(seen) ? error(403, 'Live Response Not Enabled') : undefined)
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, { ...AT, what: 'rm C:\\x' })))).toMatchObject({
      code: 'auth',
      message: 'rm C:\\x: Live Response Not Enabled',
      facts: { http_status: 403, device_id: DEVICE, hint: expect.stringContaining('org.liveresponse.file DELETE') },
    })
    expect(b.service.issued).toHaveLength(1)
  })

  it('treats a held request that a gateway cuts off as an ordinary poll', async () => {
    const b = bench({ holds: 20_000, run: () => ({ takes: 100_000 }) })
    let cut = 0
    b.service.before = seen => {
      if (!isPoll(seen) || !seen.path.endsWith('wait=true') || b.clock.now() > start + 90_000) return undefined
      cut += 1
      return { status: 200, body: '<html>gateway</html>' }
    }
    const session = await b.open()
    const start = b.clock.now()
    expect(await b.run(session.issue({ name: 'memdump', path: 'C:\\d' }, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(cut).toBeGreaterThan(5)
  })
})

describe('several commands', () => {
  it('run one at a time, in order', async () => {
    const b = bench({ run: request => ({ takes: request.name === 'kill' ? 700 - 100 * request.pid : 0 }) })
    const session = await b.open()
    const ended: number[] = []
    await b.run(
      Promise.all(
        [1, 2, 3, 4].map(async pid => {
          await session.issue({ name: 'kill', pid }, AT)
          ended.push(pid)
        }),
      ),
    )
    expect(ended).toEqual([1, 2, 3, 4])
    const order = b.service.seen.filter(seen => isIssue(seen) || isPoll(seen)).map(seen => (isIssue(seen) ? 'issue' : 'poll'))
    // At least one poll lies between two issues: the earlier command has ended.
    expect(order.join(' ')).not.toContain('issue issue')
    expect(b.service.last.commands.every((live, n, all) => n === 0 || live.starts >= (all[n - 1]?.ends ?? 0))).toBe(true)
  })

  it('let the next one start once the service has accepted a running program', async () => {
    const b = bench({ run: request => ({ takes: request.name === 'create process' ? 100_000 : 0 }) })
    const session = await b.open()
    await b.run(
      Promise.all([session.issue({ name: 'create process', path: 'ping', wait: true }, AT), session.issue(RM, AT), session.issue(PS, AT)]),
    )
    // The next change is issued while the program runs: its first poll is far from its last.
    const order = b.service.seen.filter(seen => isIssue(seen) || isPoll(seen)).map(seen => (isIssue(seen) ? 'issue' : 'poll'))
    expect(order.slice(0, 3)).toEqual(['issue', 'poll', 'issue'])
    expect(b.service.last.commands.map(({ command }) => command.name)).toEqual(['create process', RM.name, PS.name])
  })

  it('continue after one fails', async () => {
    const b = bench({ run: request => ({ result: { result_code: request.name === 'kill' ? 2147942487 : 0 } }) })
    const session = await b.open()
    const [first, second] = await b.run(Promise.allSettled([session.issue({ name: 'kill', pid: 1 }, AT), session.issue(PS, AT)]))
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })

  it('keep their order when one is interrupted while it waits: it ends at once and is never issued', async () => {
    const b = bench({ run: () => ({ takes: 60_000 }) })
    const session = await b.open()
    const first = session.issue(PS, AT)
    const controller = new AbortController()
    const second = failure(session.issue(RM, { signal: controller.signal }))
    const third = session.issue({ name: 'kill', pid: 5 }, AT)
    await b.clock.pass(100)
    controller.abort(interrupted())
    expect(await second).toMatchObject({ code: 'interrupted' })
    await b.clock.pass(30_000)
    expect(b.service.issued).toEqual(['process list'])
    await b.run(Promise.all([first, third]))
    expect(b.service.issued).toEqual(['process list', 'kill'])
  })

  it('take turns with those of a dry run in the same session', async () => {
    const b = bench({ run: () => ({ takes: 1000 }) })
    const session = await b.open()
    const planned = session.planned(() => {})
    await b.run(Promise.all([session.issue(PS, AT), planned.issue({ name: 'directory list', path: 'C:\\' }, AT)]))
    const [first, second] = b.service.last.commands
    expect(second?.starts).toBeGreaterThanOrEqual(first?.ends ?? Infinity)
  })
})

describe('a command that is given up', () => {
  it('is cancelled on the server when it is PENDING', async () => {
    const b = bench({ run: () => ({ takes: 60_000 }) })
    const session = await b.open()
    // Another caller's command keeps the endpoint busy.
    void b.api.issueCommand(session.id, PS)
    await b.clock.pass(10)
    const reason = interrupted()
    const thrown = await abortedWhen(
      b,
      signal => failure(session.issue(RM, { signal })),
      () => b.service.seen.filter(isPoll).length > 2,
      reason,
    )
    expect(thrown).toBe(reason)
    expect(b.service.calls).toContain(`DELETE /sessions/${session.id}/commands/1`)
    expect(b.service.last.commands[1]?.command.status).toBe('CANCELLED')
  })

  it('while it is being issued is still cancelled, once its id is known', async () => {
    const b = bench({ run: () => ({ takes: 60_000 }) })
    const session = await b.open()
    await b.api.issueCommand(session.id, PS)
    b.service.before = async seen => {
      if (isIssue(seen)) await b.clock.sleep(400)
      return undefined
    }
    const thrown = await abortedWhen(
      b,
      signal => failure(session.issue(RM, { signal })),
      () => b.service.issued.length === 2,
      interrupted(),
    )
    expect(thrown).toMatchObject({ code: 'interrupted' })
    expect(b.service.last.commands[1]?.command.status).toBe('CANCELLED')
  })

  it('without any answer still ends soon', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = async seen => {
      if (isIssue(seen)) await b.clock.sleep(40_000)
      return undefined
    }
    const from = b.clock.now()
    expect(
      await abortedWhen(
        b,
        signal => failure(session.issue(RM, { signal })),
        () => b.service.issued.length === 1,
        interrupted(),
      ),
    ).toMatchObject({ code: 'interrupted' })
    expect(b.clock.now() - from).toBeLessThan(10_000)
  })

  it('when its time is up is a timeout', async () => {
    const b = bench({ run: () => ({ takes: 10 ** 9 }) })
    const session = await b.open()
    const from = b.clock.now()
    expect(await b.run(failure(session.issue(RM, { ...AT, what: 'rm C:\\x', timeoutMs: 30_000 })))).toMatchObject({
      code: 'timeout',
      message: 'rm C:\\x: not finished within 30.0 s; it is still under way',
      facts: {
        device_id: DEVICE,
        hint: `look before you do it again: \`cbc lr command get ${DEVICE} 0\` shows how it ended; give it longer with --timeout 10m`,
      },
    })
    expect(b.clock.now() - from).toBe(30_000)
    expect(b.service.calls).toContain(`DELETE /sessions/${session.id}/commands/0`)
    expect(b.clock.sleeping).toBe(0)
  })

  it("uses the session's time limit when the command sets none", async () => {
    const b = bench({ run: () => ({ takes: 10 ** 9 }) })
    const session = await b.open({ timeoutMs: 7000 })
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('delete file: not finished within 7.0 s') as string,
    })
  })
})

describe('closing a session', () => {
  it('closes one that was started here, once', async () => {
    const b = bench()
    const session = await b.open()
    await b.run(session.close())
    await b.run(session.close())
    expect(b.service.calls.filter(call => call.startsWith('DELETE'))).toEqual([`DELETE /sessions/${session.id}`])
  })

  it.each(['joined', 'kept', 'detached'])('leaves open one that was %s', async how => {
    const b = bench()
    if (how === 'joined') b.service.occupy()
    const session = await b.open({ keep: how === 'kept' })
    if (how === 'detached') session.detach()
    await b.run(session.close())
    expect(b.service.sessions.size).toBe(1)
  })

  it('reports nothing when the service is unavailable, and does not wait forever', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = async () => {
      await b.clock.sleep(10 ** 6)
      return undefined
    }
    const from = b.clock.now()
    await b.run(session.close())
    expect(b.clock.now() - from).toBeLessThanOrEqual(5000)
  })
})

describe('a session', () => {
  it('knows the directory, path style and commands of its endpoint', async () => {
    const session = await bench({ session: LINUX }).open()
    expect([session.home, session.paths.windows, session.label, session.supports('kill'), session.supports('memdump')]).toEqual([
      '/',
      false,
      'WIN-FIN-01',
      true,
      false,
    ])
    const bare = await bench({ session: { current_working_directory: null, drives: ['D:\\'], supported_commands: null } }).open({
      device: { id: DEVICE },
    })
    expect([bare.home, bare.paths.windows, bare.label, bare.supports('memdump')]).toEqual(['D:\\', true, `device ${DEVICE}`, true])
  })

  it('finds a command in whatever case the endpoint lists it', async () => {
    const session = await bench({ session: { supported_commands: ['Process List'] } }).open()
    expect([session.supports('process list'), session.supports('kill')]).toEqual([true, false])
  })

  it('reports that it is gone', async () => {
    const b = bench()
    const session = await b.open()
    expect(await b.run(session.keepAlive(NEVER))).toBe(true)
    b.service.lose(session.id)
    expect(await b.run(session.keepAlive(NEVER))).toBe(false)
  })
})

describe('a dry run', () => {
  it('sends reads and collects changes', async () => {
    const b = bench()
    const session = await b.open()
    const plan: unknown[] = []
    const planned = session.planned(step => {
      plan.push(step)
    })
    const requests: CommandRequest[] = [PS, RM, { name: 'get file', path: 'C:\\x' }, { name: 'kill', pid: 1 }]
    for (const request of requests) await b.run(planned.issue(request, AT))
    expect(b.service.issued).toEqual(['process list'])
    expect(plan).toEqual(requests.slice(1))
    expect([session.planning, planned.planning]).toEqual([false, true])
  })
})
