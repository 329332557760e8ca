// `npm run manual`: the bundle, and beside it what packages put where the system looks: manual pages in dist/man, and in dist/completions
// scripts that make shells complete commands with Tab. A build that makes the bundle anew removes them: they are never older than it is.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { dayOf } from './commit.mjs'
import { definitions } from './definitions.mjs'
import { root } from './install.mjs'

/** The names that the shells look for. */
const COMPLETIONS = { 'cbc.bash': 'bash', _cbc: 'zsh', 'cbc.fish': 'fish', 'cbc.ps1': 'powershell' }

function write(path, text) {
  const file = join(root, 'dist', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

export async function writeManual() {
  await build()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { manualPages, completionOf } = await definitions()
  for (const [path, text] of await manualPages({ version, date: dayOf(root) })) write(join('man', path), text)
  for (const [name, shell] of Object.entries(COMPLETIONS)) write(join('completions', name), await completionOf(shell))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeManual()
