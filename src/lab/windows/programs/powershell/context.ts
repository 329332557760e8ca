import type { Run } from '../../processes/run.ts'
import type { PsError } from './errors.ts'
import type { Statement } from './syntax.ts'
import type { ScriptBlock, Value } from './values.ts'

/** The part of the script's shell that expressions and cmdlets use. */
export interface Context {
  readonly run: Run
  /** `$?`: whether the last statement succeeded. */
  ok: boolean
  /** @param name in lower case, with its scope if any: `env:temp` */
  variable(name: string): Value
  set(name: string, value: Value): void
  /** Runs statements, and returns their output. */
  statements(body: readonly Statement[]): Promise<Value[]>
  /** Runs a block with its own variables. */
  call(block: ScriptBlock, variables: Record<string, Value>): Promise<Value[]>
  /**
   * Reports an error that doesn't end the script by itself, as requested by `action`.
   * @param action a value of `-ErrorAction`; default: `$ErrorActionPreference`
   * @throws PsError when the action is to stop
   */
  reportError(error: PsError, command: string, action?: string): void
}

/** The script leaves a loop, function or the script itself, with these values. */
export class Flow extends Error {
  override name = 'Flow'
  readonly word: 'return' | 'break' | 'continue' | 'exit'
  readonly values: Value[]
  constructor(word: Flow['word'], values: Value[]) {
    super(word)
    this.word = word
    this.values = values
  }
}
