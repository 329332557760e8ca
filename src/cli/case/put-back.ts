import { basename } from 'node:path'
import type { CaseFolder } from '../../core/case-folder.ts'
import type { CaseRecorder } from '../../core/case-record.ts'
import { CbcError, asCbcError } from '../../core/errors.ts'
import type { LocalSource } from '../../core/ports.ts'
import type { Row } from '../../core/result.ts'
import { list } from '../../core/result.ts'
import type { Undoable } from '../../cases/undoable.ts'
import type { ProgramContext } from '../../engine/define-program-verb.ts'
import { findDevices } from '../../engine/find-device.ts'
import { ask, refuseChange } from '../../engine/invoke.ts'
import { recordInSession } from '../../engine/recording.ts'
import { openSession, type OpenRuntime, type RemoteSession } from '../../engine/remote-job.ts'
import { putBack, stepOf, type Undo } from '../../remote/undo/put-back.ts'

/** What the question says of an earlier undo. */
const AGAIN: Record<Undoable['undone'], string> = { no: '', partly: 'go on to ', yes: 'again ' }

const VERB = { name: 'case undo', effect: 'change' } as const

/**
 * Puts back what a command changed, on its device, and records that in the case.
 * @param steps in the order in which they are put back
 * @returns a row a step, with its `error` where it failed
 * @throws CbcError refused: not confirmed, or another organization; whatever opening a session throws
 */
export async function putBackAll(chosen: Undoable, steps: readonly Undo[], folder: CaseFolder, context: ProgramContext): Promise<Row[]> {
  const { globals, host } = context
  const signal = host.interrupt
  const runtime = await context.open({ ...globals, case: folder.path })
  try {
    refuseChange(VERB, runtime.policy)
    refuseOtherOrganization(chosen, runtime)
    const what = `${AGAIN[chosen.undone]}undo \`${chosen.line}\` on ${chosen.device.name ?? `device ${chosen.device.id}`}`
    const to = steps
      .map(stepOf)
      .map(({ action, path, not_restored: lost }) => `${action} ${path}${lost === undefined ? '' : `, without ${lost.join(', ')}`}`)
    if (!runtime.policy.yes) await ask(VERB, { what, to }, runtime.policy, signal)
    const { targets } = await findDevices(runtime.connection, String(chosen.device.id), runtime.sources, signal)
    const [target] = targets
    if (target === undefined || runtime.case === undefined) throw new CbcError('not_found', `device ${chosen.device.id}: is not there`)
    const session = await openSession({ ...chosen.device, ...target }, globals, runtime, signal)
    try {
      return await recordedUndo(chosen, steps, folder, { session, recorder: runtime.case, signal })
    } finally {
      await session.close(signal)
    }
  } finally {
    await runtime.close()
  }
}

function refuseOtherOrganization({ organization, line }: Undoable, { connection: { place } }: OpenRuntime): void {
  if (organization === undefined || place.endsWith(` ${organization}`)) return
  throw new CbcError('refused', `\`${line}\` was done in another organization: ${organization}`, {
    hint: 'name a profile of that organization with --profile',
  })
}

interface Work {
  session: RemoteSession
  recorder: CaseRecorder
  signal: AbortSignal
}

async function recordedUndo(
  chosen: Undoable,
  steps: readonly Undo[],
  folder: CaseFolder,
  { session, recorder, signal }: Work,
): Promise<Row[]> {
  const { number, operation, device, line } = chosen
  const typed = `cbc case undo ${folder.path} ${number}`
  const command = { verb: VERB.name, line: typed, arguments: { number }, effect: VERB.effect, device, undoes: operation }
  const rows: Row[] = []
  const result = await recordInSession(recorder, session, command, async ({ session: recorded }) => {
    for (const step of steps) rows.push(await attempt(recorded, step, folder, signal))
    return list(rows, [{ key: 'action' }, { key: 'path' }])
  })
  // The record of a command ends with its result.
  if (result.kind === 'list') for await (const _ of result.rows) continue
  const outcome = rows.every(row => row['error'] === undefined) ? 'done' : 'partial'
  await recorder.note({ event: 'undone', undoes: operation, number, line, device, outcome })
  return rows
}

/** Puts back one thing. What fails doesn't keep the others from being put back. */
async function attempt(session: RemoteSession, step: Undo, folder: CaseFolder, signal: AbortSignal): Promise<Row> {
  try {
    return { ...(await putBack(session, step, { signal, kept: file => keptIn(folder, file, Number(step['size'])) })) }
  } catch (thrown) {
    const error = asCbcError(thrown)
    if (error.code === 'interrupted') throw error
    return { ...stepOf(step), error }
  }
}

/** What a case kept, as a file to upload. */
function keptIn(folder: CaseFolder, file: string, size: number): LocalSource {
  return { path: `${folder.path}/${file}`, name: basename(file), size, modified: 0, bytes: () => folder.read(file) }
}
