import { isRecord } from '../core/is-record.ts'
import { malformedAnswer, idIn, numberIn, record } from './wire-checks.ts'
import type { Command, CommandStatus, Session, SessionStatus, StagedFile } from './live-response-types.ts'

/** Checks for the fields of a command that the client relies on, where they are present ("Retrieve Command Status"). */
const COMMAND: Readonly<Record<string, (value: unknown) => boolean>> = {
  files: isListOf(isRecord),
  processes: isListOf(isRecord),
  values: isListOf(isRecord),
  sub_keys: isListOf(isText),
  value: isRecord,
  input: isRecord,
  process_details: isRecord,
  mem_dump: isRecord,
  file_details: isRecord,
}

/** Readers for the fields of a session that the client relies on: a value of another kind counts as unknown. */
const SESSION: Readonly<Record<string, (value: unknown) => unknown>> = {
  supported_commands: texts,
  drives: texts,
  current_working_directory: value => (isText(value) ? value : null),
}

/** Reads the answer of "Start Session" and "Get Session by ID". @throws BrokenAnswer: it is not a session */
export function session(answer: unknown): Session {
  const found = record(answer)
  const known = Object.fromEntries(
    Object.entries(SESSION)
      .filter(([name]) => name in found)
      .map(([name, read]) => [name, read(found[name])]),
  )
  const id = idIn(found)
  // An id such as `1234567:11412673` ends with the device.
  const device = found['device_id'] ?? /:(\d+)$/.exec(id)?.[1]
  return {
    ...found,
    ...known,
    id,
    device_id: numberIn({ device_id: device }, 'device_id'),
    status: upper(found['status']) as SessionStatus,
  } as unknown as Session
}

/** Reads the answer of "Issue Command" and "Retrieve Command Status"; no field is added. @throws BrokenAnswer: it is not a command */
export function command(answer: unknown): Command {
  const found = record(answer)
  for (const [name, fits] of Object.entries(COMMAND))
    if (found[name] != null && !fits(found[name])) throw malformedAnswer(`has ${name} of another form than documented`)
  const { file_details: file, process_details: process } = found as { file_details?: Record<string, unknown>; process_details?: object }
  if (file?.['file_id'] != null && file['file_id'] !== '') idIn(file, 'file_id')
  return {
    ...found,
    id: numberIn(found),
    name: text(found['name']),
    status: upper(found['status']) as CommandStatus,
    ...('result_code' in found ? { result_code: resultCode(found['result_code']) } : {}),
    ...('result_desc' in found ? { result_desc: isText(found['result_desc']) ? found['result_desc'] : null } : {}),
    ...(process == null ? {} : { process_details: numbers(process, 'pid', 'return_code') }),
  } as Command
}

/** Reads the answer of "Get File Metadata". @throws BrokenAnswer: it is not a staged file */
export function staged(answer: unknown): StagedFile {
  const found = record(answer)
  return { ...found, id: idIn(found) } as unknown as StagedFile
}

/** Reads an HRESULT: a number, or one in digits. Anything else is an error, because the success of a command must not be guessed. */
function resultCode(value: unknown): number {
  const code = value == null ? 0 : typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof code !== 'number' || !Number.isSafeInteger(code)) throw malformedAnswer('has a result_code that is not a number')
  return code
}

/** Returns the object without those of the named fields that are not whole numbers. */
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

function isListOf(fits: (value: unknown) => boolean): (value: unknown) => boolean {
  return value => Array.isArray(value) && value.every(fits)
}
