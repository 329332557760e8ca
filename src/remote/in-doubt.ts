import type { Command } from '../api/live-response.ts'
import { asCbcError, CbcError, type ErrorCode, type ErrorFacts } from '../core/errors.ts'

/** A change whose outcome is not known, or not yet. */
export interface Doubt {
  /** In words: `rm C:\x`. */
  what: string
  deviceId: number
  /** The session that it was issued in. */
  sessionId: string
  /** Its command id there, when the service is known to have accepted it. */
  id?: number
  /** Its last known state, when that could still be asked for. */
  state?: Command
}

/** A failure that leaves a change in doubt: `unknown_outcome`, or whatever stopped the work. */
export class InDoubt extends CbcError {
  readonly doubt: Doubt
  /** What stopped the work, when that wasn't a failure of the service. */
  readonly reason: CbcError | undefined

  constructor(code: ErrorCode, message: string, doubt: Doubt, facts: ErrorFacts = {}, reason?: CbcError) {
    super(code, message, { ...facts, ...(isKnown(doubt) ? {} : { hint: hintOf(code, doubt) }), device_id: doubt.deviceId })
    this.doubt = doubt
    this.reason = reason
  }

  /** Returns the same doubt with another message: a failure that is told in other words leaves open what it left open. */
  override with(message: string, facts: ErrorFacts = {}): InDoubt {
    const same = new InDoubt(this.code, message, this.doubt, this.facts, this.reason)
    // A hint that is given here replaces that of the doubt: `lr kill` ends what is known to run.
    Object.assign(same.facts, facts)
    return same
  }

  /** Whether the outcome still has to be looked up. */
  get isOpen(): boolean {
    return !isKnown(this.doubt)
  }
}

/** Returns an `unknown_outcome` error for a change. @param why the whole message: what the change is and what is known of it */
export function inDoubt(why: string, doubt: Doubt, facts: ErrorFacts = {}): InDoubt {
  return new InDoubt('unknown_outcome', why, doubt, facts)
}

/** Returns the same for work that was stopped: Ctrl-C stays Ctrl-C, and a command that is known to run past its time is a timeout. */
export function stoppedInDoubt(reason: unknown, doubt: Doubt, why = inWords(doubt)): InDoubt {
  const cause = asCbcError(reason)
  if (cause.code !== 'timeout') return new InDoubt(cause.code, `${cause.message}; ${why}`, doubt, cause.facts, cause)
  return new InDoubt(
    doubt.state === undefined ? 'unknown_outcome' : 'timeout',
    `${cause.message}; ${fate(doubt)}`,
    doubt,
    cause.facts,
    cause,
  )
}

function isKnown({ state }: Doubt): boolean {
  return state?.status === 'COMPLETE' || state?.status === 'ERROR'
}

function inWords(doubt: Doubt): string {
  return `${doubt.what}: ${fate(doubt)}`
}

function fate({ state }: Doubt): string {
  switch (state?.status) {
    case undefined:
      return 'it may or may not have happened'
    case 'COMPLETE':
      return 'it was done'
    case 'ERROR':
      return 'it failed on the endpoint'
    default:
      return 'it is still under way'
  }
}

function hintOf(code: ErrorCode, doubt: Doubt): string {
  return `look before you do it again: ${lookAt(doubt)}${code === 'timeout' ? '; give it longer with --timeout 10m' : ''}`
}

function lookAt({ deviceId, id }: Doubt): string {
  return id === undefined
    ? `\`cbc lr command list ${deviceId}\` shows the commands of its session, as long as that is open`
    : `\`cbc lr command get ${deviceId} ${id}\` shows how it ended`
}
