import type { CommandOutput, Content } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Store } from '../store/store.ts'
import { ended, type CommandRecord, type SessionState } from './state.ts'

/** HRESULTs for what befalls a command in the cloud, not on the endpoint. */
const OPERATION_ABORTED = 0x800703e3

/** Outputs up to this many bytes of JSON are kept in the session's document. */
const MAX_INLINE_BYTES = 4096

/** How a command ended. */
export interface Outcome {
  status: 'COMPLETE' | 'ERROR'
  code: number
  description: string
  output: CommandOutput
}

/** What becomes of a command whose runner went away: its process died, or its lab was closed. */
export const ABANDONED: Outcome = {
  status: 'ERROR',
  code: OPERATION_ABORTED,
  description: 'The connection to the sensor was lost',
  output: {},
}

/**
 * Whether a command's turn has come: the commands of a session run one at a time, in the order in which they were issued.
 * @param alive  whether the process that runs a command still lives; a dead one's command holds nobody up
 * @param strict whether a `create process` that waits for its process holds up the next commands too
 * @returns undefined: not yet; `never`: it was cancelled, or its session is gone
 */
export function turn(state: SessionState, id: number, alive: (owner: string) => boolean, strict: boolean): 'now' | 'never' | undefined {
  for (const command of state.commands) {
    if (command.id === id) return command.status === 'PENDING' ? 'now' : 'never'
    const holdsUp = !ended(command) && command.ran !== true && (strict || !waitsForProgram(command))
    if (holdsUp && alive(command.owner)) return undefined
  }
  return 'never'
}

function waitsForProgram({ request, status }: CommandRecord): boolean {
  return request.name === 'create process' && request.wait === true && status === 'IN_PROGRESS'
}

/** An outcome whose output is where it stays. */
export type Kept = Outcome & { stored?: Content }

/** Puts an outcome's output where it stays. */
export async function keep(store: Store, outcome: Outcome): Promise<Kept> {
  const bytes = Buffer.from(JSON.stringify(outcome.output))
  if (bytes.length <= MAX_INLINE_BYTES) return outcome
  return { ...outcome, output: {}, stored: await store.blobs.write(one(bytes)) }
}

/** Ends a command, unless it has ended or its session is gone. */
export async function finish(document: SharedDocument<SessionState>, id: number, outcome: Kept, now: number): Promise<void> {
  await document.update(state => {
    const command = state.commands[id]
    if (command === undefined || ended(command)) return
    // What was reported under way stays where the end says nothing of it.
    Object.assign(command, { ...outcome, output: { ...command.output, ...outcome.output }, finished: now })
  })
}

/** What the sensor said of a command. */
export async function outputOf(store: Store, record: CommandRecord): Promise<CommandOutput> {
  if (record.stored === undefined) return record.output
  const chunks: Uint8Array[] = []
  for await (const chunk of store.blobs.read(record.stored)) chunks.push(chunk)
  return { ...record.output, ...(JSON.parse(Buffer.concat(chunks).toString()) as CommandOutput) }
}

/** Commands of processes that died end in an error, found by whoever looks at the session next. */
export async function bury(document: SharedDocument<SessionState>, alive: (owner: string) => boolean, now: number): Promise<void> {
  const lost = (command: CommandRecord) => !ended(command) && !alive(command.owner)
  if (!(await document.read(state => state.commands.some(lost)))) return
  await document.update(state => {
    const { status, code, description } = ABANDONED
    for (const command of state.commands.filter(lost)) Object.assign(command, { status, code, description, finished: now })
  })
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
