import { usage } from '../../../core/errors.ts'
import { parseCount } from '../../../core/quantity.ts'
import { required, value } from '../../define.ts'

export const FILE = required('local-path', 'CSV or JSON file; - is standard input')

/** Approvals that are created with one request. */
export const DEFAULT_BATCH_ROWS = 100
const MAX_BATCH_ROWS = 1000

export const BATCH_SIZE = value('--batch-size <n>', `approvals that are created with one request, default: ${DEFAULT_BATCH_ROWS}`, {
  parse: readBatchSize,
})

/** For the help of what takes a file. */
export const FORMATS =
  '<file> is CSV with the columns vendor_id, product_id, serial_number, approval_name and notes, or JSON: an array, or an object a line. ' +
  "An export can be taken as it is, and a spreadsheet's CSV too: columns may be in any order, and others are left out. Every row is checked before anything is sent; if one is wrong, nothing is. "

function readBatchSize(text: string): number {
  const size = parseCount(text, '--batch-size', 1)
  if (size > MAX_BATCH_ROWS) throw usage(`--batch-size: "${text}" is more than ${MAX_BATCH_ROWS}`)
  return size
}
