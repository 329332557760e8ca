import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { scripted, type ScriptedResponse } from '../support/server.ts'
import { answering, CHANGE, client, failure, READ, TOKEN } from './support.ts'

const DOCUMENTED = (code: string) => ({ success: false, message: 'string', error_code: code })

/** "Response" of every call: status, its documented body, and the error that the user sees. */
const STATUSES = [
  { status: 400, body: DOCUMENTED('BadRequest'), code: 'remote', exit: 5, message: 'make thing: string', hint: undefined },
  {
    status: 401,
    body: DOCUMENTED('Unauthorized'),
    code: 'auth',
    exit: 3,
    message: 'make thing: the API key was not accepted',
    hint: 'check token and organization of the profile: `cbc config get` shows it, `cbc config set token` takes a new token',
  },
  {
    status: 403,
    body: DOCUMENTED('Forbidden'),
    code: 'auth',
    exit: 3,
    message: 'make thing: string',
    hint: 'needs the permission org.things CREATE; add it to the access level of the key (console: Settings > API Access)',
  },
  { status: 404, body: DOCUMENTED('NotFound'), code: 'not_found', exit: 4, message: 'make thing: string', hint: undefined },
  {
    status: 409,
    body: { success: false, message: 'string', error_code: 'CONFLICT' },
    code: 'remote',
    exit: 5,
    message: 'make thing: string',
    hint: undefined,
  },
  {
    status: 500,
    body: DOCUMENTED('InternalError'),
    code: 'unknown_outcome',
    exit: 9,
    message: 'make thing: HOST answered 500 (string); it may or may not have happened',
    hint: 'look before you do it again',
  },
  {
    status: 503,
    body: DOCUMENTED('Unavailable'),
    code: 'unknown_outcome',
    exit: 9,
    message: 'make thing: HOST answered 503 (string); it may or may not have happened',
    hint: 'look before you do it again',
  },
  {
    status: 418,
    body: DOCUMENTED('Teapot'),
    code: 'network',
    exit: 9,
    message: 'make thing: HOST answered 418, which is unexpected',
    hint: 'check the URL of the profile',
  },
] as const

async function failing(response: ScriptedResponse) {
  const server = await scripted([{ method: 'POST', path: '/things', response }])
  const error = await failure((await client(server.url)).http.json(CHANGE))
  await server.done()
  return { ...error, message: error.message.replace(/127\.0\.0\.1:\d+/, 'HOST') }
}

describe('the HTTP status', () => {
  it.each(STATUSES)('$status becomes the error $code', async ({ status, body, code, exit, message, hint }) => {
    const error = await failing({ status, body })
    expect([error.code, EXIT_CODES[error.code], error.message, error.facts.hint, error.facts.http_status]).toEqual([
      code,
      exit,
      message,
      hint,
      status,
    ])
  })

  it.each([
    ['an empty body', undefined],
    ['a web page', '<html><head><title>403</title></head></html>'],
    ['garbage', '\u0000\ufffd{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a string', '"no"'],
    ['an object without a message', { error: 'x' }],
    ['an empty message', { success: false, message: ' ', error_code: 'Forbidden' }],
    ['a message that is not a string', { success: false, message: { a: 1 } }],
  ])('is explained in words when the answer is %s', async (_, body) => {
    const texts = await Promise.all([400, 403, 404, 409].map(async status => (await failing({ status, body })).message))
    expect(texts).toEqual([
      'make thing: the service considers the request invalid',
      'make thing: forbidden',
      'make thing: not found',
      'make thing: in conflict with the current state',
    ])
  })

  it('403 names no permission when none is known', async () => {
    const { transport } = answering({ status: 403 })
    const { http } = await client('https://service.example', { transport })
    const { permission: _, ...call } = CHANGE
    expect((await failure(http.json(call))).facts.hint).toBeUndefined()
  })
})

describe('the secret', () => {
  const [key = '', id = ''] = TOKEN.split('/')

  it('appears in no error and no trace, even when the service echoes it', async () => {
    const echo = { success: false, message: `bad header X-Auth-Token: ${TOKEN}`, error_code: 'BadRequest' }
    const statuses = [400, 401, 403, 404, 409, 418, 500, 502, 503, 504]
    const server = await scripted([
      ...statuses.map(status => ({
        method: 'POST',
        path: '/things',
        headers: { 'x-auth-token': TOKEN },
        response: { status, body: echo },
      })),
      { method: 'POST', path: '/things', response: { status: 200, body: `<html>${TOKEN}` } },
      { method: 'POST', path: '/things', response: { status: 200, body: echo, drop: true } },
      { method: 'GET', path: '/things/1', response: { status: 404, body: echo } },
      { method: 'POST', path: '/things', response: { status: 403, body: echo } },
    ])
    const { http, exchanges } = await client(server.url)
    const errors = []
    for (let n = 0; n < statuses.length + 2; n++) errors.push(await failure(http.json(CHANGE)))
    errors.push(await failure(http.download(READ)))
    errors.push(
      await failure(
        http.upload(CHANGE, {
          name: 'a',
          size: 1,
          boundary: 'b',
          async *bytes() {
            yield Buffer.from('x')
          },
        }),
      ),
    )
    await server.done()
    expect(errors).toHaveLength(statuses.length + 4)
    const shown = errors
      .map(
        error =>
          `${error.message}\n${JSON.stringify({ ...error, facts: error.facts })}\n${String(error.stack)}\n${inspect(error, { depth: 20, showHidden: true })}`,
      )
      .join('\n')
    for (const text of [shown, JSON.stringify(exchanges), inspect(http, { depth: 20, showHidden: true })]) {
      expect(text).not.toContain(key)
      expect(text).not.toContain(id)
    }
    expect(shown).toContain('[secret]')
  })

  it('is sent exactly as in the profile, and prints as [secret]', () => {
    expect([String(new Secret(TOKEN)), JSON.stringify(new Secret(TOKEN)), inspect(new Secret(TOKEN))]).toEqual([
      '[secret]',
      '"[secret]"',
      '[secret]',
    ])
    expect(new Secret(TOKEN).reveal()).toBe(TOKEN)
  })
})

it('the error for a file that is too large for a gateway says its size, and that nothing was put', async () => {
  const { transport, requests } = answering({ status: 413, text: '<html>413 Request Entity Too Large</html>' })
  const { http } = await client('https://service.example', { transport })
  const upload = http.upload(
    { method: 'POST', path: '/files', effect: 'change', what: 'upload tool.zip' },
    { name: 'tool.zip', size: 2 * 1024 * 1024, boundary: 'b', async *bytes() {} },
  )
  const error = await failure(upload)
  expect(error).toMatchObject({ code: 'remote', facts: { http_status: 413 } })
  expect(error.message).toBe(
    'upload tool.zip: with 2.0 MiB it is too large for the service, or for a gateway in front of it; nothing was put',
  )
  expect(requests).toHaveLength(1)
})

it('a very long message from the service is shortened', async () => {
  const { transport } = answering({ status: 400, text: JSON.stringify({ message: 'x'.repeat(50_000_000) }) })
  const { http } = await client('https://service.example', { transport })
  expect((await failure(http.json(CHANGE))).message.length).toBeLessThan(1100)
})

it('a change whose answer is lost names the command that shows what it has made', async () => {
  const { transport } = answering({ status: 500, text: '{}' })
  const { http } = await client('https://service.example', { transport })
  expect((await failure(http.json({ ...CHANGE, look: 'cbc usb block list' }))).facts.hint).toBe(
    'look before you do it again: `cbc usb block list`',
  )
})
