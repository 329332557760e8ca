import { describe, expect, it } from 'vitest'
import type { Command, CommandRequest } from '../../src/api/live-response.ts'
import { inMemory } from '../../src/core/bounded.ts'
import { twoStageAbort } from '../../src/core/abort.ts'
import { interrupted } from '../../src/core/errors.ts'
import { SILENT } from '../../src/core/ports.ts'
import { execute, launch, runProgram } from '../../src/remote/exec.ts'
import { Planned } from '../../src/remote/session.ts'
import { failure } from '../api/support.ts'
import { FakeLedger } from '../support/ledger.ts'
import { DEVICE, LINUX, type FakeService, type ServiceOptions } from '../support/service.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const WORK = { signal: NEVER, progress: SILENT }
const OUT = 'C:\\Windows\\Temp\\cbc-uuid-1.out'

interface Machine {
  output?: string
  details?: Command['process_details']
  result_code?: number
  takes?: number
  /** Milliseconds for which an ended program keeps its output open. */
  lingers?: number
  /** The session's commands run one after the other. */
  strict?: boolean
  /** What it has printed after some milliseconds; held open: it cannot be read until the program ends. */
  grows?: { at: number; text: string }[]
  held?: boolean
  /** "kill" never completes. */
  deaf?: boolean
  /** The answer to "process list"; default: nothing. */
  processes?: Command['processes']
}

/** An endpoint that runs one program, whose output is a file on it. */
function endpoint(machine: Machine, session: ServiceOptions['session'] = {}) {
  const files = new Map<string, string>()
  const requests: CommandRequest[] = []
  let killed: number | undefined
  const b = bench({
    session,
    strict: machine.strict === true,
    beside: machine.grows !== undefined,
    run(request, service: FakeService) {
      requests.push(request)
      switch (request.name) {
        case 'create process':
          if (machine.result_code !== undefined) return { result: { result_code: machine.result_code } }
          if (request.output_file !== undefined && machine.output !== undefined) files.set(request.output_file, machine.output)
          return {
            takes: request.wait ? (machine.takes ?? 50) : 0,
            meanwhile: { process_details: { pid: 3272, return_code: -1 } },
            result: { process_details: machine.details === undefined ? { pid: 3272, return_code: 0 } : machine.details },
          }
        case 'get file': {
          const runs = service.last.commands.some(
            ({ request: { name }, ends }) => name === 'create process' && ends > service.clock.monotonic(),
          )
          if (machine.held && runs) return { result: { result_code: 2147942432 } }
          const begun = service.last.commands.find(({ request: { name } }) => name === 'create process')?.starts ?? 0
          const printed = machine.grows
            ?.filter(({ at }) => begun + at <= service.clock.monotonic())
            .map(({ text }) => text)
            .join('')
          const content = (printed === '' ? undefined : (printed ?? files.get(request.path)))?.slice(request.offset ?? 0)
          return { result: content === undefined ? { result_code: 2147942402 } : { file_details: { file_id: service.stage(content) } } }
        }
        case 'delete file':
          if (killed !== undefined && service.clock.now() - killed < (machine.lingers ?? 0)) return { result: { result_code: 2147942432 } }
          return { result: files.delete(request.path) ? {} : { result_code: 2147942402 } }
        case 'process list':
          return { result: { processes: machine.processes ?? [] } }
        case 'kill':
          if (machine.deaf) return { takes: 10 ** 7 }
          // Queued behind the program itself it has no effect.
          if (machine.strict && service.last.commands.some(({ request: { name } }) => name === 'create process')) return {}
          killed = service.clock.now()
          service.end(({ name }) => name === 'create process')
          return {}
        default:
          return {}
      }
    },
  })
  return { ...b, files, requests, names: () => requests.map(({ name }) => name), killed: () => killed !== undefined }
}

