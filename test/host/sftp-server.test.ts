import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import ssh2, { type ConnectConfig } from 'ssh2'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ByteChannel, ServeSftp, SshEvent } from '../../src/core/host.ts'
import { Secret } from '../../src/core/secret.ts'
import { random } from '../../src/host/clock.ts'
import { newHostKey, serveSftp } from '../../src/host/sftp-server.ts'
import { testFolder } from '../support/folder.ts'
import { until } from '../support/host.ts'

const PASSWORD = 'the first password'
const own = newKeys()

/** Keys of a client; one in some hundreds that ssh2 makes can't be read. */
function newKeys(): { private: string; public: string } {
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(keys.private) instanceof Error)) return keys
  }
}

/** A server that sends back what it gets. */
async function echo(over: Partial<ServeSftp> = {}, file = join(testFolder(), 'config', 'sftp-host-key')) {
  const serve = async ({ input, write }: ByteChannel) => {
    for await (const chunk of input) await write(chunk)
  }
  const passwords = [PASSWORD, 'the second one', 'the third one'].map(text => new Secret(text))
  const password = {
    get current() {
      return passwords[0] ?? new Secret('none is left')
    },
    used: () => void passwords.shift(),
  }
  const authentication = { password }
  const told: SshEvent[] = []
  const tell = (event: SshEvent) => void told.push(event)
  const served = await serveSftp({ host: '127.0.0.1', port: 0, user: 'cbc', authentication, serve, onEvent: tell, ...over }, file, random)
  onTestFinished(() => served.close())
  return { ...served, file, told }
}

/** Logs in. @throws Error: it is refused */
async function login(port: number, over: ConnectConfig = { password: PASSWORD }): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  onTestFinished(() => {
    client.destroy()
  })
  return await new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client))
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed')))
    client.connect({ host: '127.0.0.1', port, username: 'cbc', ...over })
  })
}

const asked = (work: (done: (error: Error | undefined, channel: unknown) => void) => void) =>
  new Promise<string>(resolve => work(error => resolve(error === undefined ? 'granted' : error.message)))

