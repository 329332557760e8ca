import { asCbcError, type CbcError } from '../core/errors.ts'
import { isJson, type Format } from '../core/format.ts'
import { ClosedPipe, type Output } from '../core/ports.ts'
import { errorDocument } from './errors.ts'
import { message } from './message.ts'

/**
 * What is told beside a result. People see it at once. With JSON a program reads stderr, and expects one document there if the work fails:
 * then it is held back until the end, and becomes a part of that document. Nothing is told with `--quiet`.
 */
export class Notices {
  readonly #stderr: Output
  readonly #quiet: boolean
  #held: string[] | undefined
  #partial: CbcError | undefined

  /** @param work whether the work has an end, or else goes on until it is stopped and can't hold anything back */
  constructor(stderr: Output, { quiet, output }: { quiet?: boolean; output?: Format }, work: 'ends' | 'goes on') {
    this.#stderr = stderr
    this.#quiet = quiet === true
    if (work === 'ends' && isJson(output)) this.#held = []
  }

  async tell(line: string): Promise<void> {
    if (this.#quiet) return
    if (this.#held !== undefined) this.#held.push(line)
    else await this.#stderr.write(message(`cbc: ${line}`, this.#stderr))
  }

  /** Reports, when the work has ended, that a part of it failed. */
  partial(error: CbcError): void {
    this.#partial = error
  }

  /** Tells what was held back, and from now on everything at once. */
  async release(): Promise<void> {
    const held = this.#held ?? []
    this.#held = undefined
    for (const line of held) await this.tell(line)
  }

  /** Does work. What was told meanwhile and is still held back becomes a part of its error, or is told when it has ended well. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    let done: T
    try {
      done = await work()
    } catch (error) {
      throw error instanceof ClosedPipe ? error : this.#into(error)
    }
    if (this.#partial === undefined) await this.release()
    else await this.#stderr.write(errorDocument(asCbcError(this.#into(this.#partial))))
    return done
  }

  #into(error: unknown): unknown {
    const notices = this.#held ?? []
    if (notices.length === 0) return error
    const failure = asCbcError(error)
    return failure.with(failure.message, { notices })
  }
}
