import { usage } from '../errors.ts'

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

/** What reading a text threw: where that is no text, a failure that names its file. */
export function orUsage(error: unknown, name: string): unknown {
  return error instanceof Malformed ? usage(`${name}: line ${error.line}: ${error.message}`, 'save it as UTF-8, or as UTF-16') : error
}
