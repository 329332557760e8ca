import { STATUS, type Status } from './constants.ts'

/** The reason why a request is not done, as the client gets it. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: Status

  constructor(status: Status, message: string) {
    super(message)
    this.status = status
  }
}

/** The refusal of what can't be done here, whatever it is pointed at. */
export function unsupported(message: string): Refusal {
  return new Refusal(STATUS.OP_UNSUPPORTED, message)
}
