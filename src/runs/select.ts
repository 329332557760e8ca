import { createHash } from 'node:crypto'
import { usage } from '../core/errors.ts'
import type { Target } from '../engine/remote-job.ts'
import type { DeviceRecord } from './journal.ts'

/** The share of a list that one of several machines takes. */
export interface Shard {
  /** From 1. */
  index: number
  of: number
}

/** @throws CbcError usage */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (!(shard.index >= 1 && shard.index <= shard.of))
    throw usage(`--shard: "${text}" is not a share`, 'write 1/3 on the first of three machines')
  return shard
}

/** Whether a device is in a share: decided by its id alone, so that lists may differ in their order. */
export function isInShard({ id }: Target, { index, of }: Shard): boolean {
  return createHash('sha256').update(String(id)).digest().readUInt32BE() % of === index - 1
}

/** Which devices of an earlier run are done again. */
export const RETRIES = ['failed', 'offline', 'unknown', 'all'] as const
export type Retry = (typeof RETRIES)[number]

/**
 * Whether a device has its turn when a run is gone on with. By itself, whatever is not done; a change of unknown outcome only where that
 * was asked for.
 */
export function isLeft({ state }: DeviceRecord, only?: Retry, again = false): boolean {
  if (only === undefined) return state !== 'done' && (state !== 'unknown' || again)
  return only === 'all' ? state !== 'done' : state === only
}
