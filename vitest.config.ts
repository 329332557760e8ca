import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `npm run fuzz` makes up more cases. */
const alias: Record<string, string> = process.env['CBC_FUZZ_RUNS'] === undefined ? {} : { 'fast-check': fileURLToPath(new URL('test/support/more-runs.ts', import.meta.url)) }

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
})
