import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { NetworkSettings } from '../core/auth-and-network.ts'
import { CbcError } from '../core/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Which server certificates to accept, in the form of Node's TLS options. */
export interface Trust {
  /** Always set, because otherwise NODE_TLS_REJECT_UNAUTHORIZED=0 would apply. */
  rejectUnauthorized: boolean
  checkServerIdentity?: () => undefined
  secureContext?: SecureContext
}

/**
 * Returns the trust settings of a profile and the environment. When neither names a file, Node's own authorities and those of
 * NODE_EXTRA_CA_CERTS apply.
 * @throws CbcError io: a file can't be read, or contains no certificates
 */
export async function trustOf({ verify, verifyHostname, caFile }: NetworkSettings, env: Environment): Promise<Trust> {
  if (!verify) return { rejectUnauthorized: false }
  const named = caFile === undefined ? await fromEnvironment(env) : await certificates(caFile, 'ssl_cert_file')
  return {
    rejectUnauthorized: true,
    ...(verifyHostname ? {} : { checkServerIdentity: () => undefined }),
    // Made once, because it takes about 20 ms.
    ...(named === undefined ? {} : { secureContext: createSecureContext({ ca: named }) }),
  }
}

/** SSL_CERT_FILE replaces the usual authorities, as with OpenSSL; NODE_EXTRA_CA_CERTS adds to them. */
async function fromEnvironment(env: Environment): Promise<string | undefined> {
  const [file, extra] = [env['SSL_CERT_FILE'], env['NODE_EXTRA_CA_CERTS']]
  if (!file) return undefined
  const text = await certificates(file, 'SSL_CERT_FILE')
  // Node itself warns on stderr when that file can't be read.
  const more = extra ? await readFile(extra, 'utf8').catch(() => '') : ''
  return `${text}\n${more}`
}

/** Reads a file of certificates. @param setting that names it, for messages @returns PEM @throws CbcError io */
async function certificates(file: string, setting: string): Promise<string> {
  const what = `${setting} ${file}`
  const wrong = (why: string, cause?: unknown) =>
    new CbcError('io', `${what}: ${why}`, { hint: 'it must be a PEM file of certificates', cause })
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw wrong("can't be read", cause)
  })
  if (!/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(text)) throw wrong('holds no certificates')
  try {
    // TLS skips certificates that it can't read, and the server would be blamed. Checking the first one is enough.
    new X509Certificate(text)
  } catch (cause) {
    throw wrong("holds a certificate that can't be read", cause)
  }
  return text
}
