import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inMemory } from '../../../src/core/bounded.ts'
import type { Transport } from '../../../src/core/ports.ts'
import { networkTransport } from '../../../src/host/transport.ts'
import { main } from '../../../src/main.ts'
import { answering, bytes } from '../../api/support.ts'
import { testFolder } from '../../support/folder.ts'
import { testHost, type TestWorld } from '../../support/host.ts'
import { record, recordedCase } from '../../support/recorded-case.ts'
import { openssl, opensslIsHere, startAuthority } from '../../support/time-stamping-authority.ts'

/** Runs the program as an analyst with a configuration of their own. */
function analyst(over: Partial<TestWorld> = {}) {
  const home = testFolder()
  return {
    home,
    async cbc(...words: string[]) {
      const host = testHost({
        configDirectory: () => home,
        who: () => ({ user: 'ann', host: 'ws-12' }),
        network: networkTransport,
        ...over,
      })
      const code = await main(['case', ...words], host)
      return { code, out: host.stdout.text(), err: host.stderr.text() }
    },
    async json(...words: string[]): Promise<Record<string, unknown>> {
      const { code, out, err } = await this.cbc(...words, '--json')
      return { code, ...(JSON.parse(out === '' ? err : out) as object) }
    },
  }
}
const answeringWith = (transport: Transport): Partial<TestWorld> => ({ network: async () => ({ send: transport, close() {} }) })
const sealFiles = (path: string) => (existsSync(join(path, 'seals')) ? readdirSync(join(path, 'seals')) : [])

