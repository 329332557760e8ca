import { randomInt, randomUUID } from 'node:crypto'
import type { Clock, Random } from '../core/ports.ts'

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const onAbort = () => {
        clearTimeout(timer)
        reject(signal?.reason as Error)
      }
      // A timer accepts no more than 2^31-1 ms; a longer sleep practically never ends anyway.
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
        Math.min(ms, 2 ** 31 - 1),
      )
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
}

export const random: Random = {
  uuid: () => randomUUID(),
  below: limit => randomInt(limit),
}
