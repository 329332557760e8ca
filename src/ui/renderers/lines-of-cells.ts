import type { Column, Row } from '../../core/result.ts'
import { writeEach } from '../buffered-output.ts'
import { selectColumns } from '../select-columns.ts'
import type { Batches, Rendering } from './renderer.ts'

/** How a row and the heading above all rows are written. */
interface LineForm {
  heading(columns: readonly Column[]): string
  line(row: Row, columns: readonly Column[]): string
}

/** Returns the columns of one object: those asked for, or its own. */
export function plainColumns(value: Row, own: readonly Column[], options: Rendering): Column[] {
  return selectColumns(options.columns, own, [value], options).filter(isPlain)
}

/** Writes one line for each row as soon as it is there. The heading is written even without rows. */
export async function writeLines(batches: Batches, own: readonly Column[], options: Rendering, { heading, line }: LineForm): Promise<void> {
  const { columns: wanted, headless, stdout } = options
  const plain = own.filter(isPlain)
  let columns: Column[] | undefined
  for await (const rows of batches) {
    if (columns === undefined) {
      columns = selectColumns(wanted, plain, rows.slice(0, 1), options)
      if (!headless) await stdout.write(heading(columns))
    }
    const chosen = columns
    await writeEach(stdout, rows, row => line(row, chosen))
  }
  if (columns === undefined && !headless) await stdout.write(heading(selectColumns(wanted, plain, [])))
}

/** Whether a column is shown everywhere, also in lines of cells. */
function isPlain({ only }: Column): boolean {
  return only === undefined
}
