// Start-up as a ratio: `cbc --version`, and other commands, over `node -e 0`, run in turn. Aim: at most 1.7 for --version.
//   node test/bench/start-up.mjs [runs]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cbc = fileURLToPath(new URL('../../dist/cbc.js', import.meta.url))
const runs = Number(process.argv[2] ?? 15)
const home = mkdtempSync(join(tmpdir(), 'cbc-bench-'))
// With extra CAs Node reads its whole certificate store at start, which is not what is measured.
const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env
const env = { ...rest, HOME: home, XDG_STATE_HOME: home, CBC_PROFILE: 'lab' }

function time(args) {
  const from = process.hrtime.bigint()
  spawnSync(process.execPath, args, { env, stdio: 'ignore' })
  return Number(process.hrtime.bigint() - from) / 1e6
}

const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN

process.stdout.write(`node ${process.version}, ${runs} paired runs, medians\n`)
for (const command of [['--version'], ['--help'], ['lr', 'ls', '--help'], ['lr', 'drives', 'WIN-FIN-01']]) {
  time([cbc, ...command])
  const pairs = Array.from({ length: runs }, () => [time(['-e', '0']), time([cbc, ...command])])
  const bare = median(pairs.map(([a]) => a))
  const own = median(pairs.map(([, b]) => b))
  process.stdout.write(
    `cbc ${command.join(' ').padEnd(24)} ${own.toFixed(0).padStart(5)} ms  ${(own / bare).toFixed(2)} × node -e 0 (${bare.toFixed(0)} ms)\n`,
  )
}
rmSync(home, { recursive: true, force: true })
