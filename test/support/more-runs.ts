import { createRequire } from 'node:module'
import type * as FastCheck from 'fast-check'

/**
 * fast-check with as many more runs of each property as CBC_FUZZ_RUNS says: it stands in for the real one in `npm run fuzz`
 * (vitest.config.ts). Everything
 * else, what a test says of seeds and paths too, is as it is.
 */
const fc = createRequire(import.meta.url)('fast-check') as typeof FastCheck
const times = Number(process.env['CBC_FUZZ_RUNS'] ?? 1)

function assert(property: never, parameters: FastCheck.Parameters<unknown> = {}): Promise<void> | void {
  return fc.assert(property, { ...parameters, numRuns: (parameters.numRuns ?? 100) * times }) as Promise<void> | void
}

export default { ...fc, assert }
