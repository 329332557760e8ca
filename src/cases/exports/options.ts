import type { CaseMoment } from './moment.ts'

/** What all exports are made of. */
export interface ExportOptions {
  moment: CaseMoment
  /** What is wrong with the case, a sentence each: it is said in what is exported, too. */
  problems: readonly string[]
  /** Milliseconds since 1970. */
  now: number
  /** Is told what could not be exported, and why. */
  left(what: string): void
}
