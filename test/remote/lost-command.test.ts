import { describe, expect, it } from 'vitest'
import type { Command, CommandRequest } from '../../src/api/live-response.ts'
import { CbcError, interrupted } from '../../src/core/errors.ts'
import { SILENT } from '../../src/core/ports.ts'
import { judge } from '../../src/remote/lost-command.ts'
import { fetchBytes, upload } from '../../src/remote/transfer.ts'
import { uploadOnce } from '../../src/remote/upload-idempotent.ts'
import { failure } from '../api/support.ts'
import { DEVICE, error, type FakeService, type Seen } from '../support/service.ts'
import { abortedWhen, bench, NEVER, type Bench } from './support.ts'

const RM: CommandRequest = { name: 'delete file', path: 'C:\\x' }
const AT = { signal: NEVER, what: 'rm C:\\x' }
const DROPPED = new CbcError('network', 'the connection was dropped')
const isIssue = ({ method, path }: Seen) => method === 'POST' && path.endsWith('/commands')

/** The service takes commands and loses its answers, so many times, from command `first` on. */
function losing({ service }: Bench, { times = 1, taken = true, answer = DROPPED as Error | { status: number }, first = 0 } = {}): void {
  let seen = 0
  let passing = false
  service.before = request => {
    if (!isIssue(request) || passing || seen++ < first || seen > first + times) return undefined
    if (!taken) return answer
    passing = true
    // As the service would, whatever becomes of the answer.
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

/** Names of the commands that the service took, of all its sessions. */
function taken({ sessions }: FakeService): string[] {
  return [...sessions.values()].flatMap(({ commands }) => commands.map(({ request: { name } }) => name))
}

describe('a change whose answer was lost', () => {
  it('and that was taken is waited for as if it had been answered', async () => {
    const b = bench({ run: () => ({ takes: 3000 }) })
    losing(b)
    const session = await b.open()
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ id: 0, status: 'COMPLETE' })
    expect(taken(b.service)).toEqual(['delete file'])
  })

  it('and that was not taken is issued again in a new session: what comes late finds the old one closed', async () => {
    const b = bench()
    losing(b, { taken: false })
    const session = await b.open()
    const old = session.id
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ status: 'COMPLETE' })
    expect(b.service.calls).toContain(`DELETE /sessions/${old}`)
    expect(b.notices).toEqual([`session ${old} was closed, because the answer to a command was lost; went on in a new one, ${session.id}`])
    expect(taken(b.service)).toEqual(['delete file'])
  })

  it('is issued again in the same session where the service itself said that it failed', async () => {
    const b = bench()
    losing(b, { taken: false, answer: { status: 503 } })
    const session = await b.open()
    const { id } = session
    await b.run(session.issue(RM, AT))
    // What was issued later is in the list, and it isn't.
    expect([session.id, taken(b.service)]).toEqual([id, ['directory list', 'delete file']])
  })

  it('comes late: while it is looked for it is found', async () => {
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

  it("in another caller's session is unknown, and that stays open", async () => {
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

  it.each([403, 500])("is unknown where the list of commands can't be had: %i", async status => {
    const b = bench()
    losing(b)
    const lost = b.service.before
    b.service.before = seen => (seen.method === 'GET' && seen.path.endsWith('/commands') ? error(status, 'no') : lost?.(seen))
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({ code: 'unknown_outcome' })
    expect(taken(b.service)).toEqual(['delete file'])
  })

  it('again and again is an error of the network: it was not made', async () => {
    const b = bench()
    b.service.before = seen => (isIssue(seen) && (seen.body as CommandRequest).name === RM.name ? DROPPED : undefined)
    const session = await b.open()
    const lost = await b.run(failure(session.issue(RM, AT)))
    expect(lost).toMatchObject({ code: 'network', message: 'rm C:\\x: the connection was dropped', facts: { device_id: DEVICE } })
    expect(b.service.issued.filter(name => name === RM.name)).toHaveLength(4)
    expect(taken(b.service)).not.toContain(RM.name)
  })

  it('is unknown where nothing can be issued any more: that the list lacks it proves nothing', async () => {
    const b = bench()
    losing(b, { times: 100, taken: false })
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'unknown_outcome',
      message: 'rm C:\\x: the connection was dropped; it may or may not have happened',
    })
  })

  it('and given up meanwhile is not issued again', async () => {
    const b = bench()
    losing(b, { times: 100, taken: false })
    const session = await b.open()
    const work = (signal: AbortSignal) => failure(session.issue(RM, { ...AT, signal }))
    expect(await abortedWhen(b, work, () => b.service.issued.length === 1, interrupted())).toMatchObject({ code: 'interrupted' })
    expect(b.service.issued.filter(name => name === RM.name)).toHaveLength(1)
  })

  it("whose end can't be asked for is unknown, and the hint says where it is", async () => {
    const b = bench({ run: () => ({ takes: 3000 }) })
    b.service.before = ({ method, path }) => (method === 'GET' && /commands\/\d/.test(path) ? error(500, 'no') : undefined)
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringContaining('it was begun') as string,
    })
  })
})

