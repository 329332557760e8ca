import type { Run } from '../../processes/run.ts'
import type { PsError } from './errors.ts'
import type { Statement } from './syntax.ts'
import type { ScriptBlock, Value } from './values.ts'

/** What expressions and cmdlets see of what runs the script. */
export interface Context {
  readonly run: Run
  /** `$?`: whether the last statement went well. */
  ok: boolean
  /** @param name in lower case, with its scope if any: `env:temp` */
  variable(name: string): Value
  set(name: string, value: Value): void
  /** Runs statements and gathers what comes of them. */
  statements(body: readonly Statement[]): Promise<Value[]>
  /** Runs a block with variables of its own. */
  call(block: ScriptBlock, variables: Record<string, Value>): Promise<Value[]>
  /**
   * Tells of an error that doesn't end the script, by what was asked for then.
   * @param action as `-ErrorAction` takes it; default: `$ErrorActionPreference`
   * @throws PsError it is to stop
   */
  tell(error: PsError, command: string, action?: string): void
}

/** A script leaves what it is in: with these values. */
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
