/** Text that is not of the form that it should have, and on which line (from 1) that shows. */
export class Malformed extends Error {
  override name = 'Malformed'
  readonly line: number

  /** @param why what is wrong there, without the line: `a quote is not closed` */
  constructor(line: number, why: string) {
    super(why)
    this.line = line
  }
}
