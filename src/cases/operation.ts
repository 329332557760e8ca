import type { CaseFolder } from '../core/case-folder.ts'
import type { CaseFile, CaseOperation, ChangeOutcome, KeptFile, MovedFile, RecordedCommand } from '../core/case-record.ts'
import { asCbcError, EXIT_CODES } from '../core/errors.ts'
import type { Clock, Random } from '../core/ports.ts'
import type { Result } from '../core/result.ts'
import { withoutSecrets } from '../core/text/secrets.ts'
import type { JournalLine } from './journal-line.ts'
import type { NewLine } from './journal.ts'
import { recordResult, type RecordedResult } from './record-result.ts'
import { argumentsWithout } from './without-secrets.ts'

/** Commands of the API that a line names; of more than these only the number is said. */
const MAX_COMMANDS = 1000

/** What the record of a command needs of what records all of them. */
export interface OperationRecorder {
  readonly folder: CaseFolder
  readonly clock: Clock
  readonly random: Random
  /** Takes the credentials out of text. */
  clean(text: string): string
  /** Where a file is, as lines tell it. */
  placeOf(path: string): Pick<CaseFile, 'file' | 'local_path'>
  /** @throws CbcError io: the line may not be on the disk */
  append(line: NewLine): Promise<void>
  /** An operation has come to its end. */
  over(operation: Operation): void
}

/** The record of one command. */
export class Operation implements CaseOperation {
  readonly #recorder: OperationRecorder
  readonly #command: RecordedCommand
  readonly #id: string
  readonly #from: number
  readonly #clean: (text: string) => string
  readonly #facts: Partial<JournalLine>
  readonly #commands: NonNullable<JournalLine['commands']> = []
  #unnamed = 0
  readonly #files: CaseFile[] = []
  /** How the changes ended, each at its number less one. */
  readonly #steps: ChangeOutcome[] = []
  #isOver = false

  constructor(recorder: OperationRecorder, command: RecordedCommand) {
    this.#recorder = recorder
    this.#command = command
    this.#id = recorder.random.uuid()
    this.#from = recorder.clock.monotonic()
    const { verb, effect, device, run, undoes } = command
    const { line, secrets } = withoutSecrets(command.line, argumentsAt(command))
    this.#clean = text => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), recorder.clean(text))
    const given = argumentsWithout(command.arguments, secrets.length > 0 || line !== command.line ? line : undefined)
    this.#facts = {
      verb,
      line,
      arguments: given,
      effect,
      ...(device === undefined ? {} : { device }),
      ...(run === undefined ? {} : { run }),
      ...(undoes === undefined ? {} : { undoes }),
    }
  }

  async started(change: string, facts: Parameters<CaseOperation['started']>[1] = {}): ReturnType<CaseOperation['started']> {
    const step = this.#steps.push('unknown')
    await this.#append({ event: 'started', ...this.#facts, step, change, ...facts })
    return outcome => {
      this.#steps[step - 1] = outcome
    }
  }

  issued({ id, name, result_code }: Parameters<CaseOperation['issued']>[0]): void {
    if (this.#commands.length === MAX_COMMANDS) this.#unnamed += 1
    else this.#commands.push({ id, name, ...(result_code === undefined ? {} : { result_code }) })
  }

  moved({ path, local_path, size, sha256, entry = {} }: MovedFile): void {
    const place = this.#recorder.placeOf(local_path)
    const { create_time, last_write_time, last_access_time, attributes } = entry
    const listed = { create_time, last_write_time, last_access_time, attributes } as Partial<CaseFile>
    this.#files.push({ ...place, path, size, sha256, ...defined(listed) })
  }

  async kept({ local_path, size, sha256 }: KeptFile): Promise<void> {
    // The command's own line is not repeated for each file.
    const { line: _, arguments: __, ...facts } = this.#facts
    await this.#append({
      event: 'kept',
      ...facts,
      ...this.#recorder.placeOf(local_path),
      sha256,
      bytes: size,
    })
  }

  async result(result: Result): Promise<Result> {
    return await recordResult(result, this.#recorder.folder, this.#clean, async (recorded, failure) => {
      if (failure === undefined) await this.#ended(recorded)
      else await this.#finish({ ...errorFacts(failure, this.#clean), outcome: outcomeOf(failure), result: recorded.result })
    })
  }

  async failed(error: Error & { code?: string }, outcome: 'failed' | 'unknown' | 'interrupted'): Promise<void> {
    await this.#finish({ ...errorFacts(error, this.#clean), outcome })
  }

  /** Nobody waits for its end any more. */
  async abandon(): Promise<void> {
    await this.#finish({ outcome: 'interrupted' })
  }

  async #ended({ result, isPartial, isWhole, exit_code = isPartial ? EXIT_CODES.partial : 0 }: RecordedResult): Promise<void> {
    const outcome = !isWhole ? 'interrupted' : isPartial ? 'partial' : 'done'
    await this.#finish({ outcome, exit_code, result })
  }

  /** Only the first end counts. */
  async #finish(end: Pick<JournalLine, 'outcome' | 'exit_code' | 'error'> & { result?: JournalLine['result'] | undefined }): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.#recorder.over(this)
    const { session, worker, duration_ms = this.#recorder.clock.monotonic() - this.#from } = this.#command
    await this.#append({
      event: 'finished',
      ...this.#facts,
      ...(session === undefined ? {} : { session_id: session() }),
      ...defined(end),
      ...(worker === undefined ? {} : { worker }),
      duration_ms,
      ...this.#stepsNotDone(),
      ...(this.#commands.length > 0 ? { commands: this.#commands } : {}),
      ...(this.#unnamed > 0 ? { further_commands: this.#unnamed } : {}),
      ...(this.#files.length > 0 ? { files: this.#files } : {}),
    })
  }

  #stepsNotDone(): Pick<JournalLine, 'failed_steps' | 'unknown_steps'> {
    const which = (outcome: ChangeOutcome) => this.#steps.flatMap((ended, index) => (ended === outcome ? [index + 1] : []))
    const [failed_steps, unknown_steps] = [which('failed'), which('unknown')]
    return { ...(failed_steps.length > 0 ? { failed_steps } : {}), ...(unknown_steps.length > 0 ? { unknown_steps } : {}) }
  }

  async #append(line: NewLine): Promise<void> {
    await this.#recorder.append({ operation: this.#id, ...line })
  }
}

function errorFacts(thrown: unknown, clean: (text: string) => string): Pick<JournalLine, 'error' | 'exit_code'> {
  const { code, message, facts } = asCbcError(thrown)
  const { result_code } = facts
  return {
    exit_code: EXIT_CODES[code],
    error: { code, message: withoutSecrets(clean(message)).line, ...(result_code === undefined ? {} : { result_code }) },
  }
}

function outcomeOf(failure: unknown): 'failed' | 'unknown' | 'interrupted' {
  const { code } = asCbcError(failure)
  return code === 'interrupted' ? 'interrupted' : code === 'unknown_outcome' ? 'unknown' : 'failed'
}

/** Where the arguments begin in a line: behind the name of the verb. */
function argumentsAt({ line, verb }: RecordedCommand): number {
  const at = line.indexOf(verb)
  return at < 0 ? 0 : at + verb.length
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as T
}
