import { asCbcError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import { errorJson } from '../ui/errors.ts'
import { jsonLine } from '../ui/json.ts'
import type { Call } from './call.ts'
import { CURSOR } from './fields.ts'
import { marked } from './mark.ts'
import type { Pages, Part } from './pages.ts'
import type { CallToolResult } from './sdk.ts'
import type { Tool } from './tool.ts'
import { wholeOf } from './whole.ts'

/** How many notices of a call are told. */
const MAX_NOTES = 20

/** Makes what a client gets of what tools come to. */
export class Answers {
  readonly #pages: Pages
  readonly #random: Random
  readonly #withoutSecrets: (text: string) => string

  /** @param withoutSecrets takes credentials out of a text */
  constructor(pages: Pages, random: Random, withoutSecrets: (text: string) => string) {
    this.#pages = pages
    this.#random = random
    this.#withoutSecrets = withoutSecrets
  }

  /** Calls a tool, or gives the next part of what it came to before. A failure is an answer too. */
  async of(tool: Tool, call: Omit<Call, 'notice'>): Promise<CallToolResult> {
    const notes: string[] = []
    try {
      if (call.given[CURSOR] != null) return this.#told(tool, this.#pages.next(tool.name, call.given[CURSOR]), notes)
      const { [CURSOR]: _, ...given } = call.given
      const notice = (line: string) => {
        if (notes.length < MAX_NOTES) notes.push(line)
      }
      const whole = await tool.run({ ...call, given, notice }, (result, effect) => wholeOf(result, effect, value => this.#plain(value)))
      const told = this.#told(tool, this.#pages.first(tool.name, whole), notes)
      return whole.failed ? { ...told, isError: true } : told
    } catch (thrown) {
      return this.failure(tool, thrown, notes)
    }
  }

  /** What a client gets where a tool failed: the error as the contract has it. */
  failure({ source }: Pick<Tool, 'source'>, thrown: unknown, notes: readonly string[] = []): CallToolResult {
    const error = errorJson(asCbcError(thrown))
    return { ...this.#marked({ error, ...(notes.length === 0 ? {} : { notes }) }, source, []), isError: true }
  }

  #told({ name, source }: Tool, part: Part, notes: readonly string[]): CallToolResult {
    const { items, next_cursor } = part
    const more =
      next_cursor === undefined || items === undefined
        ? []
        : [`These are ${items.first} to ${items.last} of ${items.of}: call ${name} with ${CURSOR} "${next_cursor}" for the next ones.`]
    return this.#marked({ ...part, ...(notes.length === 0 ? {} : { notes }) }, source, more)
  }

  #marked(document: object, source: Tool['source'], after: readonly string[]): CallToolResult {
    return marked(this.#plain(document) as object, source, this.#random, after)
  }

  /** JSON of a value: errors as the contract has them, and no credentials. */
  #plain(value: unknown): unknown {
    const text = JSON.stringify(value) === undefined ? 'null' : jsonLine(value)
    return JSON.parse(this.#withoutSecrets(text)) as unknown
  }
}
