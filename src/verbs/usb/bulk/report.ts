import { fieldsOf, type Column, type Result, type Row } from '../../../core/result.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { ACTION, APPROVAL, APPROVAL_ROW } from '../columns.ts'
import type { CheckedFile } from './checked-file.ts'
import { changesOf, inWords, noCounts, type Counts } from './plan.ts'

type List = Extract<Result, { kind: 'list' }>

const LINE: Column = { key: 'line', align: 'right' }
const CHANGES: Column = { key: 'changes', text: changesInWords, evidence: true }

/** What `--columns` accepts for the rows of a file. */
export const REPORT_ROW = [...fieldsOf([LINE, CHANGES]), ...APPROVAL_ROW]

export const DONE = { create: '# created', update: '# updated', delete: '# deleted', unchanged: '# unchanged' }

/**
 * Returns what was done with each row of a file, followed by a summary. The file is closed at the end.
 * @param more is appended to the summary
 */
export function done(file: CheckedFile, rows: AsyncIterable<Row>, { show }: Pick<OrganizationContext, 'show'>, more = ''): List {
  const counts = noCounts()
  return {
    kind: 'list',
    columns: [ACTION, LINE, ...APPROVAL],
    rows: closing(file, counted(rows, counts)),
    done() {
      const words = inWords(counts, DONE)
      void show(`${file.name}: ${changesOf(counts) > 0 ? words : ['nothing changed', words].filter(Boolean).join(', ')}${more}`)
    },
  }
}

/** Returns what would be done with each row. */
export function planned(rows: List['rows']): List {
  return { kind: 'list', columns: [ACTION, LINE, ...APPROVAL, CHANGES], rows }
}

/** Yields rows and then closes their file. */
export async function* closing(file: CheckedFile, rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  try {
    yield* rows
  } finally {
    await file.close()
  }
}

async function* counted(rows: AsyncIterable<Row>, counts: Counts): AsyncGenerator<Row> {
  for await (const row of rows) {
    if (row['error'] === undefined) counts[row['action'] as keyof Counts] += 1
    yield row
  }
}

function changesInWords({ changes = {} }: Row): string {
  const fields = Object.entries(changes as Record<string, { before: string; after: string }>)
  return fields.map(([field, { before, after }]) => `${field} "${before}" → "${after}"`).join('; ')
}
