import { CbcError } from '../core/errors.ts'
import { shortened } from '../core/text/shorten.ts'
import { hex, meaningOf, unsigned } from './result-codes.ts'

export { unsigned } from './result-codes.ts'

export const FILE_NOT_FOUND = 0x80070002
export const PATH_NOT_FOUND = 0x80070003
export const ACCESS_DENIED = 0x80070005
export const NOT_A_DIRECTORY = 0x8007010b
export const SHARING_VIOLATION = 0x80070020
export const INVALID_PARAMETER = 0x80070057
export const FILE_EXISTS = 0x80070050
export const ALREADY_EXISTS = 0x800700b7
export const NOT_FOUND = 0x80070490

/** Codes for something that doesn't exist: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_INVALID_DRIVE, and their NTSTATUS values. */
const MISSING: ReadonlySet<number> = new Set([
  FILE_NOT_FOUND,
  PATH_NOT_FOUND,
  0x8007000f,
  0xc000000f,
  0xc0000034,
  0xc000003a,
  0xd000000f,
  0xd0000034,
  0xd000003a,
])

/** Says what a command misses where that is not what the code itself says; undefined otherwise. */
function missingThing(command: string, code: number): string | undefined {
  if (command.startsWith('reg ')) return MISSING.has(code) ? 'no such key or value' : undefined
  if (code !== FILE_NOT_FOUND) return undefined
  return command === 'create process' ? 'no such program' : 'no such file or directory'
}

/**
 * Returns the error for a command's HRESULT, in words, and in hexadecimal so that it can be looked up.
 * @param what      what failed: `ls C:\x`
 * @param command   its name: `directory list`
 * @param described the endpoint's own text; a message holds its beginning
 */
export function endpointError(what: string, command: string, code: number, described?: string | null): CbcError {
  const result_code = unsigned(code)
  return new CbcError(MISSING.has(result_code) ? 'not_found' : 'remote', `${what}: ${resultInWords(command, result_code, described)}`, {
    result_code,
  })
}

/** Returns a command's HRESULT in words and in hexadecimal. @param described the endpoint's own text, of which the beginning is used */
export function resultInWords(command: string, code: number, described?: string | null): string {
  const own = shortened(described?.trim() ?? '')
  if (code === 0) return own || 'it failed on the endpoint'
  const meaning = missingThing(command, code) ?? meaningOf(code) ?? own
  return meaning === '' ? `the endpoint answered ${hex(code)}` : `${meaning} (${hex(code)})`
}

/** Returns the HRESULT behind a failure, or undefined. */
export function resultCode(error: unknown): number | undefined {
  return error instanceof CbcError ? error.facts.result_code : undefined
}
