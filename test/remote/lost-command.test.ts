import { describe, expect, it } from 'vitest'
import type { Command, CommandRequest } from '../../src/api/live-response.ts'
import { CbcError, interrupted } from '../../src/core/errors.ts'
import { SILENT } from '../../src/core/ports.ts'
import { matchLostCommand } from '../../src/remote/lost-command.ts'
import { fetchBytes, upload } from '../../src/remote/transfer.ts'
import { uploadOnce } from '../../src/remote/upload-idempotent.ts'
import { failure } from '../api/support.ts'
import { DEVICE, error, type FakeService, type Seen } from '../support/service.ts'
import { abortedWhen, bench, NEVER, type Bench } from './support.ts'

const RM: CommandRequest = { name: 'delete file', path: 'C:\\x' }
const AT = { signal: NEVER, what: 'rm C:\\x' }
const DROPPED = new CbcError('network', 'the connection was dropped')
const isIssue = ({ method, path }: Seen) => method === 'POST' && path.endsWith('/commands')

/** The service accepts commands and loses the answers of `times` commands, from the command `first` on. */
function losing({ service }: Bench, { times = 1, taken = true, answer = DROPPED as Error | { status: number }, first = 0 } = {}): void {
  let seen = 0
  let passing = false
  service.before = request => {
    if (!isIssue(request) || passing || seen++ < first || seen > first + times) return undefined
    if (!taken) return answer
    passing = true
    // The service acts as usual, whatever happens to its answer.
    const { transport } = service
    return transport({
      method: 'POST',
      url: new URL(`https://service.example/appservices/v6/orgs/ABCD1234/liveresponse${request.path}`),
      headers: {},
      body: Buffer.from(JSON.stringify(request.body)),
    }).then(() => {
      passing = false
      return answer
    })
  }
}

/** The names of the commands that the service accepted, in all its sessions. */
function taken({ sessions }: FakeService): string[] {
  return [...sessions.values()].flatMap(({ commands }) => commands.map(({ request: { name } }) => name))
}