describe('a program', () => {
  it('runs to its end, has its output fetched, and leaves no file on the endpoint or in the cloud', async () => {
    const b = endpoint({ output: 'hello\r\n', takes: 5000, details: { pid: 3272, return_code: 3 } })
    const session = await b.open()
    const { process_pid, return_code, output } = await b.run(execute(session, 'cmd.exe /c echo hello', { directory: 'C:\\demo' }, WORK))
    expect([process_pid, return_code, String(output)]).toEqual([3272, 3, 'hello\r\n'])
    expect(b.requests).toEqual([
      { name: 'create process', path: 'cmd.exe /c echo hello', output_file: OUT, wait: true, working_directory: 'C:\\demo' },
      { name: 'get file', path: OUT },
      { name: 'delete file', path: OUT },
    ])
    expect([[...b.files], b.service.staged]).toEqual([[], []])
  })

  it('puts its temporary file elsewhere on other systems', async () => {
    const b = endpoint({ output: 'x' }, LINUX)
    await b.run(execute(await b.open(), 'id', {}, WORK))
    expect(b.requests[0]).toEqual({ name: 'create process', path: 'id', output_file: '/tmp/cbc-uuid-1.out', wait: true })
  })

  it('without output may leave no file', async () => {
    const b = endpoint({})
    expect(String((await b.run(execute(await b.open(), 'x.exe', {}, WORK))).output)).toBe('')
    expect(b.names()).toEqual(['create process', 'get file', 'delete file'])
  })

  it('has its output kept on request', async () => {
    const b = endpoint({ output: 'kept' })
    expect(String((await b.run(execute(await b.open(), 'x.exe', { outputFile: 'C:\\out.txt' }, WORK))).output)).toBe('kept')
    expect([...b.files]).toEqual([['C:\\out.txt', 'kept']])
  })

  it.each([
    ['no pid and a return code', { pid: 0, return_code: -1 }],
    ['no pid and nothing', {}],
  ])('that could not be started is an error: %s', async (_, details) => {
    const b = endpoint({ details })
    expect(await b.run(failure(execute(await b.open(), 'x.exe', {}, WORK)))).toMatchObject({
      code: 'remote',
      message: 'x.exe: could not be started',
      facts: { device_id: DEVICE },
    })
    expect(b.names()).toEqual(['create process', 'delete file'])
  })

  it('has no details when the endpoint gives none', async () => {
    const b = endpoint({ output: 'x', details: null })
    expect(await b.run(execute(await b.open(), 'x.exe', {}, WORK))).toMatchObject({ process_pid: null, return_code: null })
  })

  it('that does not exist reports "not found" and asks nothing about the program', async () => {
    const b = endpoint({ result_code: 2147942402 })
    expect(await b.run(failure(execute(await b.open(), 'nothing.exe', {}, WORK)))).toMatchObject({
      code: 'not_found',
      message: 'nothing.exe: no such program (0x80070002)',
    })
    expect(b.names()).toEqual(['create process', 'delete file'])
  })

  it('whose output cannot be fetched still deletes the output file', async () => {
    const b = endpoint({ output: 'x' })
    const session = await b.open()
    b.service.before = ({ path }) => (path.endsWith('/content') ? { status: 403 } : undefined)
    expect(await b.run(failure(execute(session, 'x.exe', {}, WORK)))).toMatchObject({ code: 'unknown_outcome' })
    expect([[...b.files], b.service.staged, b.names().includes('kill')]).toEqual([[], [], false])
    // The program has ended: nothing more asks for it.
    const from = b.service.calls.findIndex(call => call.endsWith('/content'))
    expect(b.service.calls.slice(from)).not.toContain(`GET /sessions/${session.id}/commands/0`)
  })

  it.each([
    ['the bytes may not be fetched', /\/content$/, { status: 403 }, 403],
    ['the bytes do not arrive', /\/content$/, { status: 500 }, 500],
  ])(
    'whose output cannot be fetched says that it ran, with its pid and exit code, and does not blame permissions alone: %s',
    async (_, path, answer, http_status) => {
      const b = endpoint({ output: 'x', details: { pid: 77, return_code: 3 } })
      const session = await b.open()
      b.service.before = seen => (path.test(seen.path) ? answer : undefined)
      expect(await b.run(failure(execute(session, 'x.exe', {}, WORK)))).toMatchObject({
        code: 'unknown_outcome',
        message: expect.stringMatching(
          /^x\.exe: it ran, as pid 77, and ended with code 3, but its output could not be fetched: /,
        ) as string,
        facts: { http_status, device_id: DEVICE, hint: expect.stringContaining('--output-file') as string },
      })
    },
  )

  it('whose output file is held open says that it ran and what it left behind', async () => {
    const b = endpoint({ output: 'x', details: { pid: 77, return_code: 0 } })
    const session = await b.open()
    const held = b.service.options.run
    b.service.options.run = (request, service) =>
      ['get file', 'delete file'].includes(request.name) ? { result: { result_code: 2147942432 } } : (held?.(request, service) ?? {})
    expect(await b.run(failure(execute(session, 'x.exe', {}, WORK)))).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringContaining('as pid 77') as string,
    })
    expect(b.notices).toEqual([`left behind on WIN-FIN-01: ${OUT}: in use by another process (0x80070020); \`cbc lr gc\` deletes it`])
  })

  it('that never started is not said to have left anything', async () => {
    const b = endpoint({ output: 'x' })
    const session = await b.open()
    b.service.before = ({ method }) => (method === 'POST' ? { status: 403 } : undefined)
    expect(await b.run(failure(execute(session, 'x.exe', {}, WORK)))).toMatchObject({ code: 'auth' })
    expect([b.notices, b.names()]).toEqual([[], []])
  })

  it('with a long command line has a short error message', async () => {
    const b = endpoint({ result_code: 2147942405 })
    const error = await b.run(failure(execute(await b.open(), 'x'.repeat(500), {}, WORK)))
    expect(error.message).toBe(`${'x'.repeat(59)}…: access denied (0x80070005)`)
  })
})

