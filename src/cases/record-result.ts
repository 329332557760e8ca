import type { CaseFolder } from '../core/case-folder.ts'
import { CbcError } from '../core/errors.ts'
import { encodeBytes, type Result, type Row } from '../core/result.ts'
import type { JournalLine } from './journal-line.ts'
import { KeptResult } from './kept-result.ts'

/** What is to be said of a result at its end. */
export interface RecordedResult {
  result?: NonNullable<JournalLine['result']>
  /** Items failed. */
  isPartial: boolean
  /** Its last row or byte was read. */
  isWhole: boolean
  exit_code?: number
}

/** Bytes of a program's or a file's that are kept as JSON; more are kept as they are. */
const MAX_JSON_BYTES = 8 * 1024 * 1024

/**
 * Writes a result into the case as it is read.
 * @param clean takes secrets out of text
 * @param ended called once, when all of it is read, or nobody reads any more, or reading failed
 */
export async function recordResult(
  result: Result,
  folder: CaseFolder,
  clean: (text: string) => string,
  ended: (recorded: RecordedResult, failure?: unknown) => Promise<void>,
): Promise<Result> {
  switch (result.kind) {
    case 'object': {
      const { value, failed = [] } = result
      const kept = await keepAll(folder, clean(json(failed.length === 0 ? value : { ...value, errors: failed })))
      await ended({ result: kept, isPartial: failed.length > 0, isWhole: true })
      return result
    }
    case 'list':
      return { ...result, rows: await recordRows(result, folder, clean, ended) }
    case 'bytes':
      return { ...result, bytes: recordBytes(result, folder, clean, ended) }
  }
}

type List = Extract<Result, { kind: 'list' }>

/** Rows that are all there are recorded at once, so that they can be shown at once. */
async function recordRows(
  list: List,
  folder: CaseFolder,
  clean: (text: string) => string,
  ended: (recorded: RecordedResult, failure?: unknown) => Promise<void>,
): Promise<List['rows']> {
  if (!Array.isArray(list.rows)) return recorded(list, folder, clean, ended)
  for await (const _ of recorded(list, folder, clean, ended)) continue
  return list.rows
}

async function* recorded(
  { rows, json: shape = row => row, failures, exitCode }: List,
  folder: CaseFolder,
  clean: (text: string) => string,
  ended: (recorded: RecordedResult, failure?: unknown) => Promise<void>,
): AsyncGenerator<Row> {
  const kept = new KeptResult(folder)
  let [count, failed, isWhole] = [0, 0, false]
  let failure: unknown
  try {
    for await (const row of rows) {
      await kept.write(clean(`${count === 0 ? '[' : ',\n'}${json(row['error'] instanceof Error ? row : shape(row))}`))
      count += 1
      if (row['error'] instanceof Error) failed += 1
      yield row
    }
    isWhole = true
  } catch (error) {
    failure = error
    throw error
  } finally {
    await kept.write(count === 0 ? '[]\n' : ']\n')
    const isPartial = failed > 0 || (failures?.().length ?? 0) > 0
    const code = isWhole ? exitCode?.() : undefined
    await ended(
      { result: { ...(await kept.end()), rows: count }, isPartial, isWhole, ...(code === undefined ? {} : { exit_code: code }) },
      failure,
    )
  }
}

async function* recordBytes(
  { bytes, object, exitCode }: Extract<Result, { kind: 'bytes' }>,
  folder: CaseFolder,
  clean: (text: string) => string,
  ended: (recorded: RecordedResult, failure?: unknown) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const kept = new KeptResult(folder, 'bin')
  let held: Uint8Array[] | undefined = []
  let [count, isWhole] = [0, false]
  let failure: unknown
  try {
    for await (const chunk of bytes) {
      count += chunk.length
      // Its memory may be used again for the next one.
      const copy = Buffer.from(chunk)
      if (held !== undefined && count <= MAX_JSON_BYTES) held.push(copy)
      else {
        for (const earlier of held ?? []) await kept.write(earlier)
        held = undefined
        await kept.write(copy)
      }
      yield chunk
    }
    isWhole = true
  } catch (error) {
    failure = error
    throw error
  } finally {
    const whole = held === undefined ? undefined : Buffer.concat(held)
    const result = whole === undefined ? await kept.end() : await keepAll(folder, clean(json(await (object ?? encodeBytes)(whole))))
    await ended({ result, isPartial: false, isWhole, ...(exitCode === undefined ? {} : { exit_code: exitCode }) }, failure)
  }
}

async function keepAll(folder: CaseFolder, text: string): Promise<NonNullable<JournalLine['result']>> {
  const kept = new KeptResult(folder)
  await kept.write(`${text}\n`)
  return await kept.end()
}

/** JSON with failures as the contract describes them. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (item instanceof Error ? errorOf(item) : item))
}

function errorOf(error: Error): unknown {
  return error instanceof CbcError
    ? {
        code: error.code,
        message: error.message,
        ...(error.facts.result_code === undefined ? {} : { result_code: error.facts.result_code }),
      }
    : { code: 'internal', message: error.message }
}