describe('a list of commands that lags', () => {
  /** What the list has is so many milliseconds old. */
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
    'is waited for, and what was taken is not issued twice: %j, %s',
    async (request, answer) => {
      const b = bench()
      losing(b, { answer })
      lagging(b, 3000)
      const session = await b.open()
      expect(await b.run(session.issue(request, AT))).toMatchObject({ status: 'COMPLETE', name: request.name })
      expect(taken(b.service).filter(name => name === request.name)).toHaveLength(1)
    },
  )

  it('for too long is no proof: the outcome is unknown', async () => {
    const b = bench()
    losing(b)
    lagging(b, 60_000)
    expect(await b.run(failure((await b.open()).issue(KILL, AT)))).toMatchObject({ code: 'unknown_outcome' })
    expect(taken(b.service).filter(name => name === 'kill')).toHaveLength(1)
  })

  it('does not hide that it was not taken: that is issued again', async () => {
    const b = bench()
    losing(b, { taken: false })
    lagging(b, 3000)
    await b.run((await b.open()).issue(KILL, AT))
    expect(taken(b.service).filter(name => name === 'kill')).toHaveLength(1)
  })
})

it('a session that says that it was closed, and is there still, is no reason to issue a command again', async () => {
  const b = bench()
  losing(b, { taken: false })
  const lost = b.service.before
  b.service.before = seen => (seen.method === 'DELETE' ? { status: 204 } : lost?.(seen))
  expect(await b.run(failure((await b.open()).issue(RM, AT)))).toMatchObject({ code: 'unknown_outcome' })
  expect(b.service.issued.filter(name => name === RM.name)).toHaveLength(1)
})

describe('a session that begins anew under its id, with numbers from 0', () => {
  /** Three commands are taken, then the session's commands are forgotten. */
  async function renumbered() {
    const b = bench()
    const session = await b.open()
    for (let n = 0; n < 3; n++) await b.run(session.issue({ name: 'process list' }, AT))
    Object.assign(b.service.last, { commands: [] })
    b.service.last.session.current_command_index = 0
    return { ...b, session }
  }

  it('goes on: its numbers are no old ones', async () => {
    const b = await renumbered()
    expect(await b.run(b.session.issue(RM, AT))).toMatchObject({ id: 0, status: 'COMPLETE' })
    expect(b.service.issued.at(-1)).toBe('delete file')
  })

  it('is no proof that a command whose answer was lost was not taken', async () => {
    const b = await renumbered()
    losing(b)
    expect(await b.run(failure(b.session.issue(RM, AT)))).toMatchObject({ code: 'unknown_outcome' })
    expect(taken(b.service).filter(name => name === RM.name)).toHaveLength(1)
  })
})