describe('a program whose run is given up', () => {
  it('is ended, and its output is deleted', async () => {
    const b = endpoint({ output: 'x', takes: 10 ** 7 })
    const session = await b.open()
    const reason = interrupted()
    expect(
      await abortedWhen(
        b,
        signal => failure(execute(session, 'x.exe', {}, { ...WORK, signal })),
        () => b.service.seen.length > 8,
        reason,
      ),
    ).toBe(reason)
    expect(b.requests.slice(1)).toEqual([
      { name: 'kill', pid: 3272 },
      { name: 'delete file', path: OUT },
    ])
    expect([...b.files]).toEqual([])
    expect(b.clock.sleeping).toBe(0)
    await b.run(session.close())
    expect(b.service.sessions.size).toBe(0)
  })

  it('is ended when its time is up', async () => {
    const b = endpoint({ output: 'x', takes: 10 ** 7 })
    expect(await b.run(failure(execute(await b.open(), 'x.exe', {}, { ...WORK, timeoutMs: 60_000 })))).toMatchObject({ code: 'timeout' })
    expect(b.names()).toEqual(['create process', 'kill', 'delete file'])
    expect([...b.files]).toEqual([])
  })

  it('and that holds its output open for a moment has it deleted a moment later', async () => {
    const b = endpoint({ output: 'x', takes: 10 ** 7, lingers: 1500 })
    const session = await b.open()
    await abortedWhen(
      b,
      signal => failure(execute(session, 'x.exe', {}, { ...WORK, signal })),
      () => b.service.seen.length > 8,
      interrupted(),
    )
    expect([...b.files]).toEqual([])
    expect(b.names().filter(name => name === 'delete file').length).toBeGreaterThan(1)
  })

  it('while it is being issued is ended as well', async () => {
    const b = endpoint({ output: 'x', takes: 10 ** 7 })
    const session = await b.open()
    b.service.before = async ({ path }) => {
      if (path.endsWith('/commands')) await b.clock.sleep(300)
      return undefined
    }
    await abortedWhen(
      b,
      signal => failure(execute(session, 'x.exe', {}, { ...WORK, signal })),
      () => b.service.issued.length === 1,
      interrupted(),
    )
    expect(b.names()).toEqual(['create process', 'kill', 'delete file'])
  })

  it('before it ran is cancelled, and there is no process to end and no file to delete', async () => {
    const b = endpoint({ output: 'x', takes: 10 ** 7 })
    const session = await b.open()
    // Another caller's program keeps the endpoint busy.
    void b.api.issueCommand(session.id, { name: 'create process', path: 'other.exe', wait: true })
    await b.clock.pass(10)
    await abortedWhen(
      b,
      signal => failure(execute(session, 'x.exe', {}, { ...WORK, signal })),
      () => b.service.seen.length > 8,
      interrupted(),
    )
    // No file was made either: deleting it would only wait behind the other program, and be reported as left behind.
    expect(b.names()).toEqual(['create process', 'create process'])
    expect(b.service.last.commands[1]?.command.status).toBe('CANCELLED')
  })

  it('in a session that is gone is not looked for in another, where the same id belongs to another command', async () => {
    const b = endpoint({ output: 'x', takes: 10 ** 7 })
    const session = await b.open()
    const work = failure(execute(session, 'x.exe', {}, WORK))
    await b.clock.pass(2000)
    b.service.lose(session.id)
    expect(await b.run(work)).toMatchObject({ code: 'unknown_outcome' })
    expect(b.names()).not.toContain('kill')
    expect([...b.files]).toEqual([])
  })

  it('on an endpoint that cannot end programs still returns', async () => {
    const b = endpoint({ takes: 10 ** 7 }, { ...LINUX, supported_commands: ['create process', 'process list'] })
    const session = await b.open()
    expect(
      await abortedWhen(
        b,
        signal => failure(execute(session, 'x', {}, { ...WORK, signal })),
        () => b.service.seen.length > 8,
        interrupted(),
      ),
    ).toMatchObject({ code: 'interrupted' })
    expect(b.names()).toEqual(['create process'])
  })
})

