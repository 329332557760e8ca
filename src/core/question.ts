/** A change that the user has to confirm. Its texts come from an endpoint: the code that shows them keeps each on one line. */
export interface Question {
  /** The change, in words: `delete 2 on WIN-FIN-01`. */
  what: string
  /** All targets or details, one a line. */
  to?: readonly string[]
  /** How many of `to` are shown at most, before how many more there are. */
  most?: number
  /** `to` was already shown, as a table. */
  shown?: boolean
}