describe('a change whose answer was lost', () => {
  it('and which was accepted is waited for as if it had been answered', async () => {
    const b = bench({ run: () => ({ takes: 3000 }) })
    losing(b)
    const session = await b.open()
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ id: 0, status: 'COMPLETE' })
    expect(taken(b.service)).toEqual(['delete file'])
  })

  it('and which was not accepted is issued again in a new session, and a late copy finds the old one closed', async () => {
    const b = bench()
    losing(b, { taken: false })
    const session = await b.open()
    const old = session.id
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(b.service.calls).toContain(`DELETE /sessions/${old}`)
    expect(b.notices).toEqual([
      `session ${old} was closed, because the answer to a command was lost; continued in a new one, ${session.id}`,
    ])
    expect(taken(b.service)).toEqual(['delete file'])
  })

  it('is issued again in the same session when the service itself reported the failure', async () => {
    const b = bench()
    losing(b, { taken: false, answer: { status: 503 } })
    const session = await b.open()
    const { id } = session
    await b.run(session.issue(RM, AT))
    // A later command is in the list, but this one is not.
    expect([session.id, taken(b.service)]).toEqual([id, ['directory list', 'delete file']])
  })

  it('and which arrives late is found while cbc looks for it', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = async request => {
      if (!isIssue(request)) return undefined
      b.service.before = undefined
      void b.clock.sleep(1500).then(() => b.api.issueCommand(session.id, RM))
      return DROPPED
    }
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(taken(b.service)).toEqual(['delete file'])
  })

  it("in another caller's session has an unknown outcome, and that session stays open", async () => {
    const b = bench()
    const other = b.service.occupy(4)
    losing(b, { taken: false })
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'unknown_outcome',
      message: 'rm C:\\x: the connection was dropped; it may or may not have happened',
      facts: { device_id: DEVICE, hint: expect.stringContaining(`cbc lr command list ${DEVICE}`) as string },
    })
    expect([...b.service.sessions.keys()]).toEqual([other])
    expect(b.service.issued.filter(name => name === RM.name)).toHaveLength(1)
  })

  it.each([403, 500])('has an unknown outcome when the commands cannot be listed: %i', async status => {
    const b = bench()
    losing(b)
    const lost = b.service.before
    b.service.before = seen => (seen.method === 'GET' && seen.path.endsWith('/commands') ? error(status, 'no') : lost?.(seen))
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({ code: 'unknown_outcome' })
    expect(taken(b.service)).toEqual(['delete file'])
  })

  it('again and again is a network error that says it was not made', async () => {
    const b = bench()
    b.service.before = seen => (isIssue(seen) && (seen.body as CommandRequest).name === RM.name ? DROPPED : undefined)
    const session = await b.open()
    const lost = await b.run(failure(session.issue(RM, AT)))
    expect(lost).toMatchObject({ code: 'network', message: 'rm C:\\x: the connection was dropped', facts: { device_id: DEVICE } })
    expect(b.service.issued.filter(name => name === RM.name)).toHaveLength(4)
    expect(taken(b.service)).not.toContain(RM.name)
  })

  it('has an unknown outcome when nothing more can be issued: its absence from the list proves nothing', async () => {
    const b = bench()
    losing(b, { times: 100, taken: false })
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'unknown_outcome',
      message: 'rm C:\\x: the connection was dropped; it may or may not have happened',
    })
  })

  it('and which is given up meanwhile is not issued again', async () => {
    const b = bench()
    losing(b, { times: 100, taken: false })
    const session = await b.open()
    const work = (signal: AbortSignal) => failure(session.issue(RM, { ...AT, signal }))
    expect(await abortedWhen(b, work, () => b.service.issued.length === 1, interrupted())).toMatchObject({ code: 'interrupted' })
    expect(b.service.issued.filter(name => name === RM.name)).toHaveLength(1)
  })

  it('and whose end cannot be asked for has an unknown outcome, and the hint says where the command is', async () => {
    const b = bench({ run: () => ({ takes: 3000 }) })
    b.service.before = ({ method, path }) => (method === 'GET' && /commands\/\d/.test(path) ? error(500, 'no') : undefined)
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringContaining('it was started') as string,
    })
  })
})

describe('a list of commands that lags behind', () => {
  /** Makes the list of commands lag `ms` milliseconds behind. */
  function lagging(b: Bench, ms: number): void {
    const { before } = b.service
    const times = new Map<string, number>()
    b.service.before = async seen => {
      const { path, method } = seen
      const session = b.service.sessions.get(path.split('/')[2] ?? '')
      for (const { command } of session?.commands ?? [])
        if (!times.has(`${session?.session.id} ${command.id}`)) times.set(`${session?.session.id} ${command.id}`, b.clock.monotonic())
      if (method !== 'GET' || !path.endsWith('/commands') || session === undefined) return await before?.(seen)
      const listed = session.commands.filter(
        ({ command: { id } }) => b.clock.monotonic() - (times.get(`${session.session.id} ${id}`) ?? 0) >= ms,
      )
      return {
        status: 200,
        body: listed.map(({ request, command }) => ({
          ...command,
          status: 'COMPLETE',
          input: { name: request.name, object: 'path' in request ? request.path : 'pid' in request ? request.pid : undefined },
        })),
      }
    }
  }
  const KILL: CommandRequest = { name: 'kill', pid: 7 }
  const START: CommandRequest = { name: 'create process', path: 'x.exe', wait: false }

  it.each([KILL, START, RM].flatMap(request => [DROPPED, { status: 500 }, { status: 502 }].map(answer => [request, answer] as const)))(
    'is waited for, and an accepted command is not issued twice: %j, %s',
    async (request, answer) => {
      const b = bench()
      losing(b, { answer })
      lagging(b, 3000)
      const session = await b.open()
      expect(await b.run(session.issue(request, AT))).toMatchObject({ status: 'COMPLETE', name: request.name })
      expect(taken(b.service).filter(name => name === request.name)).toHaveLength(1)
    },
  )

  it('for too long proves nothing: the outcome is unknown', async () => {
    const b = bench()
    losing(b)
    lagging(b, 60_000)
    expect(await b.run(failure((await b.open()).issue(KILL, AT)))).toMatchObject({ code: 'unknown_outcome' })
    expect(taken(b.service).filter(name => name === 'kill')).toHaveLength(1)
  })

  it('does not hide that a command was not accepted: it is issued again', async () => {
    const b = bench()
    losing(b, { taken: false })
    lagging(b, 3000)
    await b.run((await b.open()).issue(KILL, AT))
    expect(taken(b.service).filter(name => name === 'kill')).toHaveLength(1)
  })
})

