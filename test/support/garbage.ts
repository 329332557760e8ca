import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Has all garbage collected, now. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What buffers held is given back by the next collection after the one that found them.
  collect()
  collect()
}

/** The memory in bytes that is in use once the garbage is gone: when that is collected by itself depends on what else a process has done. */
export function memoryInUse(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
