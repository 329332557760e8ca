import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ApiKey } from '../../src/api/credentials.ts'
import { Http } from '../../src/api/http.ts'
import { LiveResponse, type Command, type CommandRequest } from '../../src/api/live-response.ts'
import { Secret } from '../../src/core/secret.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { scripted, type RecordedRequest } from '../support/server.ts'
import { answering, client, collect, failure } from './support.ts'

/** One example of the Live Response document. `text`: a request that is not valid JSON as printed; `note`: what is odd about it. */
interface Example {
  call: string
  form: 'http' | 'curl'
  line: number
  note?: string
  request: { method: string; path: string; headers: Record<string, string>; body?: unknown; text?: string }
  response: { status: number; body?: unknown; text?: string }
}

const ORG = 'ABCD1234'
const FOLDER = new URL('../fixtures/live-response/', import.meta.url)
const examples = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Example[]

async function api(url: string, token: string): Promise<LiveResponse> {
  const { http } = await client(url, { credentials: new ApiKey(new Secret(token)), clock: new HurriedClock() })
  return new LiveResponse(http, ORG)
}

/** Makes the call that the example prints. */
async function make(live: LiveResponse, { call, request: { path, body } }: Example): Promise<unknown> {
  const [, , , session = '', , item = ''] = path.slice(path.indexOf('/liveresponse/')).split('/')
  switch (call) {
    case 'Start Session':
      return await live.startSession((body as { device_id: number }).device_id)
    case 'Get Session by ID':
      return await live.getSession(session)
    case 'Get All Sessions':
      return await live.listSessions()
    case 'Close Session':
      return await live.closeSession(session)
    case 'Disable Live Response':
      return await live.disable(body as number[])
    case 'Get All Files Metadata':
      return await live.listFiles(session)
    case 'Get File Metadata':
      return await live.getFile(session, item)
    case 'Get File Content':
      return String(await collect((await live.openFile(session, item)).bytes))
    case 'Upload File to Carbon Black Cloud':
      return await live.uploadFile(session, {
        name: 'example_file.txt',
        size: 6,
        boundary: 'cbc-1',
        async *bytes() {
          yield Buffer.from('Hello!')
        },
      })
    case 'Delete File':
      return await live.deleteFile(session, item)
    case 'Get Commands List':
      return await live.listCommands(session)
    case 'Issue Command':
      return await live.issueCommand(session, body as CommandRequest)
    case 'Retrieve Command Status':
      return await live.getCommand(session, Number(item))
    case 'Cancel Command':
      return await live.cancelCommand(session, Number(item))
    default:
      throw new Error(`no call for ${call}`)
  }
}

/** Calls whose answer the client does not use. */
const SILENT_CALLS = new Set(['Close Session', 'Delete File', 'Cancel Command'])

/**
 * Examples whose printed response does not belong to the printed request: a command without an id, another command's state, another file.
 */
const BROKEN_IN_PRINT: readonly [(example: Example) => boolean, string][] = [
  [
    ({ call, response: { body, text } }) => call === 'Issue Command' && body === undefined && text === undefined,
    "process list: the service's answer is not the documented object",
  ],
  [
    ({ call, request, response }) =>
      call === 'Retrieve Command Status' && Number(request.path.split('/').at(-1)) !== (response.body as { id: number }).id,
    "get command: the service's answer is about another id",
  ],
  [
    ({ call, request, response }) =>
      call === 'Get File Metadata' && request.path.split('/').at(-1) !== (response.body as { id: string }).id,
    "get staged file: the service's answer is about another id",
  ],
]

function checkUpload({ parts }: RecordedRequest): void {
  expect(parts).toEqual([{ name: 'file', filename: 'example_file.txt', type: 'application/octet-stream', bytes: Buffer.from('Hello!') }])
}

