import { broken, record } from './wire-checks.ts'
import type { Call } from './http-errors.ts'
import type { Command, CommandStatus, Session, SessionStatus, StagedFile } from './live-response-types.ts'

/** What the fields of a command that the work goes by have to be, where they are there ("Retrieve Command Status"). */
const COMMAND: Readonly<Record<string, (value: unknown) => boolean>> = {
  files: isListOf(isObject), processes: isListOf(isObject), values: isListOf(isObject), sub_keys: isListOf(isText),
  value: isObject, input: isObject, process_details: isObject, mem_dump: isObject, file_details: isObject,
}

/** What the fields of a session that the work goes by are taken for: where they are something else they are not known. */
const SESSION: Readonly<Record<string, (value: unknown) => unknown>> = {
  supported_commands: texts, drives: texts, current_working_directory: value => (isText(value) ? value : null),
}

/** "Start Session", "Get Session by ID". @throws CbcError network: it is no session */
export function session(answer: unknown, call: Call): Session {
  const found = identified(answer, call, 'string')
  const known = Object.fromEntries(Object.entries(SESSION).filter(([name]) => name in found).map(([name, read]) => [name, read(found[name])]))
  return { ...found, ...known, status: upper(found['status']) as SessionStatus } as unknown as Session
}

/** "Issue Command", "Retrieve Command Status": no field is added. @throws CbcError network, unknown_outcome: it is no command */
export function command(answer: unknown, call: Call): Command {
  const found = numbered(answer, call)
  for (const [name, fits] of Object.entries(COMMAND)) if (found[name] != null && !fits(found[name])) throw broken(call, `has ${name} that are not the documented ones`)
  return {
    ...found, name: text(found['name']), status: upper(found['status']) as CommandStatus,
    ...('result_code' in found ? { result_code: resultCode(found['result_code'], call) } : {}),
    ...('result_desc' in found ? { result_desc: isText(found['result_desc']) ? found['result_desc'] : null } : {}),
    ...(found['process_details'] == null ? {} : { process_details: numbers(found['process_details'] as object, 'pid', 'return_code') }),
  } as Command
}

/** "Get File Metadata". @throws CbcError network, unknown_outcome: it is no staged file */
export function staged(answer: unknown, call: Call): StagedFile {
  return identified(answer, call, 'string') as unknown as StagedFile
}

/** The documented object, whose id is what the next call goes by. */
function identified(answer: unknown, call: Call, id: 'string' | 'number'): Record<string, unknown> {
  const found = record(answer, call)
  if (typeof found['id'] !== id) throw broken(call, 'has no id')
  return found
}

/** A command's number, which some servers send in digits. */
function numbered(answer: unknown, call: Call): Record<string, unknown> {
  const found = record(answer, call)
  const { id } = found
  return identified(typeof id === 'string' && /^\d{1,15}$/.test(id) ? { ...found, id: Number(id) } : found, call, 'number')
}

/** An HRESULT: a number, or one in digits. Whether a command worked is not to be guessed. */
function resultCode(value: unknown, call: Call): number {
  const code = value == null ? 0 : typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof code !== 'number' || !Number.isSafeInteger(code)) throw broken(call, 'has a result_code that is none')
  return code
}

/** An object whose fields of these names are whole numbers, or not there. */
function numbers(found: object, ...names: string[]): object {
  return Object.fromEntries(Object.entries(found).filter(([name, value]) => !names.includes(name) || Number.isSafeInteger(value)))
}

function texts(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter(isText) : null
}

function text(value: unknown): string {
  return isText(value) ? value : ''
}

function upper(status: unknown): string {
  const known = text(status).toUpperCase().replaceAll(' ', '_')
  return known === 'COMPLETED' ? 'COMPLETE' : known === 'CANCELED' ? 'CANCELLED' : known
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf(fits: (value: unknown) => boolean): (value: unknown) => boolean {
  return value => Array.isArray(value) && value.every(fits)
}
