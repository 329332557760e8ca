import type { ApprovalFields } from '../../../api/device-control.ts'
import { CbcError, type Fault } from '../../../core/errors.ts'
import { Spool } from '../../../core/spool.ts'
import { decodeText } from '../../../core/text/decode.ts'
import { Malformed } from '../../../core/text/malformed.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf, documented, problemsOf } from '../approval-rules.ts'
import { readRows, type FileRow } from './rows.ts'

/** A row of a file whose rows are all valid. */
export interface CheckedRow {
  line: number
  /** With ids in the documented form. */
  approval: ApprovalFields
}

/** An approval that may not be what the user meant. */
interface Doubt extends Fault {
  approval: ApprovalFields
}

/** A file of approvals that was read once and is valid as a whole. */
export interface CheckedFile {
  /** For messages. */
  name: string
  /** Number of approvals. */
  count: number
  /** Whether it has an approval of these devices (`devicesOf`). */
  has(devices: string): boolean
  /** Approvals that are probably wrong, unless an approval or a USB device like them exists. */
  doubts: readonly Doubt[]
  /** The approvals in order. Can be read several times. */
  rows(): AsyncGenerator<CheckedRow>
  close(): Promise<void>
}

type Needs = Pick<OrganizationContext, 'local' | 'stdin' | 'progress' | 'notice' | 'signal'>

/** How many warnings are shown. */
const MAX_SHOWN_WARNINGS = 10

/**
 * Reads a file of approvals and checks every row.
 * @param path a local file; `-` is standard input
 * @throws CbcError usage: rows are wrong, with all of them in `errors`; io: it can't be read
 */
export async function readChecked(path: string, needs: Needs): Promise<CheckedFile> {
  const { name, bytes } = await open(path, needs)
  const check = new Check(name, new Spool<CheckedRow>(needs.local))
  const warn = limited(line => needs.notice(`${name}: ${line}`), MAX_SHOWN_WARNINGS)
  try {
    for await (const row of readRows(decodeText(bytes), warn)) {
      needs.signal.throwIfAborted()
      await check.add(row)
    }
  } catch (error) {
    if (!(error instanceof Malformed)) {
      await check.close()
      throw error
    }
    check.fail(error.line, error.message)
  } finally {
    needs.progress.end()
  }
  return await check.done()
}

async function open(path: string, { local, stdin, progress }: Needs): Promise<{ name: string; bytes: AsyncIterable<Uint8Array> }> {
  if (path === '-') return { name: 'standard input', bytes: stdin() }
  const source = await local.open(path)
  const bytes = async function* () {
    progress.step(`read ${source.name}`, source.size)
    let read = 0
    for await (const chunk of source.bytes()) {
      progress.at((read += chunk.length))
      yield chunk
    }
  }
  return { name: path, bytes: bytes() }
}

/** Collects the rows of a file and their errors. */
class Check {
  readonly #name: string
  readonly #spool: Spool<CheckedRow>
  /** The line of each approval, by its devices. */
  readonly #lines = new Map<string, number>()
  readonly #faults: Fault[] = []
  readonly #doubts: Doubt[] = []

  constructor(name: string, spool: Spool<CheckedRow>) {
    this.#name = name
    this.#spool = spool
  }

  async add({ line, approval: given, problems, doubt }: FileRow): Promise<void> {
    const approval = documented(given)
    // A row that can't be read is not checked further.
    const found = problems.length > 0 ? problems : problemsOf(approval)
    for (const problem of found) this.fail(line, problem)
    if (found.length > 0) return
    const key = devicesOf(approval)
    const before = this.#lines.get(key)
    if (before !== undefined) return this.fail(line, `has the same vendor id, product id and serial number as line ${before}`)
    this.#lines.set(key, line)
    if (doubt !== undefined) this.#doubts.push({ line, message: doubt, approval })
    // After an error, the rows are no longer needed.
    if (this.#faults.length === 0) await this.#spool.add({ line, approval })
  }

  fail(line: number, message: string): void {
    this.#faults.push({ line, message })
  }

  close(): Promise<void> {
    return this.#spool.close()
  }

  /** @throws CbcError usage */
  async done(): Promise<CheckedFile> {
    if (this.#faults.length > 0) {
      await this.close()
      throw wrongRows(this.#name, this.#faults)
    }
    return {
      name: this.#name,
      count: this.#lines.size,
      doubts: this.#doubts,
      has: key => this.#lines.has(key),
      rows: () => this.#spool.all(),
      close: () => this.close(),
    }
  }
}

/** Returns the error for wrong rows of a file. @param faults at least one */
export function wrongRows(name: string, faults: readonly Fault[]): CbcError {
  const [first] = faults
  const message = first !== undefined && faults.length === 1 ? `line ${first.line}: ${first.message}` : `${faults.length} errors`
  return new CbcError('usage', `${name}: ${message}`, { errors: faults, hint: hintOf(faults) })
}

function hintOf(faults: readonly Fault[]): string {
  const encoding = faults.some(({ message }) => message === 'is not UTF-8 text')
  return `nothing was sent${encoding ? '; save it as "CSV UTF-8" in the spreadsheet, or convert it: iconv -f WINDOWS-1252 -t UTF-8' : ''}`
}

/** Limits calls to the first `most`. The next one says that there are more, and the rest are dropped. */
function limited(tell: (line: string) => void, most: number): (line: string) => void {
  let count = 0
  return line => {
    count += 1
    if (count <= most) tell(line)
    else if (count === most + 1) tell('there are more warnings like these')
  }
}
