import type { CommandOutput, Content } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Store } from '../store/store.ts'
import { ended, type CommandRecord, type SessionState } from './state.ts'

/** The HRESULT of a command that failed in the cloud, not on the endpoint. */
const OPERATION_ABORTED = 0x800703e3

/** The result of a command. */
export interface Outcome {
  status: 'COMPLETE' | 'ERROR'
  code: number
  description: string
  output: CommandOutput
}

/** The outcome of a command whose runner is gone: its process died, or its lab was closed. */
export const ABANDONED: Outcome = {
  status: 'ERROR',
  code: OPERATION_ABORTED,
  description: 'The connection to the sensor was lost',
  output: {},
}

/**
 * Tells when a command may run: the commands of a session run one at a time, in the order in which they were issued.
 * @param alive  whether a process is still alive; the commands of a dead one block nobody
 * @param strict whether a `create process` that waits for its program blocks the next commands too
 * @returns undefined: not yet; `never`: it was cancelled, or its session has ended
 */
export function whenToRun(
  state: SessionState,
  id: number,
  alive: (owner: string) => boolean,
  strict: boolean,
): 'now' | 'never' | undefined {
  for (const command of state.commands) {
    if (command.id === id) return command.status === 'PENDING' ? 'now' : 'never'
    const blocks = !ended(command) && command.ran !== true && (strict || !waitsForProgram(command))
    if (blocks && alive(command.owner)) return undefined
  }
  return 'never'
}

function waitsForProgram({ request, status }: CommandRecord): boolean {
  return request.name === 'create process' && request.wait === true && status === 'IN_PROGRESS'
}

/** An outcome whose output, when large, is in the blob store. */
export type StoredOutcome = Outcome & { stored?: Content }

/** Moves the output of an outcome into the blob store when it is too large for the session's document. */
export async function storeOutput(store: Store, outcome: Outcome): Promise<StoredOutcome> {
  const bytes = Buffer.from(JSON.stringify(outcome.output))
  if (bytes.length <= store.inlineBytes) return outcome
  return { ...outcome, output: {}, stored: await store.blobs.write(chunksOf(bytes)) }
}

/** Ends a command, unless it or its session has already ended. */
export async function finish(document: SharedDocument<SessionState>, id: number, outcome: StoredOutcome, now: number): Promise<void> {
  await document.update(state => {
    const command = state.commands[id]
    if (command === undefined || ended(command)) return
    // Fields that were reported earlier stay unless the final output replaces them.
    Object.assign(command, { ...outcome, output: { ...command.output, ...outcome.output }, finished: now })
  })
}

/** Returns what the sensor reported for a command. */
export async function outputOf(store: Store, record: CommandRecord): Promise<CommandOutput> {
  if (record.stored === undefined) return record.output
  const chunks: Uint8Array[] = []
  for await (const chunk of store.blobs.read(record.stored)) chunks.push(chunk)
  return { ...record.output, ...(JSON.parse(Buffer.concat(chunks).toString()) as CommandOutput) }
}

/** Ends the commands of dead processes with an error. Called by whichever process next looks at the session. */
export async function endAbandoned(document: SharedDocument<SessionState>, alive: (owner: string) => boolean, now: number): Promise<void> {
  const isAbandoned = (command: CommandRecord) => !ended(command) && !alive(command.owner)
  if (!(await document.read(state => state.commands.some(isAbandoned)))) return
  await document.update(state => {
    const { status, code, description } = ABANDONED
    for (const command of state.commands.filter(isAbandoned)) Object.assign(command, { status, code, description, finished: now })
  })
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
