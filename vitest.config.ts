import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { PATIENCE_MS } from './test/support/patience.ts'
import { SlowFirst } from './test/support/slow-first.ts'
import { reportPage } from './tools/report-page.mjs'

/** As the build defines it. */
const define = { __CBC_REPORT_PAGE__: await reportPage() }

/** `npm run fuzz` makes up more cases. */
const alias: Record<string, string> =
  process.env['CBC_FUZZ_RUNS'] === undefined ? {} : { 'fast-check': fileURLToPath(new URL('test/support/more-runs.ts', import.meta.url)) }

/** Folders with many small files, which mock no module. */
const SMALL = [
  'api',
  'artifacts',
  'cli',
  'config',
  'core',
  'engine',
  'lab',
  'playbooks',
  'remote',
  'report',
  'runs',
  'shell',
  'ui',
  'verbs',
].map(room => `test/${room}/**/*.test.ts`)

function project(name: string, isolate: boolean, include: string[], exclude: string[]): TestProjectInlineConfiguration {
  return {
    define,
    resolve: { alias },
    test: {
      name,
      include,
      exclude,
      isolate,
      setupFiles: ['test/support/setup.ts'],
      pool: 'forks',
      // Long enough for slow and busy machines: these tell of what hangs, not of what is slow. Longer than what tests wait for within (test/support), which say more.
      testTimeout: 600_000,
      hookTimeout: 600_000,
      expect: { poll: { timeout: PATIENCE_MS } },
    },
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // One for each core: left to itself, vitest keeps one core free.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: SlowFirst },
    projects: [
      // Small files share the modules of their worker: loading them again for each would take longer than the tests.
      project('shared', false, SMALL, []),
      project('isolated', true, ['test/**/*.test.ts'], SMALL),
    ],
  },
})
