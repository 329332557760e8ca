import { execFile } from 'node:child_process'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serveLab, type ServedLab } from '../../../src/lab/serve.ts'
import { testFolder } from '../../support/folder.ts'
import { ORG, SESSIONS, TestLab, TOKEN } from '../cloud/support.ts'

const run = promisify(execFile)
const curlIsHere = await run('curl', ['--version']).then(
  () => true,
  () => false,
)
const DEVICE = `${ORG}/devices/11412673`

const test = new TestLab()
let served: ServedLab
beforeAll(async () => {
  served = await serveLab(test.lab, { port: 0 })
})
afterAll(async () => {
  await served.close()
  await test.lab.close()
})
beforeEach(() => test.send('PUT', '/lab/faults', []))

const faults = (rules: unknown) => test.send('PUT', '/lab/faults', rules)

/** Returns the status and body of an answer, or the error code of `node:http`. */
function get(
  path: string,
  options: { method?: string; body?: unknown } = {},
): Promise<{ status: number | undefined; text: string } | string> {
  return new Promise(resolve => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)
    const headers = { 'X-Auth-Token': TOKEN, 'Content-Type': 'application/json' }
    const outgoing = request(served.url + path, { headers, method: options.method ?? 'GET' }, (response: IncomingMessage) => {
      let text = ''
      response.on('data', chunk => {
        text += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode, text }))
      response.on('error', failed)
    })
    outgoing.on('error', failed)
    outgoing.end(options.body === undefined ? undefined : JSON.stringify(options.body))
  })
}

describe('a client over HTTP', () => {
  it('loses the connection before and after the request', async () => {
    await faults([
      { method: 'POST', nth: 1, do: { drop: 'before' } },
      { method: 'POST', nth: 1, do: { drop: 'after' } },
    ])
    const start = () => get(SESSIONS, { method: 'POST', body: { device_id: 11412674 } })
    const sessions = async () => (await test.send('GET', SESSIONS)).status
    expect(await start()).toBe('ECONNRESET')
    expect(await sessions()).toBe(204)
    expect(await start()).toBe('ECONNRESET')
    expect(await sessions()).toBe(200)
  })

  it('gets a truncated body, one that is shorter than announced, and one that is not JSON', async () => {
    await faults([
      { nth: 1, do: { cut: 20 } },
      { nth: 1, do: { garbage: 'length' } },
      { nth: 1, do: { garbage: 'json' } },
    ])
    expect(await get(DEVICE)).toBe('ECONNRESET')
    expect(await get(DEVICE)).toBe('ECONNRESET')
    const half = (await get(DEVICE)) as { status: number; text: string }
    expect(half.status).toBe(200)
    expect(() => JSON.parse(half.text)).toThrow(SyntaxError)
    expect(await get(DEVICE)).toMatchObject({ status: 200 })
  })

  it('gets the whole of a slow body', async () => {
    await faults({ do: { drip: { bytes: 200, every: 0 } } })
    expect(JSON.parse(((await get(DEVICE)) as { text: string }).text)).toMatchObject({ id: 11412673 })
  })
})

describe.skipIf(!curlIsHere)('curl', () => {
  const curl = (...args: string[]) =>
    run('curl', ['-sS', '-H', `X-Auth-Token: ${TOKEN}`, ...args]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    )

  it.each([
    // The exit codes are curl's own: empty reply, partial file, operation timed out.
    [{ drop: 'before' }, 52, '000'],
    [{ garbage: 'length' }, 18, '200'],
    [{ cut: 20 }, 18, '200'],
    [{ stall: 5 }, 28, '200'],
    [{ stall: 0 }, 28, '200'],
  ])('reports %j correctly', async (what, code, status) => {
    await faults([{ path: '**/devices/*', do: what }])
    const answer = await curl('--max-time', '0.5', '-o', '/dev/null', '-w', '%{http_code}', served.url + DEVICE)
    expect(answer).toEqual({ code, stdout: status })
  })

  it('repeats its request after 429', async () => {
    await faults([{ path: '**/devices/*', times: 1, do: { status: 429, headers: { 'Retry-After': '0' } } }])
    const folder = testFolder()
    const answer = await curl('--retry', '2', '-w', '%{http_code}', '-o', join(folder, 'answer.json'), served.url + DEVICE)
    expect(answer).toEqual({ code: 0, stdout: '200' })
  })
})