it('a session that says it was closed, but still exists, does not cause a command to be issued again', async () => {
  const b = bench()
  losing(b, { taken: false })
  const lost = b.service.before
  b.service.before = seen => (seen.method === 'DELETE' ? { status: 204 } : lost?.(seen))
  expect(await b.run(failure((await b.open()).issue(RM, AT)))).toMatchObject({ code: 'unknown_outcome' })
  expect(b.service.issued.filter(name => name === RM.name)).toHaveLength(1)
})

describe('a session that restarts under the same id, numbering commands from 0', () => {
  /** Three commands are accepted, then the session forgets its commands. */
  async function renumbered() {
    const b = bench()
    const session = await b.open()
    for (let n = 0; n < 3; n++) await b.run(session.issue({ name: 'process list' }, AT))
    Object.assign(b.service.last, { commands: [] })
    b.service.last.session.current_command_index = 0
    return { ...b, session }
  }

  it('goes on: its numbers are not taken for old ones', async () => {
    const b = await renumbered()
    expect(await b.run(b.session.issue(RM, AT))).toMatchObject({ id: 0, status: 'COMPLETE' })
    expect(b.service.issued.at(-1)).toBe('delete file')
  })

  it('does not prove that a command whose answer was lost was not accepted', async () => {
    const b = await renumbered()
    losing(b)
    expect(await b.run(failure(b.session.issue(RM, AT)))).toMatchObject({ code: 'unknown_outcome' })
    expect(taken(b.service).filter(name => name === RM.name)).toHaveLength(1)
  })
})

