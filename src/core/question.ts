/** What is about to happen, to be confirmed first. Its parts hold what an endpoint says: whoever shows them keeps each on one line. */
export interface Question {
  /** In words: `delete 2 on WIN-FIN-01`. */
  what: string
  /** What exactly, or to what, one a line; all of it, however much that is. */
  to?: readonly string[]
  /** `to` was shown already, as a table. */
  shown?: boolean
}
