import { createRequire } from 'node:module'
import type * as FastCheck from 'fast-check'

/**
 * Replaces fast-check in `npm run fuzz` (vitest.config.ts): runs each property as many more times as CBC_FUZZ_RUNS says. Everything else,
 * such as a test's seeds and paths, is unchanged.
 */
const fc = createRequire(import.meta.url)('fast-check') as typeof FastCheck
const times = Number(process.env['CBC_FUZZ_RUNS'] ?? 1)

function assert(property: never, parameters: FastCheck.Parameters<unknown> = {}): Promise<void> | void {
  return fc.assert(property, { ...parameters, numRuns: (parameters.numRuns ?? 100) * times }) as Promise<void> | void
}

export default { ...fc, assert }
