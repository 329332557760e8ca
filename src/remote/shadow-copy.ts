import { CbcError } from '../core/errors.ts'
import type { LedgerNote } from '../core/ledger.ts'
import { shortened } from '../core/text/shorten.ts'
import { inMemory } from '../core/bounded.ts'
import { cleanUp, leftoverNotice } from './cleanup.ts'
import { commandLine } from './command-line.ts'
import { execute, type ExecOptions } from './exec.ts'
import type { RemoteSession } from './session.ts'
import { leaveTemporary, noteTemporary, removeTemporary } from './temporary.ts'
import { fetchBytes, type TransferWork } from './transfer.ts'

/** A shadow copy of a volume, made by this program: everything that was on it when it was made, and nothing is locked there. */
export interface ShadowCopy {
  /** A GUID in braces. */
  id: string
  /** `\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy3` */
  device: string
  noted: LedgerNote
}

/** Milliseconds that deleting a shadow copy may take. */
const DELETE_TIMEOUT_MS = 60_000

/** These stand in what the programs print, whatever the language of Windows is. */
const ID = /\{[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}\}/i
const DEVICE = /\\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy\d+/i

/**
 * Makes a shadow copy of a volume ("create process"): by WMI's Win32_ShadowCopy, which wmic.exe calls, or with vssadmin.exe, which makes them on
 * servers only. It is in the ledger before it is made, with the file into which its id is printed: if this program is killed meanwhile, `lr gc` reads it there.
 * @param drive `C:`
 * @throws CbcError remote: neither program made one; it says what each of them said
 */
export async function createShadowCopy(session: RemoteSession, drive: string, work: TransferWork): Promise<ShadowCopy> {
  const noted = session.ledger.note({ kind: 'shadow', device_id: session.device.id, path: drive })
  const failed = (why: string) => new CbcError('remote', `no shadow copy of ${drive}: ${why}`, { device_id: session.device.id })
  const made = await make(session, drive, noted, work).catch((error: unknown) => {
    noted.release()
    session.notice(`a shadow copy of ${drive} may be left on device ${session.device.id}: \`cbc lr gc\` looks for it, and deletes it`)
    throw error
  })
  if (made.id === undefined) {
    noted.strike()
    throw failed(made.why)
  }
  const shadow = { id: made.id, device: DEVICE.exec(made.text)?.[0] ?? '', noted }
  try {
    if (shadow.device === '') shadow.device = DEVICE.exec((await ran(session, listLine(shadow.id), work)).text)?.[0] ?? ''
    if (shadow.device === '') throw failed('vssadmin.exe does not tell where it is')
    return shadow
  } catch (error) {
    await deleteShadowCopy(session, shadow, work)
    throw error
  }
}

/**
 * Reads the id of a shadow copy from what the program that made it has printed ("get file").
 * @returns undefined if there is none in it
 * @throws CbcError not_found: the program never ran; remote: for example, it still runs
 */
export async function printedId(session: RemoteSession, outputFile: string, work: TransferWork): Promise<string | undefined> {
  return idIn(textOf(await inMemory(fetchBytes(session, outputFile, {}, work))))
}

function idIn(text: string): string | undefined {
  return ID.exec(text)?.[0]
}

/** @returns the id, and what was printed with it; or why there is none */
async function make(
  session: RemoteSession,
  drive: string,
  noted: LedgerNote,
  work: TransferWork,
): Promise<{ id?: string; text: string; why: string }> {
  const said: string[] = []
  for (const words of [
    ['wmic.exe', 'shadowcopy', 'call', 'create', `Volume=${drive}\\`],
    ['vssadmin.exe', 'create', 'shadow', `/for=${drive}`],
  ]) {
    const output_file = session.paths.temporary(`cbc-${session.random.uuid()}.out`)
    noteTemporary(session, output_file)
    noted.update({ output_file })
    const { text, why } = await ran(session, words, work, { outputFile: output_file }).catch((error: unknown) => {
      leaveTemporary(session, output_file)
      throw error
    })
    const id = idIn(text)
    // Before the file is deleted that has it.
    if (id !== undefined) noted.update({ shadow_id: id })
    await removeTemporary(session, output_file, work)
    if (id !== undefined) return { id, text, why }
    said.push(`${words[0] ?? ''}: ${why}`)
  }
  return { text: '', why: said.join('; ') }
}

function listLine(id: string): string[] {
  return ['vssadmin.exe', 'list', 'shadows', `/shadow=${id}`]
}

/** Deletes a shadow copy ("create process"), even when the rest was cancelled. One that can't be deleted stays in the ledger, and is named. */
export async function deleteShadowCopy(session: RemoteSession, { id, noted }: ShadowCopy, work: TransferWork): Promise<void> {
  const removed = (signal: AbortSignal) => removeShadow(session, id, { ...work, signal })
  const why = await cleanUp(session.clock, DELETE_TIMEOUT_MS, `the shadow copy ${id}`, removed, work.signal)
  if (why === undefined) return noted.strike()
  noted.release()
  session.notice(leftoverNotice(why, '`cbc lr gc` deletes it', ` on ${session.label}`))
}

/** @throws CbcError not_found: there is no such shadow copy any more; remote */
export async function removeShadow(session: RemoteSession, id: string, work: TransferWork): Promise<void> {
  const { code, why } = await ran(session, ['vssadmin.exe', 'delete', 'shadows', `/shadow=${id}`, '/quiet'], work)
  if (code === 0) return
  const listed = await ran(session, listLine(id), work)
  const isGone = listed.code !== undefined && listed.code !== 0
  throw new CbcError(isGone ? 'not_found' : 'remote', `the shadow copy ${id}: ${why}`, { device_id: session.device.id })
}

/** What a program of the endpoint came to; one that could not be started printed nothing. */
interface Ran {
  code: number | undefined
  text: string
  /** Its last line, or why it was not started. */
  why: string
}

function textOf(output: Uint8Array): string {
  return Buffer.from(output).toString('latin1').replaceAll('\0', '').trim()
}

async function ran(session: RemoteSession, words: readonly string[], work: TransferWork, options: ExecOptions = {}): Promise<Ran> {
  try {
    const { return_code: code, output } = await execute(session, commandLine(words, true), options, work)
    const text = textOf(output)
    return { code: code ?? undefined, text, why: shortened(text.split(/[\r\n]+/).at(-1) || `exit code ${code}`) }
  } catch (error) {
    if (!(error instanceof CbcError) || !['not_found', 'remote'].includes(error.code)) throw error
    return { code: undefined, text: '', why: error.code === 'not_found' ? 'it is not there' : error.message }
  }
}
