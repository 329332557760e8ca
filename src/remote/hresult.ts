import { CbcError } from '../core/errors.ts'

/** HRESULTs as a person says them: "Errors of the endpoint" in the reference. */
const MEANINGS: Record<number, string> = {
  0x80070003: 'no such directory',
  0x80070005: 'access denied',
  0x80070015: 'the drive is not ready',
  0x80070020: 'in use by another process',
  0x80070032: 'not supported on this endpoint',
  0x80070050: 'file exists',
  0x80070057: 'invalid parameter',
  0x80070070: 'the endpoint\'s disk is full',
  0x8007007b: 'the name is not a valid one',
  0x80070091: 'directory not empty',
  0x800700b7: 'already exists',
  0x8007010b: 'not a directory',
  0x800704c7: 'cancelled on the endpoint',
}

export const FILE_NOT_FOUND = 0x80070002
export const PATH_NOT_FOUND = 0x80070003
export const ACCESS_DENIED = 0x80070005
export const NOT_A_DIRECTORY = 0x8007010b
export const SHARING_VIOLATION = 0x80070020
export const INVALID_PARAMETER = 0x80070057
export const FILE_EXISTS = 0x80070050
export const ALREADY_EXISTS = 0x800700b7
export const NOT_FOUND = 0x80070490

/** The unsigned form of a result code, which servers send signed or unsigned. */
export function unsigned(code: number): number {
  return code >>> 0
}

/** What is missing when ERROR_FILE_NOT_FOUND is the answer. */
function missingThing(command: string): string {
  if (command.startsWith('reg ')) return 'no such key or value'
  return command === 'create process' ? 'no such program' : 'no such file or directory'
}

/**
 * What a command's HRESULT is for the user.
 * @param what      what failed: `ls C:\x`
 * @param command   its name: `directory list`
 * @param described the endpoint's own text
 */
export function endpointError(what: string, command: string, code: number, described?: string | null): CbcError {
  const result_code = unsigned(code)
  const missing = result_code === FILE_NOT_FOUND || result_code === PATH_NOT_FOUND
  const hex = `0x${result_code.toString(16).padStart(8, '0')}`
  const own = described?.trim() ?? ''
  const unknown = result_code === 0 ? own || 'it failed on the endpoint' : own === '' ? `the endpoint answered ${hex}` : `${own} (${hex})`
  const why = result_code === FILE_NOT_FOUND ? missingThing(command) : MEANINGS[result_code] ?? unknown
  return new CbcError(missing ? 'not_found' : 'remote', `${what}: ${why}`, { result_code })
}

/** The HRESULT behind a failure, or undefined. */
export function resultCode(error: unknown): number | undefined {
  return error instanceof CbcError ? error.facts.result_code : undefined
}
