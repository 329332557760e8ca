import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { SHELLS } from '../../src/cli/completion/answer.ts'
import { environment } from '../support/environment.ts'
import { testFolder } from '../support/folder.ts'
import { nodesHere } from '../support/nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'

const execute = promisify(execFile)
const windows = process.platform === 'win32'
const NPM = windows ? 'npm.cmd' : 'npm'
/** npm would leave its code cache in the temporary folder. */
const NO_CACHE = { NODE_DISABLE_COMPILE_CACHE: '1' }
const npmIsHere = spawnSync(NPM, ['--version'], { env: environment(NO_CACHE), shell: windows }).status === 0

const root = fileURLToPath(new URL('../..', import.meta.url))
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; man: string[] }

/** The names that the shells look for. */
const COMPLETIONS = { 'cbc.bash': 'bash', _cbc: 'zsh', 'cbc.fish': 'fish', 'cbc.ps1': 'powershell' }

interface Packed {
  filename: string
  files: { path: string }[]
}

describe.runIf(npmIsHere)('the npm package', () => {
  // A machine that has never had a package, in a network that nothing leaves.
  const home = testFolder()
  const work = testFolder()
  const prefix = join(testFolder(), 'prefix')
  const npm = async (args: string[], cwd = work) =>
    await execute(NPM, args, {
      cwd,
      env: environment(NO_CACHE, home),
      shell: windows,
      maxBuffer: 2 ** 26,
      timeout: PATIENCE_MS,
    })
  let packed: Packed
  let tarball: string
  /** The program as it was installed. */
  let installed: string

  beforeAll(async () => {
    const { stdout } = await npm(['pack', '--json', '--pack-destination', work], root)
    const [found] = JSON.parse(stdout) as Packed[]
    if (found === undefined) throw new Error(`npm pack made nothing: ${stdout}`)
    packed = found
    tarball = join(work, packed.filename)
    mkdirSync(prefix)
    await npm(['install', '--offline', '--global', '--prefix', prefix, tarball])
    installed = join(prefix, windows ? '' : 'lib', 'node_modules', 'cbc-live-response')
  })

  it('holds the program, manual pages, completions, licences and what a reader needs, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path.replaceAll('\\', '/'))
    const others = paths.filter(path => !/^dist\/[\w-]+\.js(\.LEGAL\.txt)?$/.test(path))
    const completions = Object.keys(COMPLETIONS).map(name => `dist/completions/${name}`)
    expect(others.sort()).toEqual(
      [
        ...['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist/THIRD-PARTY-LICENSES.txt', 'dist/sbom.cdx.json'],
        ...completions,
        ...own.man,
      ].sort(),
    )
    expect(paths).toContain('dist/cbc.js')
  })

  it('has the completions that the program prints', async () => {
    for (const [name, shell] of Object.entries(COMPLETIONS))
      expect(readFileSync(join(installed, 'dist', 'completions', name), 'utf8')).toBe((await SHELLS[shell]?.())?.script)
  })

  it('can be published, runs nothing when it is installed, and needs no other package', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, Record<string, string>>
    expect(manifest['private']).toBeUndefined()
    expect(manifest['dependencies']).toBeUndefined()
    expect(Object.keys(manifest['scripts'] ?? {}).filter(name => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([])
    expect(existsSync(join(installed, 'node_modules'))).toBe(false)
  })

  it.skipIf(windows)('puts the command where the shell looks, and its manual where man looks', () => {
    expect(existsSync(join(prefix, 'bin', 'cbc'))).toBe(true)
    for (const page of ['man1/cbc.1', 'man1/cbc-lr-get.1', 'man7/cbc-exit-codes.7'])
      expect(readFileSync(join(prefix, 'share', 'man', page), 'utf8')).toMatch(/^\.TH "CBC/)
  })

  it.each(nodesHere())('runs on Node $version: version, a verb on the lab, completion', async ({ path }) => {
    const env = environment({ CBC_PROFILE: 'lab' }, testFolder())
    const cbc = async (...args: string[]) =>
      (await execute(path, [join(installed, 'dist', 'cbc.js'), ...args], { cwd: work, env, timeout: PATIENCE_MS })).stdout
    expect((await cbc('--version')).split(' ')[0]).toBe(own.version)
    const processes = JSON.parse(await cbc('lr', 'ps', 'WIN-FIN-01', '--json')) as { process_path: string }[]
    expect(processes.map(({ process_path }) => process_path)).toContain('c:\\users\\public\\svchost.exe')
    expect(await cbc('__complete', 'bash', 'cbc lr conn')).toBe('words\nconnect\n')
  })

  it('runs from npx without being installed', async () => {
    const { stdout } = await npm(['exec', '--offline', '--yes', `--package=${tarball}`, '--', 'cbc', '--version'])
    expect(stdout.split(' ')[0]).toBe(own.version)
  })
})
