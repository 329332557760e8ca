/** Every way in which a command can fail, with its exit code: section 2 of the contract. */
export const EXIT_CODES = {
  internal: 1,
  io: 1,
  usage: 2,
  auth: 3,
  not_found: 4,
  remote: 5,
  timeout: 6,
  partial: 7,
  refused: 8,
  network: 9,
  unknown_outcome: 9,
  interrupted: 130,
} as const

export type ErrorCode = keyof typeof EXIT_CODES

/** Facts about a failure that a script can use; field names are those of `{"error": …}` in the contract. */
export interface ErrorFacts {
  /** What the user can do about it, in one sentence. */
  hint?: string
  http_status?: number
  /** HRESULT of the endpoint, unsigned 32-bit. */
  result_code?: number
  device_id?: number
  /** The service says that there are too many of something. */
  limit?: boolean
  /** The server's certificate was issued by no trusted authority. */
  untrusted?: boolean
  /** The service says that Live Response is switched off. */
  disabled?: boolean
  /** The permissions that the service reports as missing. */
  lacking?: readonly string[]
  /** The file of this machine that is there already, and may not be overwritten. */
  taken?: string
  /** What is wrong with a file, line by line. */
  errors?: readonly Fault[]
  /** What was told before it failed, where that is a part of the error: with JSON. */
  notices?: readonly string[]
  cause?: unknown
}

/** A fault in a line (from 1) of a file, and where in it (from 1), if that is known. */
export interface Fault {
  line: number
  column?: number
  message: string
}

/** A failure that the user sees in one line. Anything else that is thrown is a defect of the program. */
export class CbcError extends Error {
  override name = 'CbcError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  /**
   * @param code the kind of failure, which decides the exit code
   * @param message what failed and why: `ls C:\x: no such directory`
   */
  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.facts = facts
  }

  /** Returns the same failure with another message and further facts. */
  with(message: string, facts: ErrorFacts = {}): CbcError {
    return new CbcError(this.code, message, { ...this.facts, ...facts })
  }
}

/** The failure of work that was ended by Ctrl-C, or by anything else that stops the program. */
export function interrupted(): CbcError {
  return new CbcError('interrupted', 'interrupted')
}

/** The failure of a wrong command line; nothing was sent. */
export function usage(message: string, hint?: string): CbcError {
  return new CbcError('usage', message, hint === undefined ? {} : { hint })
}

/** Turns whatever was thrown into a failure that can be shown: itself, an interruption, a problem with a local file, or a defect. */
export function asCbcError(thrown: unknown): CbcError {
  if (thrown instanceof CbcError) return thrown
  if (!(thrown instanceof Error)) return new CbcError('internal', `internal error: ${String(thrown)}`)
  if (thrown.name === 'AbortError') return interrupted()
  const { code, syscall, path } = thrown as NodeJS.ErrnoException
  if (code !== undefined && syscall !== undefined) {
    return new CbcError('io', `${path ?? syscall}: ${ERRNO[code] ?? code}`, { cause: thrown })
  }
  return new CbcError('internal', `internal error: ${thrown.message}`, {
    hint: 'this is a defect of cbc; run it again with CBC_DEBUG=1 for a stack trace',
    cause: thrown,
  })
}

/** Whether a failure says that there is no such file on this machine. */
export function isNoFile(error: unknown): boolean {
  const cause = error instanceof CbcError ? (error.facts.cause as NodeJS.ErrnoException | undefined) : undefined
  return ['ENOENT', 'ENOTDIR'].includes(cause?.code ?? '')
}

const ERRNO: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'already exists',
  ENOSPC: 'no space left on this disk',
  EROFS: 'read-only file system',
  EIO: "the disk can't be read or written",
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'name too long',
  ELOOP: 'is a link, which is not followed here',
  EADDRINUSE: 'the port is in use',
}
