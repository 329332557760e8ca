import { CbcError } from '../core/errors.ts'

/** Why a connection could not be made, in which case nothing was sent. */
const NOT_CONNECTED: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: "the name can't be looked up",
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no answer to the connection attempt',
  EPROTO: 'it does not speak https',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate can't be verified",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate's issuer is not known here",
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

const DROPPED: Record<string, string> = {
  ECONNRESET: 'the connection was dropped',
  EPIPE: 'the connection was dropped',
  ERR_STREAM_PREMATURE_CLOSE: 'the answer was cut short',
  HPE_INVALID_CONSTANT: 'the answer is not HTTP',
}

/** Errors that naming another certificate authority may solve. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])
const TRUST_HINT =
  'if your own certificate authority signed it, name its certificate in ssl_cert_file of the profile (cbc config set ssl_cert_file FILE) or in NODE_EXTRA_CA_CERTS'

/** Errors that may not occur at the next attempt; the others concern a name or certificate, and persist. */
const TRANSIENT = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])

/**
 * A network failure. `sent` is false only when it is certain that the service never saw the request; `lasting` is true when the next
 * attempt would fail the same way.
 */
export class ConnectionError extends CbcError {
  readonly sent: boolean
  readonly lasting: boolean
  constructor(
    host: string,
    why: string,
    sent: boolean,
    cause?: unknown,
    hint = sent ? 'try again' : 'check the URL of the profile and the network',
  ) {
    const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? ''
    super('network', `${host}: ${why}`, { hint, cause, ...(UNTRUSTED.has(code) ? { untrusted: true } : {}) })
    this.sent = sent
    this.lasting = !sent && !TRANSIENT.has(code)
  }
}

/** Returns one of Node's errors in words. @param connected whether the connection to `host` had been made */
export function connectionError(host: string, error: NodeJS.ErrnoException, connected: boolean, hint?: string): ConnectionError {
  const code = error.code ?? ''
  const why = (connected ? DROPPED[code] : NOT_CONNECTED[code]) ?? NOT_CONNECTED[code] ?? DROPPED[code] ?? error.message
  return new ConnectionError(host, why, connected, error, UNTRUSTED.has(code) ? TRUST_HINT : hint)
}
