import { asCbcError, CbcError, type ErrorCode } from '../core/errors.ts'
import { ACCESS_DENIED, resultCode } from '../remote/hresult.ts'
import { escapeLine } from '../ui/escape.ts'
import { STATUS, type Status } from './protocol/constants.ts'
import { Refusal } from './protocol/refusal.ts'

/** The status for each kind of failure; for any other it is that of a failure. */
const STATUS_OF: Partial<Record<ErrorCode, Status>> = {
  not_found: STATUS.NO_SUCH_FILE,
  auth: STATUS.PERMISSION_DENIED,
  refused: STATUS.PERMISSION_DENIED,
}

/** Access denied on endpoints that don't speak in Win32 codes: STATUS_ACCESS_DENIED, and as an HRESULT. */
const DENIED: ReadonlySet<number | undefined> = new Set([ACCESS_DENIED, 0xc0000022, 0xd0000022])

/** Returns the refusal that a failure becomes. Its message is safe to show: clients print it as it is. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return new Refusal(error.status, escapeLine(error.message))
  const { code, message } = asCbcError(error)
  const status = DENIED.has(resultCode(error)) ? STATUS.PERMISSION_DENIED : (STATUS_OF[code] ?? STATUS.FAILURE)
  return new Refusal(status, escapeLine(message))
}

/** How many different failures are told. */
const MAX_TOLD = 1000
/** What a client's own words for a status leave open. */
const TOLD: ReadonlySet<Status> = new Set([STATUS.FAILURE, STATUS.PERMISSION_DENIED])

/** Returns what turns failures into refusals, and tells the user why: clients show only "Failure". Each is told once. */
export function failuresTold(notice: (line: string) => void): (error: unknown) => Refusal {
  const told = new Set<string>()
  return error => {
    const refusal = refusalOf(error)
    const isNews = TOLD.has(refusal.status) && !(error instanceof CbcError && error.code === 'interrupted') && !told.has(refusal.message)
    if (isNews && told.size < MAX_TOLD) {
      told.add(refusal.message)
      notice(refusal.message)
    }
    return refusal
  }
}
