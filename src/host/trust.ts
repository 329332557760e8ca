import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { NetworkSettings } from '../core/auth-and-network.ts'
import { CbcError } from '../core/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Which certificates of servers are good, as Node's TLS takes it. */
export interface Trust {
  /** Always said: NODE_TLS_REJECT_UNAUTHORIZED=0 counts where nothing is. */
  rejectUnauthorized: boolean
  checkServerIdentity?: () => undefined
  secureContext?: SecureContext
}

/**
 * What a profile and the environment say of certificates. Where neither names a file, Node's own authorities count, and those of
 * NODE_EXTRA_CA_CERTS.
 * @throws CbcError io: a file can't be read, or holds no certificates
 */
export async function trustOf({ verify, verifyHostname, caFile }: NetworkSettings, env: Environment): Promise<Trust> {
  if (!verify) return { rejectUnauthorized: false }
  const named = caFile === undefined ? await fromEnvironment(env) : await certificates(caFile, 'ssl_cert_file')
  return {
    rejectUnauthorized: true,
    ...(verifyHostname ? {} : { checkServerIdentity: () => undefined }),
    // Made once: for each connection anew it would cost some 20 ms.
    ...(named === undefined ? {} : { secureContext: createSecureContext({ ca: named }) }),
  }
}

/** SSL_CERT_FILE stands in place of the usual authorities, as with OpenSSL; NODE_EXTRA_CA_CERTS adds to whatever counts. */
async function fromEnvironment(env: Environment): Promise<string | undefined> {
  const [file, extra] = [env['SSL_CERT_FILE'], env['NODE_EXTRA_CA_CERTS']]
  if (!file) return undefined
  const text = await certificates(file, 'SSL_CERT_FILE')
  // Node itself says on stderr where that one can't be read.
  const more = extra ? await readFile(extra, 'utf8').catch(() => '') : ''
  return `${text}\n${more}`
}

/** @returns PEM @throws CbcError io */
async function certificates(file: string, setting: string): Promise<string> {
  const what = `${setting} ${file}`
  const wrong = (why: string, cause?: unknown) =>
    new CbcError('io', `${what}: ${why}`, { hint: 'it has to be a PEM file of certificates', cause })
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw wrong("can't be read", cause)
  })
  if (!/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(text)) throw wrong('holds no certificates')
  try {
    // TLS passes over what it can't read, and the server would be blamed. The first of many is enough to tell.
    new X509Certificate(text)
  } catch (cause) {
    throw wrong("holds a certificate that can't be read", cause)
  }
  return text
}
