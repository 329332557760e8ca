import { CbcError } from '../../core/errors.ts'
import type { Connection } from '../../engine/connection.ts'
import type { Bounded } from './time-limit.ts'
import { failed, passed, skipped, type Finding } from './finding.ts'
import { PROBES, UNTESTABLE_PERMISSIONS, USES, type Probe } from './probes.ts'

/** The result of a probe: the key has the permissions; some are missing, perhaps named by the service; or nothing can be said. */
type Outcome = { kind: 'granted' } | { kind: 'missing'; named: readonly string[] } | { kind: 'unknown'; why: string }

/** How many probes run at the same time. */
const CONCURRENT_PROBES = 4

/**
 * Checks each permission that the API documents name: the key has it, lacks it, or there is no way to know.
 * @param readOnly skip probes that would change something if their target existed
 */
export async function* checkPermissions(connection: Connection, bounded: Bounded, readOnly: boolean): AsyncGenerator<Finding> {
  const evidence = new Evidence(await runProbes(connection, bounded, readOnly))
  for (const [permission, use] of Object.entries(USES)) yield evidence.findingFor(permission, use)
}

async function runProbes(connection: Connection, bounded: Bounded, readOnly: boolean): Promise<[Probe, Outcome][]> {
  const waiting = [...PROBES]
  const done = new Map<Probe, Outcome>()
  const worker = async () => {
    for (let probe = waiting.shift(); probe !== undefined; probe = waiting.shift()) {
      done.set(
        probe,
        readOnly && probe.changes
          ? { kind: 'unknown', why: 'read-only: the call that would tell is a change' }
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
    return { kind: 'granted' }
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    const { http_status: status, limit, disabled, lacking = [] } = error.facts
    // The service checks permissions first: these answers mean that the key passed.
    if (limit || status === 400 || status === 404 || status === 409) return { kind: 'granted' }
    if (status === 403 && !disabled) return { kind: 'missing', named: lacking }
    return { kind: 'unknown', why: error.message }
  }
}

/** What the probes together say about each permission. */
class Evidence {
  readonly #granted = new Set<string>()
  readonly #missing = new Set<string>()
  /** Permissions of which at least one is missing, each with its whole group. */
  readonly #doubtful = new Map<string, readonly string[]>()
  readonly #unknown = new Map<string, string>()

  constructor(outcomes: readonly [Probe, Outcome][]) {
    for (const [{ needs }, outcome] of outcomes) if (outcome.kind === 'granted') for (const need of needs) this.#granted.add(need)
    for (const [{ needs }, outcome] of outcomes) {
      if (outcome.kind === 'unknown') for (const need of needs) this.#unknown.set(need, outcome.why)
      if (outcome.kind !== 'missing') continue
      const left = needs.filter(need => !this.#granted.has(need))
      const named = left.length === 1 ? left : outcome.named
      for (const need of named) this.#missing.add(need)
      if (named.length === 0) for (const need of left) this.#doubtful.set(need, left)
      // Some services name everything that is missing, others only the first.
      else for (const need of left) this.#unknown.set(need, `the call that would tell also needs ${named.join(', ')}`)
    }
  }

  /** @param use what the permission is for */
  findingFor(permission: string, use: string): Finding {
    const check = `permission ${permission}`
    if (this.#missing.has(permission))
      return failed(check, 'auth', `missing: for ${use}`, 'add it to the access level of the key (console: Settings > API Access)')
    if (this.#granted.has(permission)) return passed(check, `for ${use}`)
    const group = this.#doubtful.get(permission)
    if (group !== undefined)
      return failed(
        check,
        'auth',
        `at least one of ${group.join(', ')} is missing: for ${use}`,
        'make sure that the access level of the key has all of them (console: Settings > API Access)',
      )
    return skipped(
      check,
      `not checked: ${UNTESTABLE_PERMISSIONS[permission] ?? this.#unknown.get(permission) ?? 'no call would tell'}; for ${use}`,
    )
  }
}
