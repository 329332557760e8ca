// `npm run package [-- --target NAME …]`: writes executables that need no Node into release/, with their checksums, bills of materials and licences.
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundled, notices, sbom } from './bill.mjs'
import { build } from './build.mjs'
import { install, root } from './install.mjs'
import { HOST, RUNTIMES, TARGETS } from './package/targets.mjs'

const RELEASE = join(root, 'release')

function fail(message) {
  process.stderr.write(`package: ${message}\n`)
  process.exit(1)
}

/** The targets that the command line names; all, if it names none. */
function asked() {
  const { target = Object.keys(TARGETS) } = parseArgs({ options: { target: { type: 'string', multiple: true } } }).values
  const unknown = target.find(name => !Object.hasOwn(TARGETS, name))
  if (unknown !== undefined) fail(`there is no target ${unknown}: ${Object.keys(TARGETS).join(', ')}`)
  return [...new Set(target)]
}

const names = asked()
if (`${process.platform}-${process.arch}` !== HOST) fail(`executables are made on ${HOST}`)
install()
await build()
const [{ runtime }, { program, codeCache }, { executable }, { inspect }] = await Promise.all([
  import('./package/runtime.mjs'),
  import('./package/program.mjs'),
  import('./package/executable.mjs'),
  import('./package/inspect.mjs'),
])
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const packages = bundled(JSON.parse(readFileSync(join(root, 'dist', 'meta.json'), 'utf8')))
const held = await program()
rmSync(RELEASE, { recursive: true, force: true })
mkdirSync(RELEASE)
const [rows, licences] = [[], new Map()]
for (const name of names) {
  const target = TARGETS[name]
  const { generator, licence } = runtime(target)
  const file = `cbc-${version}-${name}${target.ending}`
  await executable(join(RELEASE, file), target, held, name === HOST ? codeCache(held, generator) : undefined)
  const { size } = inspect(join(RELEASE, file), target, held)
  writeFileSync(
    join(RELEASE, `cbc-${version}-${name}.cdx.json`),
    `${JSON.stringify(sbom(packages, { ...target, integrity: RUNTIMES[`${target.package}@${target.node}`] }), undefined, 2)}\n`,
  )
  licences.set(licence, { name: 'Node.js', version: target.node, licence: 'MIT', used: 'MIT', text: licence })
  rows.push([name, file, `${(size / 2 ** 20).toFixed(0)} MiB`, `Node ${target.node}`, `${target.format} ${target.arch}`])
}
copyFileSync(join(root, 'LICENSE'), join(RELEASE, 'LICENSE'))
writeFileSync(join(RELEASE, 'THIRD-PARTY-LICENSES.txt'), notices([...packages, ...licences.values()]))
const sums = readdirSync(RELEASE).map(
  file =>
    `${createHash('sha256')
      .update(readFileSync(join(RELEASE, file)))
      .digest('hex')}  ${file}\n`,
)
writeFileSync(join(RELEASE, 'SHA256SUMS'), sums.join(''))

const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => row[column].length)))
const lines = rows.map(row => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '))
process.stdout.write(`\n${lines.join('\n')}\n\nEach holds the program of dist/ (SHA-256 ${held.digest}).\n`)