describe('the output of a running program', () => {
  const GROWS = [
    { at: 1000, text: 'one\n' },
    { at: 6000, text: 'two\n' },
    { at: 9900, text: 'three\n' },
  ]
  const run = async (machine: Machine) => {
    const b = endpoint({ takes: 10_000, grows: GROWS, ...machine })
    const session = await b.open()
    const from = b.clock.monotonic()
    const shown: [string, number][] = []
    const ended = await b.run(
      runProgram(
        session,
        'x.exe',
        {
          onOutput: chunk => {
            shown.push([Buffer.from(chunk).toString(), b.clock.monotonic() - from])
          },
        },
        WORK,
      ),
    )
    const rest = String(await b.run(inMemory(ended.output)))
    return { b, shown, rest, gets: b.requests.filter(({ name }) => name === 'get file').length }
  }

  it('is shown as it grows, each byte once, and leaves no copy in the cloud', async () => {
    const { b, shown, rest } = await run({})
    expect(shown.map(([text]) => text)).toEqual(['one\n', 'two\n'])
    expect(shown.every(([, at]) => at < 10_000)).toBe(true)
    expect([rest, b.service.staged, b.notices]).toEqual(['three\n', [], []])
  })

  it.each<[string, Machine]>([
    ['held open', { held: true }],
    ['behind the program itself, in a service that keeps commands in order', { strict: true }],
  ])('arrives whole at the end when its file is %s, after one attempt per session', async (_where, machine) => {
    const { b, shown, rest, gets } = await run(machine)
    expect([shown, rest, gets, b.notices]).toEqual([[], 'one\ntwo\nthree\n', 2, []])
  })
})

