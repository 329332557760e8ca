import { usage } from '../../../core/errors.ts'
import { parseCount } from '../../../core/quantity.ts'
import { required, value } from '../../define.ts'

export const FILE = required('local-path', 'CSV or JSON file; - is standard input')

/** How many approvals one request creates by default. */
export const DEFAULT_BATCH_ROWS = 100
const MAX_BATCH_ROWS = 1000

export const BATCH_SIZE = value('--batch-size <n>', `how many approvals one request creates; default: ${DEFAULT_BATCH_ROWS}`, {
  parse: readBatchSize,
})

/** Part of the help of the commands that take a file. */
export const FORMATS =
  '<file> is CSV with the columns vendor_id, product_id, serial_number, approval_name and notes, or JSON: an array, or one object per line. ' +
  "An export or a spreadsheet's CSV can be used unchanged: columns may be in any order, and others are ignored. Every row is checked before anything is sent; if any row is wrong, nothing is sent. "

function readBatchSize(text: string): number {
  const size = parseCount(text, '--batch-size', 1)
  if (size > MAX_BATCH_ROWS) throw usage(`--batch-size: "${text}" is more than ${MAX_BATCH_ROWS}`)
  return size
}