describe('an answer that was given before', () => {
  it.each([
    ['to an equal change', RM],
    ['to an equal look', { name: 'directory list', path: 'C:\\x' }],
  ] as const)('%s is not taken for the answer to the next', async (_, request) => {
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

it("another analyst's copy of the same file, in a session that is shared, is neither taken for ours nor deleted", async () => {
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
      for await (const part of fetchBytes(session, 'C:\\x', {}, { signal: NEVER, progress: SILENT })) bytes.push(part)
    })(),
  )
  expect([String(Buffer.concat(bytes)), b.service.staged]).toEqual(['x', [theirs]])
})

it('"get file" leaves one file in the cloud, also where its answer was lost', async () => {
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

  it('and is there is taken', async () => {
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

  it("and is not there is sent again: another caller's of the same name and content is neither put nor deleted", async () => {
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
    ['that was there before', false, 2],
    ['that is there since', true, 1],
  ])("and was asked for by itself is told from another caller's equal one: one %s", async (_, since, sent) => {
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

  it('in a session that is gone goes on in another one', async () => {
    const b = bench({ run })
    const session = await b.open()
    b.service.lose(session.id)
    expect(await b.run(upload(session, source, 'C:\\x', { signal: NEVER, progress: SILENT }))).toMatchObject({ size: 3 })
    expect(b.service.staged).toEqual([])
  })
})

describe('which command it is', () => {
  const command = (id: number, input: object, name = 'kill'): Command => ({ id, name, status: 'PENDING', input: { name, ...input } })
  const KILL: CommandRequest = { name: 'kill', pid: 7 }
  const start = (object: string, more: object = {}) => ({ name: 'create process' as const, path: object, ...more })
  const OURS = 'C:\\cbc-1.out'
  const outputs = (...names: string[]) => names.map((name, n) => command(3 + n, { object: 'x.exe', output_file: name }, 'create process'))
  const before = { next: 3, names: new Map([[1, 'kill']]) }

  it.each<[string, CommandRequest, Command[], string | number, string | number]>([
    ['none', KILL, [], 'absent', 'absent'],
    ['the one that fits', KILL, [command(3, { object: 7 })], 3, 'unclear'],
    ['the pid as a text', KILL, [command(3, { object: '7' })], 3, 'unclear'],
    ['not that of another pid', KILL, [command(2, { object: 8 })], 'absent', 'absent'],
    ['perhaps a newer one that says something else of itself', KILL, [command(3, { object: 8 })], 'unclear', 'unclear'],
    ['not one that was answered', KILL, [command(1, { object: 7 })], 'absent', 'absent'],
    ['perhaps one that was there before, by somebody else', KILL, [command(2, { object: 7 })], 'unclear', 'unclear'],
    [
      'not one of several that do the same: others are there',
      KILL,
      [command(3, { object: 7 }), command(4, { object: 7 })],
      'unclear',
      'unclear',
    ],
    [
      "not one beside a stranger's: others are there",
      KILL,
      [command(3, { object: 7 }), command(4, { object: 'C:\\x' }, 'delete file')],
      'unclear',
      'unclear',
    ],
    ['not one of two programs', start('x.exe'), [3, 4].map(id => command(id, { object: 'x.exe' }, 'create process')), 'unclear', 'unclear'],
    ['the program with our output file', start('x.exe', { output_file: OURS }), outputs('C:\\theirs', OURS), 4, 4],
    ["not the program with another's output file", start('x.exe', { output_file: OURS }), outputs('C:\\theirs'), 'unclear', 'unclear'],
    ['not another kind of command', KILL, [command(3, { object: 7 }, 'delete file')], 'absent', 'absent'],
    [
      'nothing in a session that has begun anew',
      KILL,
      [command(0, { object: 7 }), command(1, { object: 7 }, 'delete file')],
      'unclear',
      'unclear',
    ],
  ])('%s', (_, request, listed, alone, shared) => {
    const which = [true, false].map(isAlone => {
      const fate = judge({ request, before, mark: OURS }, listed, isAlone)
      return fate.kind === 'found' ? fate.command.id : fate.kind
    })
    expect(which).toEqual([alone, shared])
  })
})
