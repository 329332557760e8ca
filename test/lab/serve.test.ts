import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveLab, type ServedLab } from '../../src/lab/serve.ts'
import { testFolder } from '../support/folder.ts'
import { memoryInUse } from '../support/garbage.ts'
import { gate, SESSIONS, TestLab, TOKEN, until } from './cloud/support.ts'

const run = promisify(execFile)
const curlIsHere = await run('curl', ['--version']).then(
  () => true,
  () => false,
)

const test = new TestLab()
let served: ServedLab
let folder = ''
beforeAll(async () => {
  served = await serveLab(test.lab, { port: 0 })
  folder = testFolder()
})
afterAll(async () => {
  await served.close()
  await test.lab.close()
  rmSync(folder, { recursive: true, force: true })
})

const KEY = { 'X-Auth-Token': TOKEN }

describe.skipIf(!curlIsHere)('curl, as the document uses it', () => {
  const curl = async (...args: string[]) => (await run('curl', ['-sS', ...args], { cwd: folder, encoding: 'utf8' })).stdout
  const printed = (name: string, call: string) => {
    const examples = JSON.parse(readFileSync(new URL(`../fixtures/live-response/${name}.json`, import.meta.url), 'utf8')) as {
      call: string
      form: string
      request: { method: string; path: string; headers: Record<string, string>; body?: unknown }
    }[]
    const found = examples.find(example => example.call === call && example.form === 'curl')
    if (found === undefined) throw new Error(call)
    return found.request
  }
  /** The printed command line, with this server and session. */
  const words = (name: string, call: string, session: string) => {
    const { method, path, headers, body } = printed(name, call)
    return [
      `${served.url}${path.replace(/.*\/sessions\/[^/]+/, session)}`,
      '-X',
      method,
      ...Object.entries(headers).flatMap(([header, value]) => ['-H', `${header}: ${value}`]),
      ...(body === undefined ? [] : ['-d', JSON.stringify(body)]),
    ]
  }

  it('starts a session, issues a command and closes', async () => {
    const started = JSON.parse(await curl(...words('sessions', 'Start Session', SESSIONS))) as { id: string; status: string }
    expect(started.status).toBe('ACTIVE')
    const session = `${SESSIONS}/${started.id}`
    expect(JSON.parse(await curl(...words('commands', 'Issue Command', session)))).toMatchObject({
      name: 'directory list',
      status: 'PENDING',
    })
    expect(await curl('-w', '%{http_code}', ...words('sessions', 'Close Session', session))).toBe('204')
  })

  it('uploads a file with -F and downloads it with -L -o', async () => {
    const session = await test.session()
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 7)) & 0xff))
    writeFileSync(join(folder, 'example_file.txt'), bytes)
    const file = JSON.parse(
      await curl(...words('files', 'Upload File to Carbon Black Cloud', session), '-F', 'file=@example_file.txt'),
    ) as { id: string }
    expect(file).toMatchObject({ size: 300_000, file_name: 'example_file.txt' })
    await curl(
      `${served.url}${session}/files/${file.id}/content`,
      '-X',
      'GET',
      '-H',
      `X-Auth-Token: ${TOKEN}`,
      '-o',
      'file_to_download_to.txt',
      '-L',
    )
    expect(readFileSync(join(folder, 'file_to_download_to.txt')).equals(bytes)).toBe(true)
  })

  it('gets the reason why a large upload is refused', async () => {
    writeFileSync(join(folder, 'large.bin'), Buffer.alloc(8_000_000))
    const answer = await curl(
      `${served.url}${SESSIONS}/1:1/files`,
      '-H',
      `X-Auth-Token: ${TOKEN}`,
      '-F',
      'file=@large.bin',
      '-H',
      'Expect:',
    )
    expect(JSON.parse(answer)).toMatchObject({ success: false, error_code: 'NotFound' })
    // Refused in the middle of the body.
    const tooLarge = await curl(`${served.url}${SESSIONS}`, '-H', `X-Auth-Token: ${TOKEN}`, '--data-binary', '@large.bin', '-H', 'Expect:')
    expect(JSON.parse(tooLarge)).toMatchObject({ success: false, error_code: 'BadRequest' })
  })
})

