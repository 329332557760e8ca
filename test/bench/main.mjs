// Measures what the program promises about speed, and says which figure misses its limit.
//   npm run bench -- [--rows PATTERN] [--runs N] [--quick] [--json FILE] [--write] [--check]
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from '../../tools/build.mjs'
import { line, page, shown } from './report.mjs'

/** A ratio that is worse by more than this share is told by `--check`. */
const NOTABLE_CHANGE = 0.25

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    runs: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const file = path => fileURLToPath(new URL(path, import.meta.url))
const RECORDED = file('../../docs/performance.json')

await build()
const wanted = new RegExp(options.rows, 'i')
const runs = options.quick ? 3 : Number(options.runs)
const all = []
for (const name of readdirSync(file('rows')).sort()) all.push(...(await import(`./rows/${name}`)).rows)

const git = (...args) => execFileSync('git', args, { cwd: file('.'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
const when = { date: new Date().toISOString().slice(0, 10), commit: git('rev-parse', '--short', 'HEAD') }
const figures = []
for (const { measure, ...row } of all.filter(({ name }) => wanted.test(name))) {
  process.stderr.write(`measuring: ${row.name}\n`)
  const result = await measure({ runs, quick: options.quick }).catch(error => ({ skipped: String(error.message).split('\n')[0] }))
  figures.push({ ...row, ...result, ...when })
  process.stdout.write(`${line(figures.at(-1))}\n`)
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`
const json = rows => `${JSON.stringify({ machine, node: process.versions.node, rows }, undefined, 2)}\n`
const recorded = existsSync(RECORDED) ? JSON.parse(readFileSync(RECORDED, 'utf8')).rows : []
if (options.check) check()
if (options.json) writeFileSync(options.json, json(figures))
if (options.write) {
  const byName = new Map([...recorded, ...figures].map(figure => [figure.name, figure]))
  const rows = all.flatMap(({ name }) => byName.get(name) ?? [])
  writeFileSync(RECORDED, json(rows))
  writeFileSync(file('../../docs/performance.md'), page({ machine, node: process.versions.node, rows }))
}

/** Tells which ratios are worse than the recorded ones. */
function check() {
  const before = new Map(recorded.map(({ name, value }) => [name, value]))
  const worse = figures.filter(({ name, value, limit }) => {
    const was = before.get(name)
    if (was === undefined || value === undefined) return false
    return limit.atLeast !== undefined ? value < was * (1 - NOTABLE_CHANGE) : value > was * (1 + NOTABLE_CHANGE)
  })
  for (const { name, value, unit } of worse)
    process.stdout.write(`worse than recorded: ${name}: ${shown(value)} ${unit}, was ${shown(before.get(name))}\n`)
  if (worse.length === 0) process.stdout.write('no ratio is notably worse than the recorded ones\n')
}
