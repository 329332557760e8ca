import { asCbcError, EXIT_CODES, type ErrorCode } from '../../core/errors.ts'

/** The result of one check. */
export interface Finding {
  check: string
  /** null: the check was not made, and `detail` says why. */
  ok: boolean | null
  detail: string
  /** What to do. */
  hint?: string
  /** Set if the check failed: the kind of failure. */
  code?: ErrorCode
}

export function passed(check: string, detail: string, hint?: string): Finding {
  return { check, ok: true, detail, ...(hint === undefined ? {} : { hint }) }
}

export function failed(check: string, code: ErrorCode, detail: string, hint?: string): Finding {
  return { check, ok: false, detail, code, ...(hint === undefined ? {} : { hint }) }
}

/** @param why the check was not made */
export function skipped(check: string, why: string): Finding {
  return { check, ok: null, detail: why }
}

/** Returns the finding for a check that ended in an error. */
export function failure(check: string, thrown: unknown): Finding {
  const {
    code,
    message,
    facts: { hint },
  } = asCbcError(thrown)
  return failed(check, code, message, hint)
}

/** Error codes, the worst first: those that everything else depends on. */
const WORST: readonly ErrorCode[] = ['interrupted', 'network', 'timeout', 'auth', 'not_found', 'usage', 'io']

/** Returns the exit code of the worst finding. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const codes = new Set(findings.filter(({ ok }) => ok === false).map(({ code }) => code ?? 'internal'))
  const worst = WORST.find(code => codes.has(code)) ?? [...codes][0]
  return worst === undefined ? 0 : EXIT_CODES[worst]
}