describe.each(['quick-start', 'sessions', 'files', 'commands'])('the Live Response document, %s', name => {
  // A client cannot send what no JSON serializer writes: an unescaped backslash, a missing field.
  const printed = examples(name).filter(({ request }) => request.text === undefined)

  it.each(printed)('line $line: $call ($form)', async example => {
    const {
      call,
      request: { method, path, headers, body },
      response,
    } = example
    const token = headers['X-AUTH-TOKEN'] ?? headers['X-Auth-Token'] ?? ''
    const content = response.body ?? response.text
    const broken = BROKEN_IN_PRINT.find(([printed]) => printed(example))?.[1]
    // A read whose answer belongs to another request is repeated.
    const server = await scripted(
      Array.from({ length: broken === undefined ? 1 : 5 }, () => ({
        method,
        path,
        headers: { 'x-auth-token': token },
        body: call.startsWith('Upload') ? checkUpload : (body ?? ''),
        response: { status: response.status, ...(content === undefined ? {} : { body: content }) },
      })),
    )
    const made = make(await api(server.url, token), example)
    if (broken !== undefined) {
      expect(await failure(made)).toMatchObject({ code: 'network', message: expect.stringContaining(broken) })
      return await server.done()
    }
    // One example answers for another command than the requested one.
    if (call === 'Retrieve Command Status' && (content as { id: number }).id !== Number(path.split('/').at(-1))) {
      expect(await failure(made)).toMatchObject({ code: 'network', message: expect.stringContaining('is about command') as string })
      return await server.done()
    }
    const answer = await made
    await server.done()
    if (call === 'Get File Content') expect(answer).toBe(typeof content === 'string' ? content : '')
    else expect(answer).toEqual(SILENT_CALLS.has(call) ? undefined : call === 'Disable Live Response' ? [content].flat() : content)
  })

  it('contains examples', () => {
    expect(printed.length).toBeGreaterThan(8)
  })
})

it('a command has a numeric id, even if a server sends it as text', async () => {
  for (const [id, read] of [
    ['0', 0],
    ['12', 12],
    [3, 3],
  ] as const) {
    const { transport } = answering({ text: JSON.stringify({ id, name: 'kill', status: 'complete' }) })
    expect(await live(transport).issueCommand('1:2', { name: 'kill', pid: 1 })).toMatchObject({ id: read, status: 'COMPLETE' })
  }
  for (const id of ['', 'x', ' 1', '1e3', null, {}]) {
    const { transport } = answering({ text: JSON.stringify({ id, name: 'kill' }) })
    expect(await failure(live(transport).getCommand('1:2', 1))).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/^get command: the service's answer has (no|an impossible) id/),
    })
  }
})

