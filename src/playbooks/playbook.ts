import type { Operator } from '../engine/tokenize.ts'
import { CbcError } from '../core/errors.ts'
import { ExpressionError, parseExpression, type Expression } from './expression.ts'
import type { InputData } from './schema.ts'
import { faulty, type PlaybookFault, type Position, type Source } from './source.ts'
import type { Template } from './template.ts'

/** What a playbook does, as it was read: `check.ts` checks all of it. */
export interface Playbook {
  readonly source: Source
  readonly name: string
  readonly description?: string
  readonly inputs: Readonly<Record<string, InputData>>
  readonly steps: readonly Step[]
  /** What is wrong with it so far. */
  readonly faults: Faults
}

/** One command of a playbook. */
export interface Step {
  /** From 1. */
  readonly number: number
  readonly name?: string
  /** What expressions of later steps call it. */
  readonly id?: string
  readonly template: Template
  /** Where its line stands. @param offset characters into the line */
  position(offset: number): Position
  readonly when?: { readonly expression: Expression; readonly text: string; position(offset: number): Position }
  /** Whether the steps after it have their turn where it fails; `go on` counts what isn't there as a failure too, as the shell does. */
  readonly onError: 'stop' | 'continue' | 'go on'
  /** It has its turn only where the step before it did well (`&&`). */
  readonly chained: boolean
}

/** Collects what is wrong with a playbook, so that all of it is said at once. */
export class Faults {
  readonly #source: Source
  readonly #faults: PlaybookFault[] = []

  constructor(source: Source) {
    this.#source = source
  }

  add(position: Position, message: string): void {
    this.#faults.push({ ...position, message })
  }

  /** Does a part of the work; its failure is a fault at a place. @param position of an offset that the failure names */
  attempt<T>(position: (offset: number) => Position, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.caught(position, error)
      return undefined
    }
  }

  /** Records what was thrown. @throws it, where it is no fault of the playbook */
  caught(position: (offset: number) => Position, error: unknown): void {
    if (error instanceof ExpressionError) this.add(position(error.at), error.message)
    else if (error instanceof CbcError && ['usage', 'not_found'].includes(error.code))
      this.add(position(0), error.facts.hint === undefined ? error.message : `${error.message}; ${error.facts.hint}`)
    else throw error
  }

  /** @throws CbcError usage: there was a fault */
  check(): void {
    if (this.#faults.length > 0) throw faulty(this.#source, this.#faults)
  }
}

/** What stands between words has a meaning only for whoever sits at the shell. */
const NO_OPERATOR: Readonly<Record<Operator, string>> = {
  ';': 'a step is one command: write another step',
  '&&': 'a step is one command: write another step, which has its turn only where this one did well',
  '&': 'steps run one after the other: & has no meaning here',
  '|': "a step's result goes into its row, not to a local command: leave out | and what follows",
  '>': "a step's result goes into its row, not to a local file: leave out > and what follows",
  '>>': "a step's result goes into its row, not to a local file: leave out >> and what follows",
}

/** Makes sure that a step is one command. @returns the template @throws ExpressionError */
export function checkOperators(text: string, template: Template): Template {
  if (text.startsWith('!')) throw new ExpressionError('a line that begins with ! is for the local shell, and no step', 0)
  const operator = template.tokens.find(token => token.kind === 'operator')
  if (operator !== undefined) throw new ExpressionError(NO_OPERATOR[operator.text], operator.at)
  if (template.tokens.length === 0) throw new ExpressionError('there is no command', 0)
  return template
}

/** Reads a condition. @throws ExpressionError */
export function conditionOf(text: string | boolean): Expression {
  return typeof text === 'boolean' ? { kind: 'literal', value: text } : parseExpression(text)
}
