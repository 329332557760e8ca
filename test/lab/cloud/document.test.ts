import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { gate, SESSIONS, TestLab, TOKEN, answerOf } from './support.ts'

/** One example of the Live Response document. `answered`: the server's answer to a request that is printed incorrectly. */
interface Example {
  call: string
  form: 'http' | 'curl'
  line: number
  request: { method: string; path: string; headers: Record<string, string>; body?: Record<string, unknown>; text?: string }
  response: { status: number; body?: Record<string, unknown> | Record<string, unknown>[] }
  answered?: number
}

const FOLDER = new URL('../../fixtures/live-response/', import.meta.url)
const examples = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Example[]

const labs: TestLab[] = []
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

/** A lab in the state of the printed example, with its session, file and command. */
async function labFor(example: Example): Promise<TestLab> {
  const {
    request: { method, path, body },
    response,
  } = example
  const fileId = /\/files\/([^/]+)/.exec(path)?.[1] ?? (body?.['file_id'] as string | undefined)
  const test = new TestLab({ uuids: [randomUUID(), 'a-session', ...(fileId === undefined ? [] : [fileId])] })
  labs.push(test)
  if (example.call === 'Start Session' || example.call === 'Disable Live Response') return test
  const session = await test.session()
  if (fileId !== undefined || example.call === 'Get All Files Metadata') await test.upload(session, 'example_file.txt', 'Hello!')
  const printed = [response.body].flat()[0]
  const id = /\/commands\/(\d+)/.exec(path)?.[1] ?? (example.call === 'Get Commands List' ? 0 : undefined)
  if (id !== undefined) await issuePrinted(test, session, Number(id), printed ?? {}, method === 'DELETE')
  return test
}

/** Issues commands until one has the printed id: the printed command. */
async function issuePrinted(test: TestLab, session: string, id: number, printed: Record<string, unknown>, pending: boolean): Promise<void> {
  const input = printed['input'] as Record<string, unknown>
  const staged = await test.upload(session, 'example_file.txt', 'Hello!')
  const done = gate()
  if (!pending) done.open()
  test.endpoints.run = async (request, { signal }) => {
    await done.pass(signal)
    return request.name === 'create process' ? { process_details: { pid: 3272, return_code: 0 } } : {}
  }
  for (let i = 0; i < id; i++) await test.issue(session, { name: 'process list' })
  await test.issue(session, {
    name: printed['name'],
    path: input['object'],
    ...('file_id' in input ? { file_id: staged['id'] } : {}),
    ...('wait' in input ? { wait: input['wait'], output_file: input['output_file'] } : {}),
  })
  if (!pending) await test.end(session, id)
}

async function replay(test: TestLab, { call, request: { method, path, headers, body, text } }: Example) {
  if (call !== 'Upload File to Carbon Black Cloud') return test.send(method, path, text ?? body, headers)
  // The client chooses the boundary, which the document omits.
  const form = new FormData()
  form.append('file', new Blob(['Hello!']), 'example_file.txt')
  const token = headers['X-AUTH-TOKEN'] ?? headers['X-Auth-Token'] ?? TOKEN
  return answerOf(await test.lab.handle(new Request(`http://lab${path}`, { method, headers: { 'X-AUTH-TOKEN': token }, body: form })))
}

/** Returns the shape of a value: its fields with their types, and the format of times. The first entry stands for a list. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shape(member)]))
  if (typeof value === 'string' && /^\d{4}-\d\d-/.test(value)) return value.replace(/\d/g, '9')
  return value === null ? 'null' : typeof value
}

/** Fields that the lab must return exactly as printed. */
const SAID = [
  'name',
  'status',
  'device_id',
  'check_in_timeout',
  'session_timeout',
  'supported_commands',
  'drives',
  'current_working_directory',
  'value',
  'mem_dump',
  'process_details',
]

/** Adjusts examples in which the document contradicts itself, or prints one answer for several cases. */
function adjusted(example: Example): unknown {
  const copy = structuredClone(example.response.body)
  for (const body of [copy].flat()) {
    if (body === undefined) continue
    // For a completed put file one example has whole seconds, like all other completed commands, and one has milliseconds.
    if (body['result_type'] !== undefined && typeof body['finish_time'] === 'string')
      body['finish_time'] = body['finish_time'].replace(/\.\d+Z$/, 'Z')
  }
  return copy
}

describe.each(['quick-start', 'sessions', 'files', 'commands'])('the Live Response document, %s', name => {
  it.each(examples(name))('line $line: $call ($form)', async example => {
    const test = await labFor(example)
    const answer = await replay(test, example)
    expect(answer.status).toBe(example.answered ?? example.response.status)
    if (example.answered !== undefined) {
      expect(answer.body).toEqual({ success: false, message: expect.any(String), error_code: 'BadRequest' })
      return
    }
    if (example.response.body === undefined) return
    const printed = adjusted(example)
    expect(shape(answer.body)).toEqual(shape(printed))
    const [said, was] = [[answer.body].flat()[0], [printed].flat()[0] as Record<string, unknown>]
    if (example.call === 'Disable Live Response') return
    for (const field of SAID) expect(said?.[field], field).toEqual(was[field])
    if ('input' in was) expect(withoutIds(said?.['input'], example)).toEqual(withoutIds(was['input'], example))
  })
})

/** Returns the input without what differs between request and response in the document itself. */
function withoutIds(input: unknown, { request }: Example) {
  const { file_id: _file, chunkNumber: _chunk, object, ...rest } = input as Record<string, unknown>
  const path = request.body?.['path']
  return { ...rest, object: path === undefined ? object : path }
}

describe('the API keys of the documents', () => {
  it('each open the default organization, and no other key does', async () => {
    const test = new TestLab()
    labs.push(test)
    const tokens = new Set(examples('commands').map(({ request: { headers } }) => headers['X-AUTH-TOKEN'] ?? headers['X-Auth-Token'] ?? ''))
    expect(tokens.size).toBe(10)
    for (const token of tokens) expect((await test.send('GET', SESSIONS, undefined, { 'X-Auth-Token': token })).status).toBe(204)
    expect((await test.send('GET', SESSIONS, undefined, { 'X-Auth-Token': 'ABCDEFGHIJKLMNO123456789/ABCD123457' })).status).toBe(401)
  })
})
