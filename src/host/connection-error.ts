import { connectionWords, isUntrusted } from '../core/connection-words.ts'
import { CbcError } from '../core/errors.ts'

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
  constructor(host: string, why: string, sent: boolean, cause?: unknown, hint = sent ? 'try again' : 'check the URL and the network') {
    const error = (cause ?? {}) as NodeJS.ErrnoException
    super('network', `${host}: ${why}`, { hint, cause, ...(isUntrusted(error) ? { untrusted: true } : {}) })
    this.sent = sent
    this.lasting = !sent && !TRANSIENT.has(error.code ?? '')
  }
}

/** Returns one of Node's errors in words. @param connected whether the connection to `host` had been made */
export function connectionError(host: string, error: NodeJS.ErrnoException, connected: boolean, hint?: string): ConnectionError {
  return new ConnectionError(host, connectionWords(error, connected), connected, error, isUntrusted(error) ? TRUST_HINT : hint)
}