describe('a program that nobody waits for to end', () => {
  it.each([
    ['when its session is free', false],
    ['when it blocks its session', true],
  ])('is named at once, with the commands that end it and delete its output, and recorded, %s', async (_why, strict) => {
    const ledger = new FakeLedger()
    const b = endpoint({ output: 'x', takes: 10 ** 7, strict, deaf: true })
    const session = await b.open({ ledger: ledger.of('this') })
    const ctrlC = twoStageAbort(interrupted)
    const from = b.clock.monotonic()
    const ended = failure(execute(session, 'C:\\t\\wiper.exe /all', {}, { ...WORK, signal: ctrlC.signal }))
    void b.clock.sleep(3000).then(() => ctrlC.press())
    void b.clock.sleep(3500).then(() => ctrlC.press())
    expect(await b.run(ended)).toMatchObject({ code: 'interrupted' })
    expect(b.clock.monotonic() - from).toBe(3500)
    expect(b.notices).toEqual([
      expect.stringMatching(
        /^left behind on WIN-FIN-01: C:\\t\\wiper.exe \/all, pid 3272, may still run \(.*not waited for\); `cbc lr kill \d+ 3272` ends it$/,
      ),
      `left behind on WIN-FIN-01: ${OUT}: not waited for; \`cbc lr gc\` deletes it`,
    ])
    expect(ledger.traces).toContainEqual({ kind: 'program', device_id: DEVICE, pid: 3272, path: 'C:\\t\\wiper.exe' })
    expect(ledger.traces).toContainEqual({ kind: 'file', device_id: DEVICE, path: OUT })
  })
})

