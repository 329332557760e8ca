import type { Secret } from '../../core/secret.ts'
import type { MaxFailures } from '../../runs/gate.ts'
import type { Shard } from '../../runs/select.ts'

/** What was said with `--queue`: `none` is no queue server, where the environment or the profile names one. */
export type QueueChoice = Secret | 'none' | undefined

/** Options for running on several devices: section 3 of the contract. */
export interface RunOptions {
  parallel?: number
  /** Where the devices are shared among machines. */
  queue?: QueueChoice
  wait?: number
  resume?: string
  again?: string
  shard?: Shard
  canary?: number
  maxFailures?: MaxFailures
  maxBytes?: number
  maxBytesPerDevice?: number
  store?: string
}