describe('the permission that a 403 names', () => {
  const S = 'org.liveresponse.session'
  const F = 'org.liveresponse.file'
  const R = 'org.liveresponse.registry'
  const READ_COMMANDS = `${S} READ, org.liveresponse.process READ, ${R} READ, ${F} READ and org.liveresponse.memdump READ`
  const CALLS: [string, string, (live: LiveResponse) => Promise<unknown>][] = [
    ['start session', `${S} CREATE`, live => live.startSession(1)],
    ['get session', `${S} READ`, live => live.getSession('1:2')],
    ['list sessions', `${S} READ`, live => live.listSessions()],
    ['close session', `${S} DELETE`, live => live.closeSession('1:2')],
    ['disable Live Response', 'org.liveresponse DELETE', live => live.disable([1])],
    ['list staged files', `${F} READ`, live => live.listFiles('1:2')],
    ['get staged file', `${F} READ`, live => live.getFile('1:2', 'f')],
    ['download', `${F} READ`, live => live.openFile('1:2', 'f')],
    ['upload', `${F} CREATE`, live => live.uploadFile('1:2', { name: 'a', size: 0, boundary: 'b', async *bytes() {} })],
    ['delete staged file', `${F} DELETE`, live => live.deleteFile('1:2', 'f')],
    ['list commands', READ_COMMANDS, live => live.listCommands('1:2')],
    ['get command', READ_COMMANDS, live => live.getCommand('1:2', 0)],
    [
      'cancel command',
      `org.liveresponse.process DELETE, ${R} DELETE, ${F} DELETE and org.liveresponse.memdump READ`,
      live => live.cancelCommand('1:2', 0),
    ],
    ...(
      [
        [{ name: 'directory list', path: 'C:\\' }, `${F} READ`],
        [{ name: 'get file', path: 'C:\\a' }, `${F} READ`],
        [{ name: 'put file', path: 'C:\\a', file_id: 'f' }, `${F} CREATE`],
        [{ name: 'create directory', path: 'C:\\a' }, `${F} CREATE`],
        [{ name: 'delete file', path: 'C:\\a' }, `${F} DELETE`],
        [{ name: 'process list' }, 'org.liveresponse.process READ'],
        [{ name: 'create process', path: 'a.exe' }, 'org.liveresponse.process EXECUTE'],
        [{ name: 'kill', pid: 1 }, 'org.liveresponse.process DELETE'],
        [{ name: 'reg enum key', path: 'HKLM\\a' }, `${R} READ`],
        [{ name: 'reg query value', path: 'HKLM\\a' }, `${R} READ`],
        [{ name: 'reg create key', path: 'HKLM\\a' }, `${R} CREATE`],
        [{ name: 'reg set value', path: 'HKLM\\a', value_data: '', value_type: 'REG_SZ' }, `${R} UPDATE`],
        [{ name: 'reg delete key', path: 'HKLM\\a' }, `${R} DELETE`],
        [{ name: 'reg delete value', path: 'HKLM\\a' }, `${R} DELETE`],
        [{ name: 'memdump', path: 'C:\\a' }, 'org.liveresponse.memdump READ'],
      ] as [CommandRequest, string][]
    ).map(([request, permission]): (typeof CALLS)[number] => [
      request.name,
      `${permission} and ${S} READ`,
      live => live.issueCommand('1:2', request),
    ]),
  ]

  it.each(CALLS)('%s: %s', async (what, permission, call) => {
    const { transport } = answering({ status: 403 })
    const error = await failure(call(live(transport)))
    expect(error.facts.hint).toContain(
      `needs the permission${permission.includes(' and ') ? 's' : ''} ${permission}, and Live Response enabled`,
    )
    expect(error.message).toBe(`${what}: forbidden`)
  })

  it.each([
    ['directory list', false],
    ['process list', false],
    ['reg enum key', false],
    ['reg query value', false],
    // It changes nothing on the endpoint, but each leaves a file in the cloud.
    ['get file', true],
    ['put file', true],
    ['create directory', true],
    ['delete file', true],
    ['create process', true],
    ['kill', true],
    ['memdump', true],
    ['reg create key', true],
    ['reg set value', true],
    ['reg delete key', true],
    ['reg delete value', true],
  ] as const)('%s is repeated after a failure only if that is harmless (%s)', async (name, changes) => {
    const { transport, requests } = answering({ status: 503, headers: { 'retry-after': '0' } }, { text: '{"id":1,"status":"PENDING"}' })
    await live(transport)
      .issueCommand('1:2', { name, path: 'x' } as CommandRequest)
      .catch(() => {})
    expect(requests).toHaveLength(changes ? 1 : 2)
  })
})

function live(transport: ConstructorParameters<typeof Http>[0]['transport']): LiveResponse {
  return new LiveResponse(
    new Http({ url: new URL('https://service.example'), credentials: new ApiKey(new Secret('k/i')), transport, clock: new HurriedClock() }),
    ORG,
  )
}

const answers = (body: unknown) => live(answering({ text: JSON.stringify(body) }).transport)

