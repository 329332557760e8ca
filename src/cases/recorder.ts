import { createHash } from 'node:crypto'
import { relative, sep } from 'node:path'
import type { CaseFolder } from '../core/case-folder.ts'
import type { CaseFile, CaseHome, CaseOperation, CaseRecorder, KeptBytes, RecordedCommand, RecordedDevice } from '../core/case-record.ts'
import { CbcError, asCbcError } from '../core/errors.ts'
import type { Clock, LocalFiles, Random } from '../core/ports.ts'
import { homeOf } from './home.ts'
import type { JournalLine } from './journal-line.ts'
import { appendLines, type NewLine } from './journal.ts'
import { Operation, type OperationRecorder } from './operation.ts'

export interface RecorderOptions {
  folder: CaseFolder
  clock: Clock
  random: Random
  /** Files on this machine. */
  local: LocalFiles
  /** What all lines tell: who, with which profile, of which organization. */
  common: Pick<JournalLine, 'who' | 'profile' | 'organization'>
  /** Takes the credentials out of text. */
  clean(text: string): string
  /** The service's time as its last answer had it, and how far it was ahead of this machine's clock; undefined before the first. */
  serviceTime(): { time: number; ahead: number } | undefined
}

/** Records what one run of the program does in a case. */
export class Recorder implements CaseRecorder, OperationRecorder {
  readonly #options: RecorderOptions
  readonly #open = new Set<Operation>()

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  get path(): string {
    return this.#options.folder.path
  }

  get folder(): CaseFolder {
    return this.#options.folder
  }

  get clock(): Clock {
    return this.#options.clock
  }

  get random(): Random {
    return this.#options.random
  }

  clean(text: string): string {
    return this.#options.clean(text)
  }

  /**
   * Begins the journal of a new case, so that whatever comes into the folder is in a case from the first moment on.
   * @throws CbcError io: the case can't be written
   */
  async create(): Promise<void> {
    if ((await this.folder.head()) === undefined) await this.#write([])
  }

  begin(command: RecordedCommand): CaseOperation {
    const operation = new Operation(this, command)
    this.#open.add(operation)
    return operation
  }

  over(operation: Operation): void {
    this.#open.delete(operation)
  }

  async note(event: NewLine & Record<string, unknown>): Promise<void> {
    await this.append(event)
  }

  home(device: RecordedDevice, announce: CaseOperation['kept']): CaseHome {
    return homeOf(device, this.folder, this.#options.local, announce)
  }

  async keep(bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes> {
    const hash = createHash('sha256')
    const draft = await this.folder.begin()
    let size = 0
    try {
      for await (const chunk of bytes) {
        hash.update(chunk)
        size += chunk.length
        await draft.write(chunk)
      }
      const sha256 = hash.digest('hex')
      const file = `undo/${sha256}`
      await draft.keep(file)
      return { file, sha256, size }
    } catch (error) {
      await draft.discard()
      throw error
    }
  }

  async close(): Promise<void> {
    for (const operation of [...this.#open]) await operation.abandon()
  }

  /** Where a file is, as lines tell it: below the case, or elsewhere. */
  placeOf(path: string): Pick<CaseFile, 'file' | 'local_path'> {
    const below = relative(this.path, path)
    return below === '' || below.startsWith('..') || below === path ? { local_path: path } : { file: below.split(sep).join('/') }
  }

  /** @throws CbcError io: the line may not be on the disk */
  async append(line: NewLine): Promise<void> {
    const { common, serviceTime } = this.#options
    const service = serviceTime()
    const times =
      service === undefined ? {} : { service_time: new Date(service.time).toISOString(), clock_difference_ms: Math.round(service.ahead) }
    await this.#write([{ ...common, ...line, ...times }])
  }

  async #write(lines: readonly NewLine[]): Promise<void> {
    const { folder, clock, common } = this.#options
    await appendLines(folder, clock, lines, common.who).catch((error: unknown) => {
      const { message, facts } = asCbcError(error)
      throw new CbcError('io', `the case can't be written: ${this.clean(message)}`, {
        ...facts,
        hint: 'nothing is done that the case does not record: make room, or take another folder',
      })
    })
  }
}
