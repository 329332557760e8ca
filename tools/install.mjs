// Installs what package-lock.json names, unless node_modules already holds exactly that.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'node_modules')
const stamp = join(folder, '.cbc-installed')

export function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  // A linked folder belongs to another clone, and npm ci would empty it.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return
  process.stderr.write('Installing the development packages (once; some 340 MB) …\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const run = spawnSync(npm, ['ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (run.status !== 0) {
    process.stderr.write('npm ci failed; nothing was built. Mend what it says above and run the command again.\n')
    process.exit(run.status ?? 1)
  }
  writeFileSync(stamp, wanted)
}
