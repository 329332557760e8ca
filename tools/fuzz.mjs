// `npm run fuzz [-- vitest arguments]`: the tests that make up their cases, with CBC_FUZZ_RUNS (20) times as many of them.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { install, root } from './install.mjs'

install()
const times = process.env.CBC_FUZZ_RUNS ?? '20'
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.ts') && readFileSync(join(root, 'test', name), 'utf8').includes("from 'fast-check'"))
  .map(name => join('test', name))
const given = process.argv.slice(2)
const args = [
  'run',
  '--test-timeout',
  String(30_000 * Number(times)),
  ...(given.some(word => !word.startsWith('-')) ? given : [...files, ...given]),
]
const { status } = spawnSync(join(root, 'node_modules', '.bin', 'vitest'), args, {
  cwd: root,
  env: { ...process.env, CBC_FUZZ_RUNS: times },
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exit(status ?? 1)
