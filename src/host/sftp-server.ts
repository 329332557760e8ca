import { createHash, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel } from 'ssh2'
import { asCbcError, usage } from '../core/errors.ts'
import type { ByteChannel, OneTimePassword, ServedSftp, ServeSftp } from '../core/host.ts'
import { ClosedPipe, type Random } from '../core/ports.ts'
import { hostKey } from './sftp-host-key.ts'

const MAX_CONNECTIONS = 10
/** SFTP channels of one connection. */
const MAX_CHANNELS = 10
/** Milliseconds in which a client has to log in. */
const LOGIN_TIMEOUT_MS = 30_000
/** How often a client may be refused; it may offer several keys before the right one, but not guess a password. */
const MAX_REFUSALS = { password: 3, publickey: 20 }
/** Milliseconds that clients have to end when the server does. */
const CLOSE_TIMEOUT_MS = 2000

/**
 * Serves SFTP over SSH: one user, one way in, and no other service of SSH. See `Host.serveSftp`.
 * @param keyFile where its host key is kept
 */
export async function serveSftp(options: ServeSftp, keyFile: string, random: Random): Promise<ServedSftp> {
  const { host, port, user, door } = options
  const method = 'password' in door ? 'password' : 'publickey'
  const admits = 'password' in door ? byPassword(door.password) : byKey(publicKeyIn(door.publicKey))
  const privateKey = await hostKey(keyFile, newHostKey, random)
  const clients = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys: [privateKey], ident: 'cbc' }, client => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    receive(client, { method, admits: context => context.username === user && admits(context) }, options.talk)
  })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error) => reject(asCbcError(Object.assign(error, { path: `${host}:${port}` }))))
    server.listen(port, host, resolve)
  })
  const { address, port: chosen } = server.address() as AddressInfo
  return {
    host: address,
    port: chosen,
    fingerprint: fingerprintOf(privateKey),
    close: () =>
      new Promise(resolve => {
        const late = setTimeout(resolve, CLOSE_TIMEOUT_MS)
        server.close(() => {
          clearTimeout(late)
          resolve()
        })
        for (const client of clients) client.end()
      }),
  }
}

interface Admission {
  /** The only way in. Offered another one, a person whose key is refused would be asked for a password that there is not. */
  method: 'password' | 'publickey'
  admits(context: AuthContext): boolean
}

/** Lets a client in, and talks with it on each SFTP channel that it opens. Whatever else it asks for, ssh2 refuses by itself. */
function receive(client: Connection, { method, admits }: Admission, talk: ServeSftp['talk']): void {
  const late = setTimeout(() => client.end(), LOGIN_TIMEOUT_MS)
  const refused = { password: 0, publickey: 0 }
  let channels = 0
  // Who breaks off, or doesn't speak SSH, is gone.
  client.on('error', () => {})
  client.on('close', () => clearTimeout(late))
  client.on('ready', () => clearTimeout(late))
  client.on('authentication', context => {
    if (admits(context)) return context.accept()
    const tried = context.method === 'password' ? 'password' : 'publickey'
    if (context.method !== 'none') refused[tried] += 1
    if (refused[tried] >= MAX_REFUSALS[tried]) return client.end()
    context.reject([method])
  })
  client.on('session', accept => {
    const session = accept()
    session.on('subsystem', (accept, reject, { name }) => {
      if (name !== 'sftp' || channels >= MAX_CHANNELS) return reject()
      channels += 1
      const channel = accept()
      void talk(byteChannel(channel))
        .catch(() => {})
        .finally(() => {
          channels -= 1
          channel.exit(0)
          channel.end()
        })
    })
  })
}

function byteChannel(channel: ServerChannel): ByteChannel {
  const closed = new Promise<never>((_, reject) => {
    channel.once('close', () => reject(new ClosedPipe()))
  })
  closed.catch(() => {})
  channel.on('error', () => {})
  return {
    input: channel,
    write: async bytes =>
      await Promise.race([
        closed,
        new Promise<void>((resolve, reject) => channel.write(bytes, error => (error == null ? resolve() : reject(new ClosedPipe())))),
      ]),
  }
}

function byPassword(password: OneTimePassword): (context: AuthContext) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return context => {
    if (context.method !== 'password' || !timingSafeEqual(digest(context.password), digest(password.current.reveal()))) return false
    password.used()
    return true
  }
}

/** Of a key that is only offered, without a signature, the client learns whether it is the right one. */
function byKey(key: ParsedKey): (context: AuthContext) => boolean {
  const own = key.getPublicSSH()
  return context =>
    context.method === 'publickey' &&
    context.key.algo === key.type &&
    own.equals(context.key.data) &&
    (context.signature === undefined || (context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo)))
}

/** @throws CbcError usage */
function publicKeyIn(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text)
  if (key instanceof Error)
    throw usage(`--authorized-key: not a public key of OpenSSH: ${key.message}`, 'name a file such as ~/.ssh/id_ed25519.pub')
  if (key.isPrivateKey())
    throw usage('--authorized-key: this is a private key', 'name the file of the public one, such as ~/.ssh/id_ed25519.pub')
  return key
}

function fingerprintOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`
}

/** Makes a key in the form of OpenSSH. One in some hundreds of those that ssh2 makes can't be read again. */
export function newHostKey(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}
