import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type AddressInfo, type DropArgument, type Server as NetServer, type Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel } from 'ssh2'
import { asCbcError, usage } from '../core/errors.ts'
import type { ByteChannel, OneTimePassword, ServedSftp, ServeSftp } from '../core/host.ts'
import { ClosedPipe, type Random } from '../core/ports.ts'
import { hostKey } from './sftp-host-key.ts'
import { SshLogin } from './ssh-login.ts'

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
  const { host, port, user, authentication, serve, onEvent } = options
  const admission = {
    user,
    ...('password' in authentication ? byPassword(authentication.password) : byKey(publicKeyIn(authentication.publicKey))),
  }
  const privateKey = await hostKey(keyFile, newHostKey, random)
  const logins = new Map<string, SshLogin>()
  const ssh = new ssh2.Server({ hostKeys: [privateKey], ident: 'cbc' }, (client, { ip, port: from }) => {
    const login = logins.get(addressIn(ip, from))
    if (login !== undefined) receive(client, login, admission, serve)
  })
  const sockets = new Set<Socket>()
  // ssh2 knows a connection only from its first line on. One that never sends any would take a place for ever.
  const listener = createServer(socket => {
    const from = addressIn(socket.remoteAddress, socket.remotePort)
    const login = new SshLogin(from, onEvent)
    logins.set(from, login)
    sockets.add(socket)
    const late = setTimeout(() => login.isAccepted || socket.destroy(), LOGIN_TIMEOUT_MS)
    socket.on('close', () => {
      clearTimeout(late)
      sockets.delete(socket)
      logins.delete(from)
      login.closed()
    })
    ssh.injectSocket(socket)
  })
  listener.maxConnections = MAX_CONNECTIONS
  listener.on('drop', (data?: DropArgument) =>
    onEvent({
      kind: 'refused',
      from: addressIn(data?.remoteAddress, data?.remotePort),
      why: `${MAX_CONNECTIONS} connections are open, which is the most`,
    }),
  )
  const address = await listening(listener, host, port)
  return {
    host: address.address,
    port: address.port,
    fingerprint: ownFingerprint(privateKey),
    close: () => close(listener, sockets),
  }
}

/** @throws CbcError io */
async function listening(listener: NetServer, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    listener.once('error', (error: Error) => reject(asCbcError(Object.assign(error, { path: `${host}:${port}` }))))
    listener.listen(port, host, resolve)
  })
  return listener.address() as AddressInfo
}

/** Ends all connections. A client that doesn't answer that is cut off. */
async function close(listener: NetServer, sockets: ReadonlySet<Socket>): Promise<void> {
  await new Promise<void>(resolve => {
    const late = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, CLOSE_TIMEOUT_MS)
    listener.close(() => {
      clearTimeout(late)
      resolve()
    })
    for (const socket of sockets) socket.end()
  })
}

interface Admission {
  user: string
  /** The only way in. Offered another one, a person whose key is refused would be asked for a password that there is not. */
  method: 'password' | 'publickey'
  admits(context: AuthContext): boolean
}

/** Lets a client in, and talks with it on each SFTP channel that it opens. Whatever else it asks for, ssh2 refuses by itself. */
function receive(client: Connection, login: SshLogin, admission: Admission, serve: ServeSftp['serve']): void {
  const refusals = { password: 0, publickey: 0 }
  let channels = 0
  // Who breaks off, or doesn't speak SSH, is gone.
  client.on('error', () => {})
  client.on('ready', () => login.accepted(admission.method))
  client.on('authentication', context => {
    if (context.username === admission.user && admission.admits(context)) return context.accept()
    const tried = context.method === 'password' ? 'password' : 'publickey'
    if (context.method !== 'none') {
      refusals[tried] += 1
      tellRefusal(context, login, admission)
    }
    if (refusals[tried] >= MAX_REFUSALS[tried]) return client.end()
    context.reject([admission.method])
  })
  client.on('session', accept => {
    const session = accept()
    session.on('subsystem', (accept, reject, { name }) => {
      if (name !== 'sftp' || channels >= MAX_CHANNELS) return reject()
      channels += 1
      const channel = accept()
      void serve(byteChannel(channel))
        .catch(() => {})
        .finally(() => {
          channels -= 1
          channel.exit(0)
          channel.end()
        })
    })
  })
}

function tellRefusal(context: AuthContext, login: SshLogin, { user, method }: Admission): void {
  const { username, method: tried } = context
  const why =
    username !== user
      ? 'there is no such user'
      : tried !== method
        ? `only ${method} lets in`
        : tried === 'password'
          ? 'a wrong password'
          : 'not the key that lets in'
  if (context.method === 'publickey' && context.signature === undefined) login.offered(username, fingerprint(context.key.data), why)
  else login.refused(username, tried, why)
}

/** An address and a port, as they are written. */
function addressIn(address: string | undefined, port: number | undefined): string {
  return `${address?.includes(':') ? `[${address}]` : address}:${port}`
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

function byPassword(password: OneTimePassword): Omit<Admission, 'user'> {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return {
    method: 'password',
    admits(context) {
      if (context.method !== 'password' || !timingSafeEqual(digest(context.password), digest(password.current.reveal()))) return false
      password.used()
      return true
    },
  }
}

/** Of a key that is only offered, without a signature, the client learns whether it is the right one. */
function byKey(key: ParsedKey): Omit<Admission, 'user'> {
  const own = key.getPublicSSH()
  return {
    method: 'publickey',
    admits: context =>
      context.method === 'publickey' &&
      context.key.algo === key.type &&
      own.equals(context.key.data) &&
      (context.signature === undefined || (context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo))),
  }
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

function ownFingerprint(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  return fingerprint(key.getPublicSSH())
}

/** The fingerprint of a public key, as OpenSSH shows it. */
function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** Makes a key in the form of OpenSSH. One in some hundreds of those that ssh2 makes can't be read again. */
export function newHostKey(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}