describe('an answer that was given before', () => {
  it.each([
    ['to an identical change', RM],
    ['to an identical read', { name: 'directory list', path: 'C:\\x' }],
  ] as const)('%s is not taken for the answer to the next request', async (_, request) => {
    const b = bench()
    const session = await b.open()
    await b.run(session.issue(request, AT))
    b.service.before = seen => {
      if (!isIssue(seen)) return undefined
      b.service.before = undefined
      return {
        status: 201,
        body: { id: 0, name: request.name, status: 'COMPLETE', result_code: 0, input: { name: request.name, object: request.path } },
      }
    }
    expect(await b.run(session.issue(request, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(taken(b.service).filter(name => name === request.name)).toHaveLength(request.name === RM.name ? 1 : 2)
  })
})

it("another analyst's copy of the same file in a shared session is neither used nor deleted", async () => {
  const b = bench({ run: (_, service) => ({ result: { file_details: { file_id: service.stage('x') } } }) })
  b.service.occupy(4)
  const session = await b.open()
  let theirs = ''
  b.service.before = async seen => {
    if (!isIssue(seen)) return undefined
    b.service.before = undefined
    await b.api.issueCommand(session.id, { name: 'get file', path: 'C:\\x' })
    theirs = b.service.staged[0] ?? ''
    return DROPPED
  }
  const bytes: Uint8Array[] = []
  await b.run(
    (async () => {
      for await (const part of fetchBytes(session, 'C:\\x', {}, { signal: NEVER, progress: SILENT })) bytes.push(Buffer.from(part))
    })(),
  )
  expect([String(Buffer.concat(bytes)), b.service.staged]).toEqual(['x', [theirs]])
})

it('"get file" leaves one file in the cloud, even when its answer was lost', async () => {
  const b = bench({ run: (_, service) => ({ result: { file_details: { file_id: service.stage('x') } } }) })
  losing(b)
  const session = await b.open()
  await b.run(session.issue({ name: 'get file', path: 'C:\\x' }, AT))
  expect(b.service.staged).toHaveLength(1)
})

describe('an upload whose answer was lost', () => {
  const source = {
    path: '/x',
    name: 'x',
    size: 3,
    modified: 0,
    bytes: async function* () {
      yield Buffer.from('abc')
    },
  }
  const run = (request: CommandRequest) => (request.name === 'directory list' ? { result: { files: [{ filename: 'x', size: 3 }] } } : {})

  const isUpload = ({ method, path }: Seen) => method === 'POST' && path.endsWith('/files')
  const partOf = ({ body }: Seen) => (body as { filename: string; bytes: Buffer }[])[0]

  it('and which arrived is used', async () => {
    const b = bench({ run })
    const session = await b.open()
    b.service.before = seen => {
      if (!isUpload(seen)) return undefined
      b.service.before = undefined
      b.service.stage(partOf(seen)?.bytes ?? '', b.service.last, partOf(seen)?.filename)
      return DROPPED
    }
    await b.run(upload(session, source, 'C:\\x', { signal: NEVER, progress: SILENT }))
    expect(b.service.seen.filter(isUpload)).toHaveLength(1)
    expect(b.service.staged).toEqual([])
    expect(b.service.issued).toEqual(['put file', 'directory list'])
  })

  it("and which did not arrive is sent again: another caller's file of the same name and content is neither used nor deleted", async () => {
    const b = bench({ run })
    const session = await b.open()
    let theirs = ''
    b.service.before = seen => {
      if (!isUpload(seen)) return undefined
      b.service.before = undefined
      theirs = b.service.stage('abc', b.service.last, 'x')
      return DROPPED
    }
    await b.run(upload(session, source, 'C:\\x', { signal: NEVER, progress: SILENT }))
    expect(b.service.seen.filter(isUpload)).toHaveLength(2)
    expect(b.service.staged).toEqual([theirs])
  })

  it.each([
    ['that existed before', false, 2],
    ['that appeared since', true, 1],
  ])('counts as arrived only when an identical file appeared since: one %s', async (_, since, sent) => {
    const b = bench()
    const { id: sessionId } = await b.open()
    if (!since) b.service.stage('abc', b.service.last, 'x')
    b.service.before = seen => {
      if (!isUpload(seen)) return undefined
      b.service.before = undefined
      if (since) b.service.stage('abc', b.service.last, 'x')
      return DROPPED
    }
    await b.run(uploadOnce(source, { api: b.api, sessionId, clock: b.clock, random: b.options.random, progress: SILENT, signal: NEVER }))
    expect(b.service.seen.filter(isUpload)).toHaveLength(sent)
  })

  it.each([
    ['20', 20_000],
    ['0', 1000],
  ])('is sent again after the time that the service asks for, and not at once: %s s', async (seconds, least) => {
    const b = bench()
    const { id: sessionId } = await b.open()
    b.service.before = seen => {
      if (!isUpload(seen)) return undefined
      b.service.before = undefined
      return { status: 503, headers: { 'retry-after': seconds } }
    }
    await b.run(uploadOnce(source, { api: b.api, sessionId, clock: b.clock, random: b.options.random, progress: SILENT, signal: NEVER }))
    const [first, second] = b.service.seen.filter(isUpload)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(least)
  })

  it('and which is given up while it is looked for may have happened', async () => {
    const b = bench()
    const { id: sessionId } = await b.open()
    b.service.before = async seen => {
      if (isUpload(seen)) return DROPPED
      if (b.service.seen.some(isUpload)) await b.clock.sleep(10_000)
      return undefined
    }
    const around = { api: b.api, sessionId, clock: b.clock, random: b.options.random, progress: SILENT }
    const given = await abortedWhen(
      b,
      signal => failure(uploadOnce(source, { ...around, signal })),
      () => b.service.seen.some(isUpload) && b.service.calls.at(-1)?.startsWith('GET') === true,
      interrupted(),
    )
    expect(given).toMatchObject({ code: 'interrupted', message: expect.stringContaining('it may or may not have happened') as string })
  })

  it('in a session that is gone continues in another one', async () => {
    const b = bench({ run })
    const session = await b.open()
    b.service.lose(session.id)
    expect(await b.run(upload(session, source, 'C:\\x', { signal: NEVER, progress: SILENT }))).toMatchObject({ size: 3 })
    expect(b.service.staged).toEqual([])
  })
})

describe('finding the command whose answer was lost', () => {
  const command = (id: number, input: object, name = 'kill'): Command => ({ id, name, status: 'PENDING', input: { name, ...input } })
  const KILL: CommandRequest = { name: 'kill', pid: 7 }
  const start = (object: string, more: object = {}) => ({ name: 'create process' as const, path: object, ...more })
  const OURS = 'C:\\cbc-1.out'
  const outputs = (...names: string[]) => names.map((name, n) => command(3 + n, { object: 'x.exe', output_file: name }, 'create process'))
  const before = { next: 3, names: new Map([[1, 'kill']]) }

  it.each<[string, CommandRequest, Command[], string | number, string | number]>([
    ['none', KILL, [], 'absent', 'absent'],
    ['the one that matches', KILL, [command(3, { object: 7 })], 3, 'unclear'],
    ['one with the pid as text', KILL, [command(3, { object: '7' })], 3, 'unclear'],
    ['not one with another pid', KILL, [command(2, { object: 8 })], 'absent', 'absent'],
    ['perhaps a newer one that describes itself differently', KILL, [command(3, { object: 8 })], 'unclear', 'unclear'],
    ['not one that was answered', KILL, [command(1, { object: 7 })], 'absent', 'absent'],
    ['perhaps one that existed before, from another caller', KILL, [command(2, { object: 7 })], 'unclear', 'unclear'],
    ['none of several identical ones', KILL, [command(3, { object: 7 }), command(4, { object: 7 })], 'unclear', 'unclear'],
    [
      "none when another caller's is beside it",
      KILL,
      [command(3, { object: 7 }), command(4, { object: 'C:\\x' }, 'delete file')],
      'unclear',
      'unclear',
    ],
    ['none of two programs', start('x.exe'), [3, 4].map(id => command(id, { object: 'x.exe' }, 'create process')), 'unclear', 'unclear'],
    ['the program with our output file', start('x.exe', { output_file: OURS }), outputs('C:\\theirs', OURS), 4, 4],
    ['not the program with another output file', start('x.exe', { output_file: OURS }), outputs('C:\\theirs'), 'unclear', 'unclear'],
    ['not a command of another kind', KILL, [command(3, { object: 7 }, 'delete file')], 'absent', 'absent'],
    [
      'none in a session that has restarted',
      KILL,
      [command(0, { object: 7 }), command(1, { object: 7 }, 'delete file')],
      'unclear',
      'unclear',
    ],
  ])('%s', (_, request, listed, alone, shared) => {
    const which = [true, false].map(isAlone => {
      const fate = matchLostCommand({ request, before, mark: OURS }, listed, isAlone)
      return fate.kind === 'found' ? fate.command.id : fate.kind
    })
    expect(which).toEqual([alone, shared])
  })
})
