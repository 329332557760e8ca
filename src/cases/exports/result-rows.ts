import type { CaseFolder } from '../../core/case-folder.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Row } from '../../core/result.ts'
import { IncrementalJson } from '../../core/text/incremental-json.ts'
import type { JournalLine } from '../journal-line.ts'

/** How deep the brackets of a result may be nested. */
const MAX_DEPTH = 200

/** Whether a line tells of a result with rows: what a program or file had too much of is kept as it is. */
export function hasRows<Told extends Pick<NonNullable<JournalLine['result']>, 'file'>>(result: Told | undefined): result is Told {
  return typeof result?.file === 'string' && result.file.endsWith('.json')
}

/**
 * Yields the objects of a result that was kept: the items of a list, of the lists in an object, and the object itself without those. However
 * long a list is, it is never in memory as a whole.
 * @throws SyntaxError, TooDeep: it is not JSON; CbcError not_found, io
 */
export async function* resultRows(folder: CaseFolder, file: string): AsyncGenerator<Row> {
  let rows: Row[] = []
  const reader = new IncrementalJson({
    parse: bytes => JSON.parse(Buffer.from(bytes).toString()) as unknown,
    item: value => {
      if (!isRecord(value)) return value
      rows.push(value)
      return undefined
    },
    depth: MAX_DEPTH,
  })
  for await (const chunk of folder.read(file)) {
    reader.push(chunk)
    yield* rows
    rows = []
  }
  const whole = reader.end()
  yield* rows
  if (isRecord(whole)) yield withoutRows(whole)
}

function withoutRows(whole: Row): Row {
  return Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [name, Array.isArray(value) ? value.filter(item => item !== undefined) : value]),
  )
}
