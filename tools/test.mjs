// `npm test [-- vitest arguments]`: installs what is missing, lints, type-checks, builds, runs every test.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, root } from './install.mjs'

install()
const bin = join(root, 'node_modules', '.bin')
const env = { ...process.env, ESLINT_USE_FLAT_CONFIG: 'false' }

function step(title, command, args) {
  process.stdout.write(`\n── ${title}\n`)
  const run = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  if (run.status !== 0) return false
  return true
}

const some = process.argv.slice(2)
const results = mkdtempSync(join(tmpdir(), 'cbc-test-'))
const report = join(results, 'report.json')
let good = true
if (some.length === 0) {
  good = step('lint', join(bin, 'eslint'), ['--ext', '.ts', '--max-warnings', '0', 'bin', 'src', 'test'])
  good = step('types', join(bin, 'tsc'), []) && good
  good = step('types of the report page', join(bin, 'tsc'), ['-p', 'src/report/page']) && good
  good = step('format', join(bin, 'prettier'), ['--check', '--log-level', 'warn', '.']) && good
  good = step('unused code', join(bin, 'knip'), ['--no-progress']) && good
}
good = step('build', 'node', [join(root, 'tools', 'build.mjs')]) && good
good = step('tests', join(bin, 'vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...some]) && good
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'))
  process.stdout.write(`\n${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}\n`)
} catch {
  process.stdout.write('\nThe test runner wrote no report.\n')
}
rmSync(results, { recursive: true, force: true })
process.exit(good ? 0 : 1)
