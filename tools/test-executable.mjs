// `npm run test:executable [-- vitest arguments]`: the end-to-end tests with the executable of release/ in place of dist/cbc.js, as a machine without Node would run it:
// no node in PATH, and an empty home.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from './install.mjs'
import { HOST } from './package/targets.mjs'

/** About dist/ itself: which files Node loads for a command, whether other versions of Node run it, and what npm installs of it. */
const OF_DIST = ['start-up', 'other-node', 'undici', 'npm-package']
const NODE = ['node', 'nodejs', 'npm', 'npx', 'corepack']

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const program = join(root, 'release', `cbc-${version}-${HOST}`)
try {
  accessSync(program, constants.X_OK)
} catch {
  process.stderr.write(`test:executable: there is no ${program}: npm run package -- --target ${HOST}\n`)
  process.exit(1)
}

const work = mkdtempSync(join(tmpdir(), 'cbc-without-node-'))
try {
  const [home, bin] = [join(work, 'home'), join(work, 'bin')]
  mkdirSync(home)
  mkdirSync(bin)
  for (const [name, path] of commands()) symlinkSync(path, join(bin, name))
  const { CBC_PROGRAM: _, NODE_OPTIONS: __, ...rest } = process.env
  const env = { ...rest, PATH: bin, HOME: home, CBC_PROGRAM: program }
  const found = spawnSync('sh', ['-c', `command -v ${NODE.join(' ')}`], { env, encoding: 'utf8' }).stdout
  if (found !== '') throw new Error(`there is still a ${found.trim()}`)
  process.stdout.write(
    `\n── end-to-end tests of ${program}, without Node in PATH and with an empty home\nnot run, being about dist/: ${OF_DIST.join(', ')}\n`,
  )
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const typed = process.argv.slice(2)
  const words = typed.length > 0 ? typed : endToEndTests()
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...words], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** The files of test/e2e that are about the program, whatever it is made of. (vitest's --exclude doesn't reach the projects of its configuration.) */
function endToEndTests() {
  const names = readdirSync(join(root, 'test', 'e2e')).filter(name => name.endsWith('.test.ts'))
  return names.filter(name => !OF_DIST.includes(name.replace('.test.ts', ''))).map(name => `test/e2e/${name}`)
}

/** The commands of PATH but for Node's, by name: as in PATH, the first folder that has one counts. */
function commands() {
  const folders = (process.env.PATH ?? '').split(delimiter).reverse()
  const all = folders.flatMap(folder => {
    try {
      return readdirSync(folder).map(name => [name, join(folder, name)])
    } catch {
      return []
    }
  })
  return new Map(all.filter(([name]) => !NODE.includes(name)))
}
