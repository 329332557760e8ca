// Live Response against `lab serve --latency 50`, as ratios.
//   node test/bench/live-response.mjs [files]
// - twenty `ls` in one `-c`, over twenty latencies, start-up taken off: aim 1.3 with long-poll, 2 without
// - recursive `get` of many small files, over the same files one after another: aim a quarter
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const LATENCY = 50
const DEVICE = 'WIN-FIN-01'
const cbc = fileURLToPath(new URL('../../dist/cbc.js', import.meta.url))
const files = Number(process.argv[2] ?? 200)
const home = mkdtempSync(join(tmpdir(), 'cbc-bench-'))
const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env
const base = { ...rest, HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home }

/** Starts a lab, waits until it listens. */
async function serve(...options) {
  const lab = spawn(process.execPath, [cbc, 'lab', 'serve', '--json', '--state', 'none', ...options], {
    env: base,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: lab.stdout })) {
    const { url, org_key, token } = JSON.parse(line)
    return { env: { ...base, CBC_PROFILE: '', CBC_URL: url, CBC_ORG_KEY: org_key, CBC_TOKEN: token }, stop: () => lab.kill() }
  }
  throw new Error('the lab did not start')
}

/** Runs the program. @returns milliseconds */
function time(env, ...args) {
  const from = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [cbc, 'lr', ...args], {
    env,
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1e9,
  })
  if (status !== 0) throw new Error(`cbc lr ${args.join(' ')}: ${status}\n${stderr}`)
  return performance.now() - from
}

const show = (what, ratio, detail) => process.stdout.write(`${what.padEnd(44)} ${ratio.toFixed(2).padStart(6)}  ${detail}\n`)

async function twenty(label, ...options) {
  const lab = await serve('--latency', String(LATENCY), ...options)
  try {
    const run = lines => time(lab.env, 'connect', DEVICE, '-c', lines)
    run('pwd')
    const startUp = Math.min(run('pwd'), run('pwd'), run('pwd'))
    const took = Math.min(...[1, 2, 3].map(() => run(Array(20).fill('ls').join('; ')))) - startUp
    show(
      `20 ls, ${label}`,
      took / (20 * LATENCY),
      `${took.toFixed(0)} ms over ${20 * LATENCY} ms, beside ${startUp.toFixed(0)} ms of start-up`,
    )
  } finally {
    lab.stop()
  }
}

async function manyFiles() {
  const tree = join(home, 'many')
  mkdirSync(tree)
  for (let n = 0; n < files; n++) writeFileSync(join(tree, `${n}.txt`), `file ${n}\n`)
  const lab = await serve('--latency', String(LATENCY))
  try {
    time(lab.env, 'put', DEVICE, '-r', 'many', 'C:\\many')
    const together = time(lab.env, 'get', DEVICE, '-r', 'C:\\many', 'together')
    mkdirSync(join(home, 'single'))
    const some = Math.min(files, 40)
    const lines = Array.from({ length: some }, (_, n) => `get C:\\many\\${n}.txt single`).join('; ')
    const single = (time(lab.env, 'connect', DEVICE, '-c', lines) / some) * files
    show(
      `get -r of ${files} files, in one session`,
      single / together,
      `${together.toFixed(0)} ms; one after another in a session ${single.toFixed(0)} ms (from ${some})`,
    )
    const own =
      ([1, 2, 3].map(n => time(lab.env, 'get', DEVICE, `C:\\many\\${n}.txt`, `own-${n}`)).reduce((sum, ms) => sum + ms) / 3) * files
    show(`get -r of ${files} files, each a run of its own`, own / together, `${own.toFixed(0)} ms (from 3)`)
  } finally {
    lab.stop()
  }
}

process.stdout.write(`node ${process.version}\n`)
try {
  await twenty('long-poll on')
  writeFileSync(join(home, 'off.json'), JSON.stringify({ longPoll: false }))
  await twenty('long-poll off', '--settings', join(home, 'off.json'))
  await manyFiles()
} finally {
  rmSync(home, { recursive: true, force: true })
}
