import { z } from 'zod'

/** What a job of the queue says: whose turn it is. Everything else is in the run's record. */
const TURN = z.strictObject({
  run: z.string().regex(/^[\w-]{1,128}$/),
  device_id: z.int().positive(),
  /** What names of temporary files are made from; the same for each worker that has this turn. */
  seed: z.string().regex(/^[\w-]{16,64}$/),
  /** Until when the device is waited for while it is offline, milliseconds since 1970. */
  wait_until: z.number().optional(),
})

export type Turn = z.infer<typeof TURN>

/** Reads what a job says; undefined where it is none of ours. */
export function readTurn(data: unknown): Turn | undefined {
  return TURN.safeParse(data).data
}

/** The name of a device's one job. BullMQ takes no `:` in it, and no whole number. */
export function turnId({ run, device_id: id }: Pick<Turn, 'run' | 'device_id'>): string {
  return `${run}-${id}`
}
