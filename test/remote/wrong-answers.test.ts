import { describe, expect, it } from 'vitest'
import type { CommandRequest, Session } from '../../src/api/live-response.ts'
import { failure } from '../api/support.ts'
import { DEVICE, error, WINDOWS, type Seen } from '../support/service.ts'
import { bench, NEVER } from './support.ts'

const RM: CommandRequest = { name: 'delete file', path: 'C:\\demo\\a.txt' }
const AT = { signal: NEVER, what: 'rm' }
const OTHER = { ...WINDOWS, id: '77:9999', device_id: 9999, status: 'ACTIVE', current_command_index: 0 }
const isStart = ({ method, path }: Seen) => method === 'POST' && path === '/sessions'
const isLook = ({ method, path }: Seen) => method === 'GET' && /^\/sessions\/[^/]+$/.test(path)
const isIssue = ({ method, path }: Seen) => method === 'POST' && path.endsWith('/commands')
const isStatus = ({ method, path }: Seen) => method === 'GET' && /\/commands\/\d+/.test(path)

describe('a session of another device', () => {
  it.each<[string, (seen: Seen) => boolean, Partial<typeof OTHER>]>([
    ['to a start', isStart, {}],
    ['to a start, under its id alone', isStart, { device_id: null as unknown as number }],
    ["to a start, with the device's number as text", isStart, { device_id: '9999' as unknown as number }],
    ['to a request while it is PENDING', isLook, {}],
    ['to a request while it is PENDING, under the requested id', isLook, { id: `1:${DEVICE}` }],
  ])('is not used as the answer %s', async (_, when, more) => {
    const b = bench({ establishes: 5000 })
    b.service.before = seen => (when(seen) ? { status: 200, body: { ...OTHER, ...more } } : undefined)
    expect(await b.run(failure(b.open()))).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/the service's answer is about another (device_id|id): /) as string,
    })
    expect(b.service.calls.filter(call => call.includes('77:9999') || call.endsWith('/commands'))).toEqual([])
    // The session started for the device is closed.
    expect(b.service.sessions.size).toBe(0)
  })

  it('is not used as the answer to a request about the budget', async () => {
    const b = bench()
    const session = await b.open()
    const { id } = session
    b.service.before = seen =>
      isIssue(seen) ? error(403, 'Forbidden') : isLook(seen) ? { status: 200, body: { ...OTHER, current_command_index: 250 } } : undefined
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({ code: 'auth' })
    expect([session.id, session.info.device_id]).toEqual([id, DEVICE])
  })

  it('is accepted with the right id, even if its device_id is text', async () => {
    const b = bench()
    b.service.before = seen =>
      isStart(seen)
        ? { status: 201, body: { ...OTHER, id: `1:${DEVICE}`, device_id: String(DEVICE) as unknown as Session['device_id'] } }
        : undefined
    expect((await b.open()).id).toBe(`1:${DEVICE}`)
  })
})

