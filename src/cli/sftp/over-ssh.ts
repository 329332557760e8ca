import { untilAborted } from '../../core/abort.ts'
import { usage } from '../../core/errors.ts'
import type { Host, OneTimePassword, ServeSftp } from '../../core/host.ts'
import type { Random } from '../../core/ports.ts'
import { Secret } from '../../core/secret.ts'
import { failuresTold } from '../../sftp/failure.ts'
import { converse } from '../../sftp/protocol/conversation.ts'
import type { RemoteFiles } from '../../sftp/remote-files.ts'
import { message } from '../../ui/message.ts'
import { ConnectionLog } from './connection-log.ts'

/** What clients are served with. */
export interface Serving {
  files: RemoteFiles
  host: Host
  /** The endpoint's, for messages. */
  name: string
  /** Shows the user one line. */
  notice(line: string): void
}

/** The only user. */
const USER = 'cbc'
/** Characters that nobody mistakes for others, and how many of them make a password: 98 bits. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const PASSWORD_LENGTH = 20

/** Returns what lets a client in: the public key of a file, or a password that is used once. @throws CbcError usage; io */
export async function readAuthentication(host: Host, file: string | undefined): Promise<Pick<ServeSftp, 'authentication'>> {
  if (file === undefined) return { authentication: { password: oneTimePassword(host) } }
  const keys = (await host.local.text(file)).split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
  const isPrivate = keys[0]?.startsWith('-----BEGIN') === true
  if (keys.length > 1 && !isPrivate) throw usage(`--authorized-key: ${file} holds ${keys.length} keys`, 'name a file that holds one')
  return { authentication: { publicKey: keys.join('\n') } }
}

/** Serves clients over SSH until Ctrl-C, after it has said where. @throws CbcError io: it can't listen there; usage: the key is none */
export async function overSsh(
  { files, host, name, notice }: Serving,
  { at, authentication }: { at: { host: string; port: number } } & Pick<ServeSftp, 'authentication'>,
): Promise<void> {
  const refusal = failuresTold(notice)
  const log = new ConnectionLog(host.clock, notice)
  const served = await host.serveSftp({
    ...at,
    user: USER,
    authentication,
    serve: channel => converse({ ...channel, files, refusal, signal: host.interrupt }),
    onEvent: event => log.add(event),
  })
  try {
    const address = `${served.host.includes(':') ? `[${served.host}]` : served.host}:${served.port}`
    await say(host, `${name} is served at sftp://${USER}@${address} until Ctrl-C; the host's key is ${served.fingerprint}`)
    if ('password' in authentication) await say(host, `the one-time password is ${authentication.password.current.reveal()}`)
    await untilAborted(host.interrupt)
  } finally {
    await served.close()
    log.end()
  }
}

/** Nobody can connect without these lines: --quiet leaves them. */
async function say({ stderr }: Host, line: string): Promise<void> {
  await stderr.write(message(`cbc: ${line}`, stderr))
}

/** A password that is made anew, and said, each time that it was used. */
function oneTimePassword(host: Host): OneTimePassword {
  let current = newPassword(host.random)
  return {
    get current() {
      return current
    },
    used() {
      current = newPassword(host.random)
      void say(host, `a client has come in; the next one-time password is ${current.reveal()}`)
    },
  }
}

function newPassword(random: Pick<Random, 'below'>): Secret {
  return new Secret(Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET.charAt(random.below(ALPHABET.length))).join(''))
}
