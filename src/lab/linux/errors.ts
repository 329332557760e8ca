import { HRESULT, SensorError } from '../endpoint.ts'

/** ERROR_GEN_FAILURE as an HRESULT: for failures that have no code of their own. */
const GENERAL_FAILURE = 0x8007001f
/** ERROR_BAD_EXE_FORMAT as an HRESULT. */
const BAD_FORMAT = 0x800700c1

const BY_ERRNO: Record<string, number> = {
  ENOENT: HRESULT.FILE_NOT_FOUND,
  ENOTDIR: HRESULT.PATH_NOT_FOUND,
  EACCES: HRESULT.ACCESS_DENIED,
  EPERM: HRESULT.ACCESS_DENIED,
  EROFS: HRESULT.ACCESS_DENIED,
  EISDIR: HRESULT.ACCESS_DENIED,
  // Only O_NOFOLLOW causes this: somebody has just replaced the entry by a link.
  ELOOP: HRESULT.ACCESS_DENIED,
  EXDEV: HRESULT.ACCESS_DENIED,
  EEXIST: HRESULT.ALREADY_EXISTS,
  ENOTEMPTY: HRESULT.DIR_NOT_EMPTY,
  ENOSPC: HRESULT.DISK_FULL,
  EDQUOT: HRESULT.DISK_FULL,
  EFBIG: HRESULT.DISK_FULL,
  EBUSY: HRESULT.SHARING_VIOLATION,
  ETXTBSY: HRESULT.SHARING_VIOLATION,
  EINVAL: HRESULT.INVALID_PARAMETER,
  ENAMETOOLONG: HRESULT.INVALID_PARAMETER,
  E2BIG: HRESULT.INVALID_PARAMETER,
  ENOTSUP: HRESULT.NOT_SUPPORTED,
  EOPNOTSUPP: HRESULT.NOT_SUPPORTED,
  ENXIO: HRESULT.NOT_SUPPORTED,
  ENOEXEC: BAD_FORMAT,
}

/** Returns the `errno` name of a failed system call (`ENOENT`), or undefined for any other error. */
export function errno(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('errno' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/**
 * Turns the error of a system call into the error that a sensor answers with. Any other error is returned unchanged: it is a bug or an
 * abort, and not the endpoint's answer.
 */
export function asSensorError(error: unknown): unknown {
  const code = errno(error)
  if (code === undefined || error instanceof SensorError) return error
  return new SensorError(BY_ERRNO[code] ?? GENERAL_FAILURE, `the endpoint failed: ${code}`)
}

/** Throws a SensorError; can be used in an expression. */
export function refuse(code: number, message: string): never {
  throw new SensorError(code, message)
}
