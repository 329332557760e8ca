// `npm run package [-- --target NAME …] [--releases URL] [--maintainer 'NAME <ADDRESS>']`: writes executables that need no Node into release/, Debian packages of
// those for Linux, and with --releases the manifests of package managers that fetch them from there; beside them checksums, bills of materials and licences.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundled, notices, sbom } from './bill.mjs'
import { build } from './build.mjs'
import { install, root } from './install.mjs'
import { DEBIAN, HOST, RUNTIMES, TARGETS } from './package/targets.mjs'

const RELEASE = join(root, 'release')
const ALL = [...Object.keys(TARGETS), ...Object.keys(DEBIAN)]

function fail(message) {
  process.stderr.write(`package: ${message}\n`)
  process.exit(1)
}

const options = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: ALL },
    releases: { type: 'string' },
    maintainer: { type: 'string', default: 'cbc maintainers <maintainers@example.com>' },
  },
}).values
const unknown = options.target.find(name => !ALL.includes(name))
if (unknown !== undefined) fail(`there is no target ${unknown}: ${ALL.join(', ')}`)
const names = Object.keys(TARGETS).filter(name => options.target.some(asked => (DEBIAN[asked] ?? asked) === name))
if (options.releases !== undefined && names.length < Object.keys(TARGETS).length) fail('--releases needs all targets')
if (`${process.platform}-${process.arch}` !== HOST) fail(`executables are made on ${HOST}`)
install()
await build()
const [{ runtime }, { program, codeCache }, { executable }, { inspect }, { debian }, { manifests }, { writeManual }] = await Promise.all([
  import('./package/runtime.mjs'),
  import('./package/program.mjs'),
  import('./package/executable.mjs'),
  import('./package/inspect.mjs'),
  import('./package/debian.mjs'),
  import('./package/templates.mjs'),
  import('./manual.mjs'),
])
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const packages = bundled(JSON.parse(readFileSync(join(root, 'dist', 'meta.json'), 'utf8')))
const held = await program()
const fileOf = name => `cbc-${version}-${name}${TARGETS[name].ending}`
const sha256 = file =>
  createHash('sha256')
    .update(readFileSync(join(RELEASE, file)))
    .digest('hex')
rmSync(RELEASE, { recursive: true, force: true })
mkdirSync(RELEASE)

const licences = new Map()
const making = new Set()
for (const name of names) {
  const target = TARGETS[name]
  const { generator, licence } = runtime(target)
  licences.set(licence, { name: 'Node.js', version: target.node, licence: 'MIT', used: 'MIT', text: licence })
  const bill = sbom(packages, { ...target, integrity: RUNTIMES[`${target.package}@${target.node}`] })
  writeFileSync(join(RELEASE, `cbc-${version}-${name}.cdx.json`), `${JSON.stringify(bill, undefined, 2)}\n`)
  while (making.size >= availableParallelism()) await Promise.race(making)
  const made = executable(join(RELEASE, fileOf(name)), target, held, name === HOST ? codeCache(held, generator) : undefined)
  making.add(made)
  void made.finally(() => making.delete(made)).catch(() => undefined)
}
await Promise.all(making)
for (const name of names) inspect(join(RELEASE, fileOf(name)), TARGETS[name], held)
copyFileSync(join(root, 'LICENSE'), join(RELEASE, 'LICENSE'))
const notice = join(RELEASE, 'THIRD-PARTY-LICENSES.txt')
writeFileSync(notice, notices([...packages, ...licences.values()]))

const debians = Object.entries(DEBIAN).filter(([name]) => options.target.includes(name))
const canPack = debians.length > 0 && spawnSync('dpkg-deb', ['--version'], { stdio: 'ignore' }).status === 0
if (canPack) await writeManual()
for (const [, name] of canPack ? debians : []) {
  const { arch } = TARGETS[name]
  const output = join(RELEASE, `cbc-cli_${version}_${arch === 'x64' ? 'amd64' : arch}.deb`)
  debian(output, { executable: join(RELEASE, fileOf(name)), arch, version, licences: notice, maintainer: options.maintainer })
}
if (options.releases !== undefined) {
  const made = Object.fromEntries(names.map(name => [name, { file: fileOf(name), sha256: sha256(fileOf(name)) }]))
  for (const [file, text] of Object.entries(manifests(version, options.releases, made))) writeFileSync(join(RELEASE, file), text)
}
const files = readdirSync(RELEASE)
writeFileSync(join(RELEASE, 'SHA256SUMS'), files.map(file => `${sha256(file)}  ${file}\n`).join(''))

const about = new Map(names.map(name => [fileOf(name), [`Node ${TARGETS[name].node}`, `${TARGETS[name].format} ${TARGETS[name].arch}`]]))
for (const file of files) {
  const size = `${(statSync(join(RELEASE, file)).size / 2 ** 20).toFixed(1)} MiB`
  process.stdout.write(`${[file.padEnd(34), size.padStart(10), ...(about.get(file) ?? [])].join('  ')}\n`)
}
process.stdout.write(`\nEach executable holds the program of dist/, byte for byte (SHA-256 ${held.digest}).\n`)
process.stdout.write('Format, architecture and program of each were checked; only the one for this system can be started here.\n')
if (debians.length > 0 && !canPack) process.stdout.write('There are no Debian packages, as there is no dpkg-deb here.\n')
if (options.releases === undefined) process.stdout.write('There are no manifests for Homebrew and Scoop without --releases URL.\n')