describe('a served lab', () => {
  it('streams a large file, and stops when the client is gone', async () => {
    const session = await test.session()
    const size = 300 * 1024 * 1024
    test.endpoints.run = async (_, { stage }) => {
      await stage({ kind: 'generated', seed: 7, size })
      return {}
    }
    const { id, file_details } = await test.issue(session, { name: 'get file', path: 'C:\\big.bin' })
    await test.end(session, id)
    const url = `${served.url}${session}/files/${(file_details as { file_id: string }).file_id}/content`
    const before = memoryInUse()
    const response = await fetch(url, { headers: KEY })
    expect(response.headers.get('content-length')).toBe(String(size))
    const reader = response.body?.getReader()
    for (let i = 0; i < 5; i++) await reader?.read()
    // What is not read is not produced.
    await new Promise(resolve => setImmediate(resolve))
    expect(memoryInUse() - before).toBeLessThan(100 * 1024 * 1024)
    await reader?.cancel()
  })

  it('accepts an upload of many chunks, byte by byte', async () => {
    const session = await test.session()
    const chunk = Buffer.from(Array.from({ length: 64 * 1024 }, (_, i) => (i * 13) & 0xff))
    const hash = createHash('sha256')
    const body = async function* () {
      yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n')
      for (let i = 0; i < 320; i++) {
        hash.update(chunk)
        yield chunk
      }
      yield Buffer.from('\r\n--b--\r\n')
    }
    const response = await fetch(`${served.url}${session}/files`, {
      method: 'POST',
      headers: { ...KEY, 'Content-Type': 'multipart/form-data; boundary=b' },
      body: ReadableStream.from(body()),
      duplex: 'half',
    })
    const { id, size } = (await response.json()) as { id: string; size: number }
    expect(size).toBe(20 * 1024 * 1024)
    const content = await fetch(`${served.url}${session}/files/${id}/content`, { headers: KEY })
    expect(
      createHash('sha256')
        .update(Buffer.from(await content.arrayBuffer()))
        .digest('hex'),
    ).toBe(hash.digest('hex'))
  })

  it('ends a wait whose client is gone', async () => {
    const session = await test.session()
    test.endpoints.run = (_, { signal }) =>
      gate()
        .pass(signal)
        .then(() => ({}))
    const { id } = await test.issue(session, { name: 'process list' })
    const signals: AbortSignal[] = []
    const watched = await serveLab(
      {
        ...test.lab,
        local: false,
        handle: request => {
          signals.push(request.signal)
          return test.lab.handle(request)
        },
      },
      { port: 0 },
    )
    const client = new AbortController()
    const gone = fetch(`${watched.url}${session}/commands/${String(id)}?wait=true`, { headers: KEY, signal: client.signal })
    await until(() => signals.length === 1)
    client.abort()
    await expect(gone).rejects.toThrow()
    await until(() => signals[0]?.aborted === true)
    await watched.close()
  })

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '127.0.0.1@evil.example'])(
    'reveals nothing to a web page that calls it %j',
    async host => {
      expect(await statusFor(host)).toBe(403)
    },
  )

  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1', '127.1.2.3:99', '[::1]:80'])('answers under the name %s', async host => {
    expect(await statusFor(host)).not.toBe(403)
  })

  it('is not served to other machines when it includes this machine', async () => {
    const own = new TestLab({ local: folder })
    await expect(serveLab(own.lab, { port: 0, host: '0.0.0.0' })).rejects.toThrow('loopback only')
    const served = await serveLab(own.lab, { port: 0, host: 'localhost' })
    await served.close()
    await own.lab.close()
  })

  it('reports a port that is in use', async () => {
    await expect(serveLab(test.lab, { port: Number(new URL(served.url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

function statusFor(host: string): Promise<number | undefined> {
  const { port } = new URL(served.url)
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: SESSIONS, headers: { ...KEY, host } }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