describe('a program that is given up when a session runs its commands strictly in order', () => {
  const giveUp = async (b: ReturnType<typeof endpoint>, session: Awaited<ReturnType<typeof b.open>>, line = 'C:\\t\\wiper.exe /all') =>
    await abortedWhen(
      b,
      signal => failure(execute(session, line, {}, { ...WORK, signal })),
      () => b.service.seen.length > 8,
      interrupted(),
    )
  const STRICT = { output: 'x', takes: 10 ** 7, strict: true }

  it('is ended through a new session, and its output is deleted there', async () => {
    const b = endpoint(STRICT)
    const session = await b.open()
    const old = session.id
    expect(await giveUp(b, session)).toMatchObject({ code: 'interrupted', message: 'interrupted' })
    expect([b.killed(), session.id === old, b.service.sessions.has(old), [...b.files]]).toEqual([true, false, false, []])
    expect(b.notices).toEqual([
      `session ${old} was closed, because a program that was given up blocks it; continued in a new one, ${session.id}`,
    ])
    // The kill that waited behind the program must not hit a process that has its pid later.
    expect(b.service.calls.filter(call => call.startsWith(`DELETE /sessions/${old}/commands/`))).toHaveLength(2)
    await b.run(session.close())
    expect(b.service.sessions.size).toBe(0)
  })

  it('is ended when its time is up', async () => {
    const b = endpoint(STRICT)
    expect(await b.run(failure(execute(await b.open(), 'wiper.exe', {}, { ...WORK, timeoutMs: 2000 })))).toMatchObject({
      code: 'timeout',
      message: 'wiper.exe: not finished within 2.0 s',
    })
    expect(b.killed()).toBe(true)
  })

  it('is named, and recorded for gc, when its session belongs to another caller and must not be closed', async () => {
    const b = endpoint(STRICT)
    const other = b.service.occupy(0)
    const ledger = new FakeLedger()
    const session = await b.open({ ledger: ledger.of('here') })
    expect(await giveUp(b, session)).toMatchObject({
      code: 'interrupted',
      message: 'interrupted; C:\\t\\wiper.exe /all: it is still under way',
      facts: { hint: `\`cbc lr kill ${DEVICE} 3272\` ends it` },
    })
    expect([b.killed(), [...b.service.sessions.keys()]]).toEqual([false, [other]])
    expect(b.notices[0]).toMatch(
      /^left behind on WIN-FIN-01: C:\\t\\wiper\.exe \/all, pid 3272, may still run \(.*\); `cbc lr kill 11412673 3272` ends it$/,
    )
    expect(ledger.traces).toContainEqual({ kind: 'program', device_id: DEVICE, path: 'C:\\t\\wiper.exe', pid: 3272 })
    expect(b.notices[1]).toMatch(/^left behind on WIN-FIN-01: C:\\Windows\\Temp\\cbc-uuid-1\.out: .*; `cbc lr gc` deletes it$/)
  })

  it('beside other work is named, and no longer blocks what comes after that work', async () => {
    const b = endpoint(STRICT)
    const session = await b.open()
    const old = session.id
    const [one, two] = [new AbortController(), new AbortController()]
    const first = failure(execute(session, 'one.exe', {}, { ...WORK, signal: one.signal }))
    await b.clock.pass(1000)
    const second = failure(execute(session.on(SILENT, 'job 2'), 'two.exe', {}, { ...WORK, signal: two.signal }))
    await b.clock.pass(1000)
    one.abort(interrupted())
    await b.run(first)
    expect(b.notices[0]).toMatch(/^left behind on WIN-FIN-01: one\.exe, pid 3272, may still run/)
    expect(session.id).toBe(old)
    two.abort(interrupted())
    await b.run(second)
    expect(await b.run(session.issue({ name: 'process list' }, WORK))).toMatchObject({ status: 'COMPLETE' })
    expect([session.id === old, b.service.sessions.has(old)]).toEqual([false, false])
  })

  it('and can not be ended does not keep the session open that it blocks: the kill that is named would wait behind it', async () => {
    const b = endpoint({ ...STRICT, deaf: true })
    const session = await b.open()
    const ctrlC = twoStageAbort(interrupted)
    const ended = failure(execute(session, 'wiper.exe', {}, { ...WORK, signal: ctrlC.signal }))
    void b.clock.sleep(3000).then(() => ctrlC.press())
    void b.clock.sleep(3500).then(() => ctrlC.press())
    expect(await b.run(ended)).toMatchObject({ facts: { hint: `\`cbc lr kill ${DEVICE} 3272\` ends it` } })
    await b.run(session.close())
    expect(b.service.sessions.size).toBe(0)
  })

  it('is named when no new session can be opened', async () => {
    const b = endpoint(STRICT)
    const session = await b.open()
    b.service.before = ({ method, path }) => (method === 'POST' && path === '/sessions' ? { status: 403 } : undefined)
    await giveUp(b, session)
    expect(b.notices.join()).toMatch(/pid 3272, may still run/)
  })

  it.each([
    ['that belongs to another program is not killed', [{ process_pid: 3272, process_path: 'C:\\Windows\\explorer.exe' }], false],
    ['that belongs to the same program is killed', [{ process_pid: 3272, process_path: 'c:\\t\\WIPER.EXE' }], true],
    ['of which only the command line is known is killed', [{ process_pid: 3272, process_cmdline: '"C:\\t\\wiper.exe" /all' }], true],
    ['of which nothing is known is killed', [{ process_pid: 3272 }], true],
  ])('after its session ended, a pid %s', async (_, processes, killed) => {
    const b = endpoint({ ...STRICT, processes })
    expect(await giveUp(b, await b.open())).toMatchObject({ code: 'interrupted', message: 'interrupted' })
    expect(b.killed()).toBe(killed)
  })

  it('is ended even with a key that may not list processes', async () => {
    const b = endpoint(STRICT)
    b.service.before = ({ body }) => ((body as CommandRequest | undefined)?.name === 'process list' ? { status: 403 } : undefined)
    await giveUp(b, await b.open())
    expect(b.killed()).toBe(true)
  })
})