describe('values in the forms that servers really send', () => {
  it.each([
    ['pending', 'PENDING'],
    ['ACTIVE', 'ACTIVE'],
    ['Active', 'ACTIVE'],
    ['error', 'ERROR'],
    ['Timeout', 'TIMEOUT'],
    ['closed', 'CLOSED'],
  ])("are accepted for a session's status: %s", async (sent, status) => {
    expect((await answers({ id: '1:2', device_id: 2, status: sent }).getSession('1:2')).status).toBe(status)
    expect((await answers([{ id: '1:2', device_id: '2', status: sent }]).listSessions())[0]?.status).toBe(status)
  })

  it.each([
    ['pending', 'PENDING'],
    ['in_progress', 'IN_PROGRESS'],
    ['In Progress', 'IN_PROGRESS'],
    ['complete', 'COMPLETE'],
    ['Completed', 'COMPLETE'],
    ['ERROR', 'ERROR'],
    ['cancelled', 'CANCELLED'],
    ['canceled', 'CANCELLED'],
  ])("are accepted for a command's status: %s", async (sent, status) => {
    expect((await answers({ id: 0, name: 'kill', status: sent }).getCommand('1:2', 0)).status).toBe(status)
    expect((await answers([{ id: 0, name: 'kill', status: sent }]).listCommands('1:2'))[0]?.status).toBe(status)
  })

  it('are accepted for a PENDING session: nulls', async () => {
    const session = { id: '1:2', device_id: 2, status: 'pending', supported_commands: null, drives: null, current_working_directory: null }
    expect(await answers(session).startSession(2)).toEqual({ ...session, status: 'PENDING' })
  })

  it('are accepted for an empty list: 204, nothing, null', async () => {
    expect(await live(answering({ status: 204 }).transport).listSessions()).toEqual([])
    expect(await live(answering({ status: 204 }).transport).listCommands('1:2')).toEqual([])
    expect(await live(answering({ status: 200, text: '' }).transport).listFiles('1:2')).toEqual([])
    expect(await answers(null).listSessions()).toEqual([])
  })

  it('keep unknown fields', async () => {
    const command: Command = await answers({ id: 3, name: 'kill', status: 'COMPLETE', extra: { a: 1 } }).getCommand('1:2', 3)
    expect(command).toEqual({ id: 3, name: 'kill', status: 'COMPLETE', extra: { a: 1 } })
  })

  it.each<[string, unknown, (client: LiveResponse) => Promise<unknown>]>([
    ['a session without an id', { status: 'ACTIVE' }, client => client.getSession('1:2')],
    ['a session that is a list', [], client => client.startSession(1)],
    ['a session that is a string', 'ok', client => client.startSession(1)],
    ['no session at all', undefined, client => client.startSession(1)],
    ['a command without an id', { status: 'PENDING' }, client => client.getCommand('1:2', 1)],
    ['a command whose id is null', { id: null, status: 'PENDING' }, client => client.issueCommand('1:2', { name: 'kill', pid: 1 })],
    ['sessions that are an object', {}, client => client.listSessions()],
    ['a staged file without an id', { size: 1 }, client => client.getFile('1:2', 'f')],
    ['an upload answer without a file', {}, client => client.uploadFile('1:2', { name: 'a', size: 0, boundary: 'b', async *bytes() {} })],
  ])('%s is rejected as a broken answer', async (_, body, call) => {
    const { transport } = answering({ text: body === undefined ? '' : JSON.stringify(body) })
    const error = await failure(call(live(transport)))
    expect(error).toMatchObject({
      code: /^a command whose|upload/.test(_) ? 'unknown_outcome' : 'network',
      message: expect.stringMatching(/the service's answer (is not|has no|has an impossible)/),
    })
  })
})

describe('a request', () => {
  it('encodes ids, but not the colon in a session id', async () => {
    const { transport, requests } = answering({ status: 204 })
    await live(transport).deleteFile('1:2', 'a b')
    expect(requests[0]?.url.pathname).toBe('/appservices/v6/orgs/ABCD1234/liveresponse/sessions/1:2/files/a%20b')
  })

  it('asks in its query for the server to hold it, and waits two minutes', async () => {
    const { transport, requests } = answering({ text: '{"id":1,"status":"COMPLETE"}' })
    await live(transport).getCommand('1:2', 1, { wait: true })
    await live(transport).getCommand('1:2', 1, { wait: false })
    expect(requests.map(({ url }) => url.search)).toEqual(['?wait=true', ''])
    expect(requests[0]?.idleTimeout).toBeGreaterThan(120_000)
    expect(requests[1]?.idleTimeout).toBeLessThan(120_000)
  })

  it('names what the caller asked for in its error message', async () => {
    const { transport } = answering({ status: 404 })
    expect((await failure(live(transport).getCommand('1:2', 1, { what: 'ls C:\\x' }))).message).toBe('ls C:\\x: not found')
  })
})
