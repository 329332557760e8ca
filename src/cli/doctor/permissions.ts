import { CbcError } from '../../core/errors.ts'
import type { Connection } from '../../engine/connection.ts'
import type { Bounded } from './bounded.ts'
import { failed, passed, skipped, type Finding } from './finding.ts'
import { PROBES, UNKNOWABLE, USES, type Probe } from './probes.ts'

/** What came of a probe: its permissions are there; some of them are missing, those that the service named; or nothing can be said. */
type Outcome = { kind: 'there' } | { kind: 'missing'; named: readonly string[] } | { kind: 'unknown'; why: string }

/** Probes that are under way together. */
const CONCURRENT_PROBES = 4

/**
 * Each permission of the documents: there, missing, or not to be known.
 * @param readOnly nothing is sent that would be a change if there were what it is about
 */
export async function* permissions(connection: Connection, bounded: Bounded, readOnly: boolean): AsyncGenerator<Finding> {
  const found = new Evidence(await outcomes(connection, bounded, readOnly))
  for (const [permission, use] of Object.entries(USES)) yield found.on(permission, use)
}

async function outcomes(connection: Connection, bounded: Bounded, readOnly: boolean): Promise<[Probe, Outcome][]> {
  const waiting = [...PROBES]
  const done = new Map<Probe, Outcome>()
  const worker = async () => {
    for (let probe = waiting.shift(); probe !== undefined; probe = waiting.shift()) {
      done.set(
        probe,
        readOnly && probe.changes
          ? { kind: 'unknown', why: 'read-only: what finds it out is no read' }
          : await outcomeOf(probe, connection, bounded),
      )
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_PROBES }, worker))
  return [...done]
}

async function outcomeOf({ call }: Probe, connection: Connection, bounded: Bounded): Promise<Outcome> {
  try {
    await bounded('the service does not answer', signal => call(connection, signal))
    return { kind: 'there' }
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    const { http_status: status, limit, disabled, lacking = [] } = error.facts
    // Whoever gets as far as this has been let through.
    if (limit || status === 400 || status === 404 || status === 409) return { kind: 'there' }
    if (status === 403 && !disabled) return { kind: 'missing', named: lacking }
    return { kind: 'unknown', why: error.message }
  }
}

/** What the probes together say of each permission. */
class Evidence {
  readonly #there = new Set<string>()
  readonly #missing = new Set<string>()
  /** Of those it is only known that one at least is missing. */
  readonly #doubtful = new Map<string, readonly string[]>()
  readonly #unknown = new Map<string, string>()

  constructor(outcomes: readonly [Probe, Outcome][]) {
    for (const [{ needs }, outcome] of outcomes) if (outcome.kind === 'there') for (const need of needs) this.#there.add(need)
    for (const [{ needs }, outcome] of outcomes) {
      if (outcome.kind === 'unknown') for (const need of needs) this.#unknown.set(need, outcome.why)
      if (outcome.kind !== 'missing') continue
      const left = needs.filter(need => !this.#there.has(need))
      const named = left.length === 1 ? left : outcome.named
      for (const need of named) this.#missing.add(need)
      if (named.length === 0) for (const need of left) this.#doubtful.set(need, left)
      // Some services name all that is missing, others the first.
      else for (const need of left) this.#unknown.set(need, `the call that tells needs ${named.join(', ')} too`)
    }
  }

  /** @param use what the permission is for */
  on(permission: string, use: string): Finding {
    const check = `permission ${permission}`
    if (this.#missing.has(permission))
      return failed(check, 'auth', `missing: for ${use}`, 'add it to the access level of the key (console: Settings > API Access)')
    if (this.#there.has(permission)) return passed(check, `for ${use}`)
    const group = this.#doubtful.get(permission)
    if (group !== undefined)
      return failed(
        check,
        'auth',
        `missing, or another one of ${group.join(', ')} is: for ${use}`,
        'see that the access level of the key has all of them (console: Settings > API Access)',
      )
    return skipped(check, `not checked: ${UNKNOWABLE[permission] ?? this.#unknown.get(permission) ?? 'nothing tells'}; for ${use}`)
  }
}
