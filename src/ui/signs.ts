import type { Mark } from '../core/result.ts'

/** The sign in front of what has a mark. */
export const SIGNS: Record<Mark, string> = { good: '✓', bad: '✗', odd: '!', skipped: '–' }
