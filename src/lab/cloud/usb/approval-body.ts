import { CsvError, parseCsv } from '../csv.ts'
import { decodeText, HttpError, readBytes, readJson } from '../http.ts'
import { APPROVAL_FIELDS, parseApproval } from './approval.ts'
import type { ApprovalFields } from './state.ts'

/** Enough for tens of thousands of approvals at once. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/** Read-only columns, which are ignored so that an export can be imported again unchanged. */
const IGNORED = ['id', 'vendor_name', 'product_name', 'created_at', 'updated_at', 'updated_by']

/**
 * Reads the body of "Bulk Create Approvals": JSON or CSV, according to its content type.
 * @throws HttpError 400: the body or one of the approvals is invalid
 */
export async function readApprovals(request: Request): Promise<ApprovalFields[]> {
  const csv = /^(text|application)\/csv\s*(;|$)/i.test(request.headers.get('content-type') ?? '')
  const approvals = csv ? fromCsv(await readBytes(request, MAX_BODY_BYTES)) : fromJson(await readJson(request, MAX_BODY_BYTES))
  if (approvals.length === 0) throw new HttpError(400, 'Body has no approvals')
  return approvals
}

function fromJson(json: unknown): ApprovalFields[] {
  if (!Array.isArray(json)) throw new HttpError(400, 'Body must be a list of approvals')
  return json.map((approval, index) => parseApproval(approval, `approval ${index}`))
}

/** Reads CSV. The first line names the columns, in any order. */
function fromCsv(bytes: Uint8Array): ApprovalFields[] {
  const [header, ...rows] = rowsOf(bytes)
  const columns = header?.fields.map(name => name.trim()) ?? []
  const unknown = columns.find(name => ![...APPROVAL_FIELDS, ...IGNORED].includes(name))
  if (unknown !== undefined)
    throw new HttpError(400, `Unknown column ${JSON.stringify(unknown)}: the first line names ${APPROVAL_FIELDS.join(',')}`)
  if (new Set(columns).size < columns.length) throw new HttpError(400, 'A column is there twice')
  return rows.map(({ line, fields }) => {
    if (fields.length !== columns.length) throw new HttpError(400, `line ${line} has ${fields.length} fields, not ${columns.length}`)
    return parseApproval(Object.fromEntries(columns.map((name, index) => [name, fields[index]])), `line ${line}`)
  })
}

function rowsOf(bytes: Uint8Array) {
  try {
    return parseCsv(decodeText(bytes))
  } catch (error) {
    if (error instanceof CsvError) throw new HttpError(400, error.message)
    throw new HttpError(400, 'Request body is not UTF-8')
  }
}
