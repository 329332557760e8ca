import { usage } from '../errors.ts'

/** Text that does not have the expected form, with the line (from 1) of the fault. */
export class Malformed extends Error {
  override name = 'Malformed'
  readonly line: number

  /** @param why what is wrong, without the line: `a quote is not closed` */
  constructor(line: number, why: string) {
    super(why)
    this.line = line
  }
}

/** Turns a `Malformed` into a usage error that names the file; any other error is returned as it is. */
export function orUsage(error: unknown, name: string): unknown {
  return error instanceof Malformed ? usage(`${name}: line ${error.line}: ${error.message}`, 'save it as UTF-8, or as UTF-16') : error
}
