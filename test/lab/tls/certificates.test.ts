import { execFile } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { serveLab } from '../../../src/lab/serve.ts'
import { certificates } from '../../../src/lab/tls/certificates.ts'
import { testFolder } from '../../support/folder.ts'
import { FakeClock, SESSIONS, TestLab, TOKEN } from '../cloud/support.ts'
import { random } from '../store/support.ts'

const run = promisify(execFile)
const has = async (program: string, ...args: string[]) =>
  run(program, args).then(
    () => true,
    () => false,
  )
const [curlIsHere, opensslIsHere] = [await has('curl', '--version'), await has('openssl', 'version')]

/** Clients check certificates by their own clock. */
const now = { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => undefined }

describe('a generated certificate', () => {
  it('is for this machine, signed by an authority that is kept', async () => {
    const folder = testFolder()
    const first = await certificates(folder, ['lab.example', '192.0.2.7'], { clock: now, random })
    const second = await certificates(folder, [], { clock: now, random })
    expect(second.ca).toBe(first.ca)
    const ca = new X509Certificate(readFileSync(first.ca))
    for (const { cert, key } of [first, second]) {
      const server = new X509Certificate(cert)
      expect(server.verify(ca.publicKey)).toBe(true)
      expect(server.checkPrivateKey(createPrivateKey(key))).toBe(true)
      expect(server.checkHost('localhost')).toBe('localhost')
      expect([server.checkIP('127.0.0.1'), server.checkIP('::1')]).toEqual(['127.0.0.1', '::1'])
    }
    const named = new X509Certificate(first.cert)
    expect([named.checkHost('lab.example'), named.checkIP('192.0.2.7'), named.checkHost('other.example')]).toEqual([
      'lab.example',
      '192.0.2.7',
      undefined,
    ])
    expect(ca.ca).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['ca.key', 'ca.pem'])
    expect(statSync(join(folder, 'ca.key')).mode & 0o777).toBe(0o600)
  })

  it('has a new authority when the old one is about to expire, or is damaged', async () => {
    const folder = testFolder()
    const clock = new FakeClock()
    const authority = async () => readFileSync((await certificates(folder, [], { clock, random })).ca, 'utf8')
    const first = await authority()
    clock.advance(3600 * 24 * 3600 * 1000)
    expect(await authority()).toBe(first)
    clock.advance(30 * 24 * 3600 * 1000)
    const second = await authority()
    expect(second).not.toBe(first)
    writeFileSync(join(folder, 'ca.key'), 'nonsense')
    expect(await authority()).not.toBe(second)
  })

  it.skipIf(!opensslIsHere)('passes the strict rules of X.509', async () => {
    const folder = testFolder()
    const { ca, cert } = await certificates(folder, [], { clock: now, random })
    writeFileSync(join(folder, 'server.pem'), cert)
    const { stdout } = await run('openssl', [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'localhost',
      '-CAfile',
      ca,
      join(folder, 'server.pem'),
    ])
    expect(stdout).toMatch(/OK/)
  })
})

describe('a lab over https', () => {
  const withLab = async (work: (port: string, ca: string, lab: TestLab) => Promise<void>) => {
    const folder = testFolder()
    const test = new TestLab()
    const { ca, ...tls } = await certificates(folder, [], { clock: now, random })
    const served = await serveLab(test.lab, { port: 0, tls })
    expect(served.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    await work(new URL(served.url).port, ca, test)
    await served.close()
    await test.lab.close()
  }

  it('is trusted by those that trust its authority, and by nobody else', () =>
    withLab(async (port, ca) => {
      const status = (trust: object) =>
        new Promise(resolve => {
          request({ host: 'localhost', port, path: SESSIONS, headers: { 'X-Auth-Token': TOKEN }, agent: false, ...trust }, response => {
            response.resume()
            resolve(response.statusCode)
          })
            .on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
            .end()
        })
      expect(await status({ ca: readFileSync(ca) })).toBe(204)
      expect(await status({})).toMatch(/UNABLE_TO|SELF_SIGNED/)
    }))

  it.skipIf(!curlIsHere)('works in curl with --cacert, also for redirects to https on another port', () =>
    withLab(async (port, ca, test) => {
      await test.send('PATCH', '/lab/settings', { content: 302 })
      const session = await test.session()
      const { id } = await test.upload(session, 'a.txt', 'over tls')
      const { stdout } = await run('curl', [
        '-sSL',
        '--cacert',
        ca,
        '-H',
        `X-Auth-Token: ${TOKEN}`,
        '-w',
        ' %{url_effective}',
        `https://localhost:${port}${session}/files/${String(id)}/content`,
      ])
      const [text, url] = [stdout.slice(0, 8), new URL(stdout.slice(9))]
      expect([text, url.protocol, url.hostname]).toEqual(['over tls', 'https:', 'localhost'])
      expect(url.port).not.toBe(port)
      // Each port supports one protocol only.
      const swapped = new URL(url)
      swapped.port = port
      const front = await run('curl', ['-sS', '--cacert', ca, '-o', '/dev/null', '-w', '%{http_code}', swapped.href])
      const back = await run('curl', [
        '-sS',
        '--cacert',
        ca,
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-H',
        `X-Auth-Token: ${TOKEN}`,
        `https://localhost:${url.port}${SESSIONS}`,
      ])
      expect([front.stdout, back.stdout]).toEqual(['404', '404'])
    }),
  )
})
