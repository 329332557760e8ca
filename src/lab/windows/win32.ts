import { SensorError, type CommandOutput } from '../endpoint.ts'

/** The exit code and result code of success. */
export const SUCCESS = 0

/** The Win32 error codes that the endpoint answers with, and Windows's messages for them. */
const WIN32 = {
  FILE_NOT_FOUND: 2,
  PATH_NOT_FOUND: 3,
  ACCESS_DENIED: 5,
  NOT_READY: 21,
  SHARING_VIOLATION: 32,
  NOT_SUPPORTED: 50,
  BAD_NETPATH: 53,
  FILE_EXISTS: 80,
  INVALID_PARAMETER: 87,
  DISK_FULL: 112,
  INVALID_NAME: 123,
  DIR_NOT_EMPTY: 145,
  ALREADY_EXISTS: 183,
  BAD_EXE_FORMAT: 193,
  FILENAME_EXCED_RANGE: 206,
  DIRECTORY: 267,
  CANT_RESOLVE_FILENAME: 1921,
} as const
export type Win32Name = keyof typeof WIN32

const SAYS: Record<Win32Name, string> = {
  FILE_NOT_FOUND: 'The system cannot find the file specified.',
  PATH_NOT_FOUND: 'The system cannot find the path specified.',
  ACCESS_DENIED: 'Access is denied.',
  NOT_READY: 'The device is not ready.',
  SHARING_VIOLATION: 'The process cannot access the file because it is being used by another process.',
  NOT_SUPPORTED: 'The request is not supported.',
  BAD_NETPATH: 'The network path was not found.',
  FILE_EXISTS: 'The file exists.',
  INVALID_PARAMETER: 'The parameter is incorrect.',
  DISK_FULL: 'There is not enough space on the disk.',
  INVALID_NAME: 'The filename, directory name, or volume label syntax is incorrect.',
  DIR_NOT_EMPTY: 'The directory is not empty.',
  ALREADY_EXISTS: 'Cannot create a file when that file already exists.',
  BAD_EXE_FORMAT: '%1 is not a valid Win32 application.',
  FILENAME_EXCED_RANGE: 'The filename or extension is too long.',
  DIRECTORY: 'The directory name is invalid.',
  CANT_RESOLVE_FILENAME: 'The name of the file cannot be resolved by the system.',
}

/** Makes a Win32 error as the sensor sends it: the code in an HRESULT (0x8007xxxx), with Windows's message. */
export function win32(name: Win32Name, output?: CommandOutput): SensorError {
  return new SensorError(hresult(name), SAYS[name], output)
}

/** Returns the unsigned HRESULT of a Win32 error. */
function hresult(name: Win32Name): number {
  return 0x80070000 + WIN32[name]
}

/** Whether `error` is an error of the endpoint, or (if names are given) one of these. */
export function isWin32(error: unknown): error is SensorError
export function isWin32(error: unknown, ...names: Win32Name[]): boolean
export function isWin32(error: unknown, ...names: Win32Name[]): boolean {
  return error instanceof SensorError && (names.length === 0 || names.some(name => hresult(name) === error.code))
}
