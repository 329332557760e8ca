import { connectionWords, isUntrusted } from '../core/connection-words.ts'
import { CbcError, type ErrorCode } from '../core/errors.ts'

/** How long an operation may take, milliseconds: longer, and the server counts as away. */
export const OPERATION_TIMEOUT_MS = 20_000

const HINTS: Partial<Record<ErrorCode, string>> = {
  network: 'check the URL of the queue server, and whether it runs',
  auth: 'check the user and the password in the URL of the queue server',
}

/**
 * The failure of a queue server. The error that it comes from is left out, because those of drivers hold what was sent.
 * @param shown the server
 */
export function serverError(shown: string, code: ErrorCode, why: string): CbcError {
  const hint = HINTS[code]
  return new CbcError(code, `${shown}: ${why}`, hint === undefined ? {} : { hint })
}

/** A connection that could not be made, or broke. */
export function connectionFailure(shown: string, error: NodeJS.ErrnoException): CbcError {
  const failure = serverError(shown, 'network', connectionWords(error, false))
  if (!isUntrusted(error)) return failure
  return failure.with(failure.message, {
    untrusted: true,
    hint: 'if your own certificate authority signed it, name its certificate in NODE_EXTRA_CA_CERTS',
  })
}
