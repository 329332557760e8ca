import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import type { OpenRuntime } from '../../engine/remote-job.ts'
import type { AnyVerb } from '../../verbs/define.ts'
import type { RunOptions } from './run-options.ts'

/** A verb and the devices that it runs on. */
export interface Several {
  verb: AnyVerb
  input: Record<string, unknown>
  /** Leave the sessions open. */
  keep: boolean
  options: RunOptions
  globals: Globals
  host: Host
  runtime: Omit<OpenRuntime, 'close'>
}