describe('an answer about another command', () => {
  const OTHERS: [string, object][] = [
    ['of another kind', { name: 'process list' }],
    ['about another thing', { name: 'delete file', input: { name: 'delete file', object: 'C:\\demo\\b.txt' } }],
    ['that differs only in its input', { name: '', input: { name: 'kill', object: 7 } }],
    ['of another session', { name: 'delete file', session_id: '99:1' }],
  ]

  it.each(OTHERS)('to a change that was issued is not accepted: one %s', async (_, other) => {
    const b = bench()
    const session = await b.open()
    b.service.before = seen =>
      isIssue(seen) && (seen.body as CommandRequest).name === RM.name
        ? { status: 201, body: { id: 5, status: 'COMPLETE', result_code: 0, ...other } }
        : undefined
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'network',
      message: expect.stringContaining('is about ') as string,
    })
    expect(b.service.last.commands.some(({ request }) => request.name === RM.name)).toBe(false)
  })

  it.each(OTHERS)("to a request for a change's state leaves the change in doubt: one %s", async (_, other) => {
    const b = bench({ run: () => ({ takes: 1000 }) })
    const session = await b.open()
    b.service.before = seen => (isStatus(seen) ? { status: 200, body: { id: 0, status: 'COMPLETE', result_code: 0, ...other } } : undefined)
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({
      code: 'unknown_outcome',
      facts: { hint: expect.stringContaining(`cbc lr command get ${DEVICE} 0`) as string },
    })
  })

  it.each<[string, CommandRequest, object]>([
    [
      'a program with another output file',
      { name: 'create process', path: 'x.exe', output_file: 'C:\\ours' },
      { object: 'x.exe', output_file: 'C:\\theirs' },
    ],
    [
      'a file that was staged under another id',
      { name: 'put file', path: 'C:\\x', file_id: 'ours' },
      { object: 'C:\\x', file_id: 'theirs' },
    ],
    ['another pid', { name: 'kill', pid: 7 }, { object: 77 }],
  ])('is not accepted: %s', async (_, request, input) => {
    const b = bench()
    const session = await b.open()
    b.service.before = seen =>
      isIssue(seen) && (seen.body as CommandRequest).name === request.name
        ? { status: 201, body: { id: 0, name: request.name, status: 'COMPLETE', input } }
        : undefined
    expect((await b.run(failure(session.issue(request, AT)))).code).toMatch(/^(network|unknown_outcome)$/)
  })

  it.each<[string, object]>([
    ['says nothing about itself', {}],
    ['has only its name', { name: 'Delete File', input: null }],
    ['omits its object', { name: 'delete file', input: { object: '' } }],
    ['writes the path differently', { name: 'delete file', input: { name: 'delete file', object: '"c:/demo//A.TXT"' } }],
    ['calls it path', { name: 'delete file', input: { path: 'C:\\demo\\a.txt' } }],
  ])('is not seen where the answer %s', async (_, own) => {
    const b = bench()
    const session = await b.open()
    b.service.before = seen => (isIssue(seen) ? { status: 201, body: { id: 0, status: 'COMPLETE', result_code: 0, ...own } } : undefined)
    expect(await b.run(session.issue(RM, AT))).toMatchObject({ status: 'COMPLETE' })
  })

  it('to a read is an error, and is not shown', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = seen =>
      isIssue(seen)
        ? {
            status: 201,
            body: { id: 0, name: 'directory list', status: 'COMPLETE', input: { object: 'C:\\other' }, files: [{ filename: 'x' }] },
          }
        : undefined
    expect(await b.run(failure(session.issue({ name: 'directory list', path: 'C:\\demo\\' }, AT)))).toMatchObject({
      code: 'network',
      facts: { device_id: DEVICE },
    })
  })
})

describe("the permission needed to read a command's state", () => {
  it.each<[CommandRequest, string]>([
    [RM, 'org.liveresponse.file READ'],
    [{ name: 'kill', pid: 4 }, 'org.liveresponse.process READ'],
    [{ name: 'reg create key', path: 'HKLM\\X' }, 'org.liveresponse.registry READ'],
    [{ name: 'memdump', path: 'C:\\x' }, 'org.liveresponse.memdump READ'],
  ])('is the one for the kind of the command: %j', async (request, permission) => {
    const b = bench({ run: () => ({ takes: 1000 }) })
    const session = await b.open()
    b.service.before = seen => (isStatus(seen) ? error(403, 'Forbidden') : undefined)
    const {
      facts: { hint },
    } = await b.run(failure(b.api.getCommand(session.id, (await b.run(b.api.issueCommand(session.id, request))).id, { request })))
    expect(hint).toContain(`org.liveresponse.session READ and ${permission}`)
    expect(hint?.match(/org\.liveresponse\.\w+ READ/g)).toHaveLength(2)
  })
})