describe('SFTP over SSH', () => {
  it('carries bytes both ways for the one who knows the password', async () => {
    const client = await login((await echo()).port)
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) =>
      client.subsys('sftp', (error, opened) => (error === undefined ? resolve(opened) : reject(error))),
    )
    const bytes = Buffer.alloc(3_000_000, 'x')
    const hash = createHash('sha256')
    let length = 0
    const done = new Promise<void>(resolve =>
      channel.on('data', (chunk: Buffer) => {
        hash.update(chunk)
        length += chunk.length
        if (length === bytes.length) resolve()
      }),
    )
    channel.write(bytes)
    await done
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it.each<[string, ConnectConfig]>([
    ['a wrong password', { password: 'wrong' }],
    ['another user', { username: 'root', password: PASSWORD }],
    ['no password', {}],
    ['any key, where a password is wanted', { privateKey: own.private }],
  ])('refuses %s', async (_what, config) => {
    await expect(login((await echo()).port, config)).rejects.toThrow(/authentication/)
  })

  it('lets in once with a password: with the same one nobody else', async () => {
    const { port } = await echo()
    const wrong = { username: 'root', password: PASSWORD }
    await expect(login(port, wrong)).rejects.toThrow(/authentication/)
    await login(port)
    await expect(login(port)).rejects.toThrow(/authentication/)
    await login(port, { password: 'the second one' })
  })

  it.each([
    ['a key', { authentication: { publicKey: own.public } }, ['publickey']],
    ['a password', {}, ['password']],
  ])('offers nothing but %s where that is the way in, so that nobody is asked for what can not help', async (_what, over, way) => {
    const offered: unknown[] = []
    const { port } = await echo(over)
    const authHandler = (left: unknown, _partly: unknown, next: (method: 'none' | false) => void) => {
      offered.push(left)
      next(offered.length === 1 ? 'none' : false)
    }
    await expect(login(port, { authHandler } as ConnectConfig)).rejects.toThrow(/authentication/)
    expect(offered).toEqual([null, way])
  })

  it('lets in the holder of one key, and nobody else', async () => {
    const { port } = await echo({ authentication: { publicKey: own.public } })
    await login(port, { privateKey: own.private })
    await expect(login(port, { privateKey: newKeys().private })).rejects.toThrow(/authentication/)
    await expect(login(port, { password: PASSWORD })).rejects.toThrow(/authentication/)
  })

  it('tells who was refused, as whom, how and why: the client itself only learns that it was', async () => {
    const { port, told } = await echo()
    const refused = async (config: ConnectConfig) => await login(port, config).catch(() => {})
    await refused({ password: 'wrong' })
    await refused({ username: 'root\u001b[2J', password: PASSWORD })
    await refused({ privateKey: own.private })
    const from = expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string
    await until(() => told.length === 3)
    const key = expect.stringMatching(/^only password lets in: SHA256:[\w+/]{43}$/) as string
    expect(told).toEqual([
      { kind: 'refused', from, as: { user: 'cbc', method: 'password' }, why: 'a wrong password' },
      { kind: 'refused', from, as: { user: 'root\u001b[2J', method: 'password' }, why: 'there is no such user' },
      { kind: 'refused', from, as: { user: 'cbc', method: 'publickey' }, why: key },
    ])
  })

  it('tells who came in and left, and of keys only those of a client that had none of use', async () => {
    const { port, told } = await echo({ authentication: { publicKey: own.public } })
    const other = newKeys()
    const from = expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string
    const keys = [other, own].map(({ private: key }) => ({ type: 'publickey' as const, username: 'cbc', key }))
    const client = await login(port, { authHandler: [...keys] })
    client.end()
    await until(() => told.length === 2)
    await login(port, { privateKey: other.private }).catch(() => {})
    await until(() => told.length === 3)
    expect(told).toEqual([
      { kind: 'accepted', from, method: 'publickey' },
      { kind: 'closed', from },
      {
        kind: 'refused',
        from,
        as: { user: 'cbc', method: 'publickey' },
        why: expect.stringMatching(/^not the key that lets in: SHA256:[\w+/]{43}$/) as string,
      },
    ])
  })

  it('connections that say nothing do not keep others out for ever', async () => {
    const { port, told } = await echo()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const open = async () => {
      const socket = connect(port, '127.0.0.1')
      onTestFinished(() => void socket.destroy())
      const [greeting] = (await once(socket, 'data')) as [Buffer]
      expect(String(greeting)).toMatch(/^SSH-2\.0/)
      return { closed: once(socket, 'close') }
    }
    const silent = await Promise.all(Array.from({ length: 10 }, open))
    const eleventh = connect(port, '127.0.0.1')
      .on('error', () => {})
      .resume()
    await once(eleventh, 'close')
    const from = expect.any(String) as string
    expect(told).toEqual([{ kind: 'refused', from, why: '10 connections are open, which is the most' }])
    vi.advanceTimersByTime(30_000)
    vi.useRealTimers()
    await Promise.all(silent.map(({ closed }) => closed))
    await until(() => told.length === 11)
    expect(told[1]).toEqual({ kind: 'refused', from, why: 'it did not log in' })
    await login(port)
  })

  it('offers nothing else of SSH: no shell, no commands, no forwarding, no other subsystem', async () => {
    const client = await login((await echo()).port)
    expect(await asked(done => client.exec('id', done))).toMatch(/Unable to exec/)
    expect(await asked(done => client.shell(done))).toMatch(/Unable to|shell/)
    expect(await asked(done => client.subsys('netconf', done))).toMatch(/Unable to start subsystem/)
    expect(await asked(done => client.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, done))).toMatch(/Channel open failure/)
    expect(await asked(done => client.forwardIn('127.0.0.1', 0, error => done(error, undefined)))).toMatch(/Unable to bind/)
  })

  it('a public key is one in the form of OpenSSH, and never a private one', async () => {
    await expect(echo({ authentication: { publicKey: 'nonsense' } })).rejects.toMatchObject({ code: 'usage' })
    await expect(echo({ authentication: { publicKey: own.private } })).rejects.toThrow('this is a private key')
  })

  it('keeps its host key for its user alone, the same from run to run, and refuses one that others can read', async () => {
    const first = await echo()
    const { fingerprint } = await echo({}, first.file)
    expect(fingerprint).toBe(first.fingerprint)
    expect(fingerprint).toMatch(/^SHA256:[\w+/]{43}$/)
    expect(statSync(first.file).mode & 0o777).toBe(0o600)
    expect(readFileSync(first.file, 'utf8')).toContain('PRIVATE KEY')
    chmodSync(first.file, 0o644)
    await expect(echo({}, first.file)).rejects.toMatchObject({ code: 'refused' })
  })

  it('makes no host key that cannot be read, which the server would then never start with', () => {
    const unreadable = Array.from({ length: 2000 }, newHostKey).filter(key => ssh2.utils.parseKey(key) instanceof Error)
    expect(unreadable).toEqual([])
  })

  it('says what is wrong with a port that is in use', async () => {
    const { port } = await echo()
    await expect(echo({ port })).rejects.toMatchObject({ code: 'io', message: `127.0.0.1:${port}: the port is in use` })
  })
})
