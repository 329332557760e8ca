/** What is about to happen, to be confirmed first. Its parts hold what an endpoint says: whoever shows them keeps each on one line. */
export interface Question {
  /** In words: `delete 2 on WIN-FIN-01`. */
  what: string
  /** What exactly, or to what, one a line. */
  to?: readonly string[]
}
