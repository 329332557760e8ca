import { asCbcError, EXIT_CODES, type ErrorCode } from '../../core/errors.ts'

/** What one check came to. */
export interface Finding {
  check: string
  /** null: it was not made, and `detail` says why. */
  ok: boolean | null
  detail: string
  /** What to do. */
  hint?: string
  /** Of one that failed: what kind of failure. */
  code?: ErrorCode
}

export function passed(check: string, detail: string, hint?: string): Finding {
  return { check, ok: true, detail, ...(hint === undefined ? {} : { hint }) }
}

export function failed(check: string, code: ErrorCode, detail: string, hint?: string): Finding {
  return { check, ok: false, detail, code, ...(hint === undefined ? {} : { hint }) }
}

/** @param why it was not made */
export function skipped(check: string, why: string): Finding {
  return { check, ok: null, detail: why }
}

/** A check that ended in an error. */
export function failure(check: string, thrown: unknown): Finding {
  const {
    code,
    message,
    facts: { hint },
  } = asCbcError(thrown)
  return failed(check, code, message, hint)
}

/** The worst first: what all else hangs on. */
const WORST: readonly ErrorCode[] = ['interrupted', 'network', 'timeout', 'auth', 'not_found', 'usage', 'io']

/** The exit code of the worst of them. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const codes = new Set(findings.filter(({ ok }) => ok === false).map(({ code }) => code ?? 'internal'))
  const worst = WORST.find(code => codes.has(code)) ?? [...codes][0]
  return worst === undefined ? 0 : EXIT_CODES[worst]
}
