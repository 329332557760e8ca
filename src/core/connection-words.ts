/** Why a connection could not be made, in which case nothing was sent. */
const NOT_CONNECTED: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: "the name can't be looked up",
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no answer to the connection attempt',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
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

/** Returns one of Node's errors of connections in words. @param connected whether the connection had been made */
export function connectionWords({ code = '', message }: NodeJS.ErrnoException, connected: boolean): string {
  return (connected ? DROPPED[code] : NOT_CONNECTED[code]) ?? NOT_CONNECTED[code] ?? DROPPED[code] ?? message
}

/** Whether the server's certificate was issued by no trusted authority. */
export function isUntrusted({ code = '' }: NodeJS.ErrnoException): boolean {
  return UNTRUSTED.has(code)
}