describe('case seal', () => {
  it('makes a key on first use that its user alone can read, and signs the end of the journal with it', async () => {
    const { path } = await recordedCase()
    const ann = analyst()
    const first = await ann.cbc('seal', path)
    const key = join(ann.home, 'seal-key.pem')
    const [, id] = /: its id is ([0-9a-f]{16})\n$/.exec(first.err) ?? []
    expect(first).toMatchObject({ code: 0, err: `cbc: a key for your seals was made, and is in ${key}: its id is ${id}\n` })
    expect(first.out).toContain('seals/0001.json')
    if (process.platform !== 'win32') expect(statSync(key).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(path, `keys/${id}.pem`), 'utf8')).toContain('BEGIN PUBLIC KEY')
    const sealed = JSON.parse(readFileSync(join(path, 'journal.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!) as object
    expect(sealed).toMatchObject({ event: 'sealed', seal: 'seals/0001.json', key_id: id, who: { user: 'ann', host: 'ws-12' } })
    expect(await ann.json('verify', path)).toMatchObject({
      code: 0,
      seals: [{ seal: 'seals/0001.json', ok: true, key_id: id, lines: 6, who: 'ann@ws-12', signature: 'valid', covered: true }],
    })
  })

  it('seals again with the same key what came since; both seals stay valid', async () => {
    const folder = await recordedCase()
    const ann = analyst()
    const first = await ann.json('seal', folder.path)
    await record(folder, 'files/WIN/C/more.txt', 'more')
    const second = await ann.json('seal', folder.path)
    expect(second).toMatchObject({ code: 0, seal: 'seals/0002.json', key_id: first['key_id'], lines: 8 })
    const { code, seals } = await ann.json('verify', folder.path)
    expect({ code, seals }).toMatchObject({
      code: 0,
      seals: [
        { ok: true, lines: 6 },
        { ok: true, lines: 8 },
      ],
    })
  })

  it('keeps the key in the keychain where there is one', async () => {
    const { path } = await recordedCase()
    const kept = new Map<string, unknown>()
    const keychain = async () => ({
      get: async (account: string) => kept.get(account) as never,
      set: async (account: string, secret: unknown) => void kept.set(account, secret),
      delete: async () => {},
    })
    const ann = analyst({ keychain })
    const ids = [await ann.json('seal', path), await ann.json('seal', path)].map(one => one['key_id'])
    expect(new Set(ids).size).toBe(1)
    expect(kept.size).toBe(1)
    expect(readdirSync(ann.home)).toEqual([])
  })

  it('refuses a case that is not as it was recorded, with the reason, and writes nothing', async () => {
    const { path } = await recordedCase()
    writeFileSync(join(path, 'files/planted'), '')
    const before = readFileSync(join(path, 'journal.jsonl'))
    expect(await analyst().json('seal', path, '--yes')).toEqual({
      code: 8,
      error: {
        code: 'refused',
        message: `${path}: is not sealed: files/planted is besides: the journal does not tell of it`,
        hint: 'a seal would say that it is as it was recorded',
      },
    })
    expect(readFileSync(join(path, 'journal.jsonl'))).toEqual(before)
    expect(sealFiles(path)).toEqual([])
  })

  it.each([
    ['nothing', '', 'is no private key in PEM'],
    ['a key of another kind', '-----BEGIN PRIVATE KEY-----\nMCowBQYDK2VwAyEA\n-----END PRIVATE KEY-----\n', 'is no private key in PEM'],
  ])('does not take %s for a key, and never shows it', async (_, text, why) => {
    const { path } = await recordedCase()
    const file = join(testFolder(), 'key.pem')
    writeFileSync(file, text, { mode: 0o600 })
    const { code, error } = await analyst().json('seal', path, '--key', file)
    expect({ code, error }).toMatchObject({ code: 2, error: { message: expect.stringContaining(why) } })
    expect(sealFiles(path)).toEqual([])
  })

  it.each([
    ['garbage', 'garbage', 'the answer is no answer of a time-stamping authority'],
    ['a page', '<html>', 'the answer is no answer of a time-stamping authority'],
    // PKIStatusInfo: status 2 (rejection), statusString "no".
    ['a refusal', '0\x0b0\x09\x02\x01\x020\x04\x0c\x02no', 'the answer is a refusal: rejected: no'],
    ['an error', { status: 400 }, 'answered 400'],
  ])('with an authority that answers with %s: nothing is written, and the error says why', async (_, answer, why) => {
    const { path } = await recordedCase()
    const { transport } = answering(typeof answer === 'string' ? { text: answer } : answer)
    const { code, error } = await analyst(answeringWith(transport)).json('seal', path, '--tsa', 'https://tsa.example/tsr')
    expect({ code, error }).toMatchObject({ code: 9, error: { code: 'network', message: expect.stringContaining(why) } })
    expect(sealFiles(path)).toEqual([])
    expect(existsSync(join(path, 'keys'))).toBe(false)
  })

  it.each(['ftp://tsa.example/tsr', 'tsa.example/tsr'])('asks no authority at %s: nothing is sent, nothing is written', async address => {
    const { path } = await recordedCase()
    const { transport, requests } = answering()
    const { code } = await analyst(answeringWith(transport)).json('seal', path, '--tsa', address)
    expect({ code, requests, files: sealFiles(path) }).toEqual({ code: 2, requests: [], files: [] })
  })
})

describe.skipIf(!opensslIsHere)('with openssl', () => {
  it.each([
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ['ECDSA', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ])('a seal has its time stamped by an authority that signs with %s, and openssl takes what is kept', async (_, algorithm) => {
    const { path } = await recordedCase()
    const tsa = await startAuthority(algorithm)
    const ann = analyst()
    const sealed = await ann.json('seal', path, '--tsa', tsa.url)
    expect(sealed).toMatchObject({ code: 0, time_stamp: { file: 'seals/0001.tsr', serial: '10', policy: '1.2.3.4.1' } })
    expect(tsa.requests).toMatchObject([{ type: 'application/timestamp-query' }])
    const { code, seals } = await ann.json('verify', path)
    const [{ time_stamp: stamp }] = seals as [{ time_stamp: Record<string, unknown> }]
    expect({ code, stamp }).toMatchObject({
      code: 0,
      stamp: {
        ok: true,
        signature: 'valid',
        authority: 'O=Test, CN=Test TSA',
        issuer: 'CN=Test CA',
        time: (sealed['time_stamp'] as { time: string }).time,
      },
    })
    const words = String(stamp['openssl']).split(' ').slice(1)
    expect(await openssl(path, ...words.map(word => (word === 'AUTHORITY.pem' ? tsa.ca : word)))).toContain('Verification: OK')
  })

  it('an authority that has no https, as most public ones, is asked by http, and its answer checked as strictly', async () => {
    const { path } = await recordedCase()
    const tsa = await startAuthority(['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'])
    const asked: string[] = []
    let flipped = false
    const ann = analyst({
      network: async () => {
        const { send, close } = await networkTransport()
        return {
          close,
          async send(wire) {
            asked.push(wire.url.href)
            const answer = await send({ ...wire, url: new URL(tsa.url) })
            if (!flipped) return answer
            const der = await inMemory(answer.body)
            // The last byte is one of the signature.
            der[der.length - 1]! ^= 1
            return { ...answer, headers: {}, body: bytes(der) }
          },
        }
      },
    })
    expect(await ann.json('seal', path, '--tsa', 'http://tsa.example/tsr')).toMatchObject({ code: 0, time_stamp: { serial: '10' } })
    flipped = true
    const { code, error } = await ann.json('seal', path, '--tsa', 'http://tsa.example/tsr')
    expect({ code, error }).toMatchObject({ code: 9, error: { message: expect.stringContaining('has a signature that is not valid') } })
    expect(asked).toEqual(['http://tsa.example/tsr', 'http://tsa.example/tsr'])
    expect(sealFiles(path)).toEqual(['0001.json', '0001.tsr'])
  })

  it('a time stamp of something else is found, though it is as the journal tells', async () => {
    const [one, other] = [await recordedCase(), await recordedCase()]
    const tsa = await startAuthority(['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'])
    const ann = analyst()
    await ann.json('seal', other.path, '--tsa', tsa.url)
    // Somebody answers with a time stamp that was given before, for another seal.
    const { transport } = answering({ body: bytes(readFileSync(join(other.path, 'seals/0001.tsr'))) })
    const { code, error } = await analyst(answeringWith(transport)).json('seal', one.path, '--tsa', 'https://tsa.example')
    expect({ code, error }).toMatchObject({
      code: 9,
      error: { message: 'time-stamping authority tsa.example: the answer is a time stamp of something else' },
    })
    expect(sealFiles(one.path)).toEqual([])
  })

  it('openssl checks the signature of a seal with the public key in the case, and keys that it made are taken', async () => {
    const { path } = await recordedCase()
    const place = testFolder()
    await openssl(place, 'genpkey', '-algorithm', 'ed25519', '-out', 'key.pem')
    const { key_id: id } = await analyst().json('seal', path, '--key', join(place, 'key.pem'))
    const { statement, signature } = JSON.parse(readFileSync(join(path, 'seals/0001.json'), 'utf8')) as {
      statement: string
      signature: string
    }
    writeFileSync(join(place, 'statement'), statement)
    writeFileSync(join(place, 'signature'), Buffer.from(signature, 'base64'))
    const key = ['-pubin', '-inkey', join(path, `keys/${String(id)}.pem`)]
    expect(await openssl(place, 'pkeyutl', '-verify', ...key, '-rawin', '-in', 'statement', '-sigfile', 'signature')).toContain(
      'Verified Successfully',
    )
  })

  it('does not take a key of another kind, or one with a passphrase', async () => {
    const { path } = await recordedCase()
    const place = testFolder()
    await openssl(place, 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ec.pem')
    await openssl(place, 'genpkey', '-algorithm', 'ed25519', '-aes256', '-pass', 'pass:x', '-out', 'locked.pem')
    const refusals = [
      await analyst().json('seal', path, '--key', join(place, 'ec.pem')),
      await analyst().json('seal', path, '--key', join(place, 'locked.pem')),
    ]
    expect(refusals.map(({ code }) => code)).toEqual([2, 2])
  })
})