describe('launching a program', () => {
  it('does not wait for it', async () => {
    const b = endpoint({ takes: 10 ** 7, details: { pid: 99, return_code: 0 } })
    expect(await b.run(launch(await b.open(), 'x.exe', { directory: 'C:\\demo', outputFile: 'C:\\o' }, WORK))).toMatchObject({
      process_pid: 99,
    })
    expect(b.requests).toEqual([
      { name: 'create process', path: 'x.exe', wait: false, output_file: 'C:\\o', working_directory: 'C:\\demo' },
    ])
  })

  it('that could not be started is an error', async () => {
    const b = endpoint({ details: { pid: 0, return_code: -1 } })
    expect(await b.run(failure(launch(await b.open(), 'x.exe', {}, WORK)))).toMatchObject({
      code: 'remote',
      message: 'x.exe: could not be started',
    })
  })

  it('without an answer is in doubt, and its session stays open to look', async () => {
    const b = endpoint({})
    const session = await b.open()
    b.service.before = ({ method, path }) => (method === 'GET' && /\/commands\/\d+/.test(path) ? { status: 401 } : undefined)
    expect(await b.run(failure(launch(session, 'x.exe', {}, WORK)))).toMatchObject({
      code: 'unknown_outcome',
      facts: { hint: expect.stringContaining(`cbc lr command get ${DEVICE} 0`) as string },
    })
    await b.run(session.close())
    expect([...b.service.sessions.keys()]).toEqual([session.id])
  })

  it('has no pid when the endpoint gives none', async () => {
    const b = endpoint({ details: null })
    expect(await b.run(launch(await b.open(), 'x.exe', {}, WORK))).toEqual({ process_pid: null, return_code: null })
  })
})

it('running and launching are both planned in a dry run, and clean up nothing', async () => {
  const b = endpoint({})
  const plan: unknown[] = []
  const session = (await b.open()).planned(step => {
    plan.push(step)
  })
  await expect(execute(session, 'x.exe', {}, WORK)).rejects.toThrow(Planned)
  await expect(launch(session, 'y.exe', {}, WORK)).rejects.toThrow(Planned)
  expect(plan).toEqual([
    { name: 'create process', path: 'x.exe', output_file: OUT, wait: true },
    { name: 'create process', path: 'y.exe', wait: false },
  ])
  expect(b.requests).toEqual([])
})

describe('the output of a program', () => {
  it('arrives as it is fetched, and its file is deleted once all of it has arrived', async () => {
    const b = endpoint({ output: 'x'.repeat(100_000) })
    const { output } = await b.run(runProgram(await b.open(), 'x.exe', {}, WORK))
    expect(b.names()).toEqual(['create process'])
    let size = 0
    await b.run(
      (async () => {
        for await (const part of output) size += part.length
      })(),
    )
    expect([size, b.names(), [...b.files]]).toEqual([100_000, ['create process', 'get file', 'delete file'], []])
  })

  it('that is not read to its end leaves no file', async () => {
    const b = endpoint({ output: 'x'.repeat(100_000) })
    const { output } = await b.run(runProgram(await b.open(), 'x.exe', {}, WORK))
    await b.run(
      (async () => {
        for await (const _ of output) break
      })(),
    )
    expect([[...b.files], b.service.staged]).toEqual([[], []])
  })

  it('that is given up while it arrives leaves no file', async () => {
    const b = endpoint({ output: 'x' })
    const controller = new AbortController()
    const { output } = await b.run(runProgram(await b.open(), 'x.exe', {}, { ...WORK, signal: controller.signal }))
    controller.abort(interrupted())
    expect(
      await b.run(
        failure(
          (async () => {
            for await (const _ of output) continue
          })(),
        ),
      ),
    ).toMatchObject({ code: 'interrupted' })
    expect([...b.files]).toEqual([])
  })
})
