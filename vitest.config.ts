import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { SlowFirst } from './test/support/slow-first.ts'

/** `npm run fuzz` makes up more cases. */
const alias: Record<string, string> =
  process.env['CBC_FUZZ_RUNS'] === undefined ? {} : { 'fast-check': fileURLToPath(new URL('test/support/more-runs.ts', import.meta.url)) }

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One for each core: left to itself, vitest keeps one core free.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: SlowFirst },
    // Long enough for slow and busy machines: these tell of what hangs, not of what is slow. Longer than what tests wait for within (test/support), which say more.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
