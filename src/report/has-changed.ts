import type { Entry } from './entry.ts'

/**
 * Whether a command that has ended changed something. Putting back is told by itself, and does not count.
 * @param finished its last line
 * @param sent how many changes were sent; of what a worker did, only the outcome is known
 */
export function hasChanged({ effect, verb, outcome, failed_steps: failed = [] }: Entry, sent: number): boolean {
  const isChange = (effect === 'change' || effect === 'destroy') && verb !== 'case undo'
  return isChange && (sent > 0 ? sent > failed.length : outcome !== 'failed')
}
