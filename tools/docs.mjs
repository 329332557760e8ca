// `npm run docs`: writes docs/commands, a page a command, and the list of manual pages in package.json, which npm links where man looks, from
// the commands' definitions, and docs/dependencies.md from what the bundle holds.
// test/cli/reference.test.ts, test/cli/manual/pages.test.ts and test/supply-chain.test.ts say when they are stale.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { definitions } from './definitions.mjs'
import { dependenciesPage } from './dependencies.mjs'
import { root } from './install.mjs'

const { referencePages, manualPages } = await definitions()
const pages = await referencePages()
const folder = join(root, 'docs', 'commands')
mkdirSync(folder, { recursive: true })
for (const old of readdirSync(folder)) if (old.endsWith('.md') && !pages.has(old)) rmSync(join(folder, old))
for (const [name, text] of pages) writeFileSync(join(folder, name), text)
const manifest = join(root, 'package.json')
const { man: _, ...fields } = JSON.parse(readFileSync(manifest, 'utf8'))
const man = [...(await manualPages({ version: '', date: '' })).keys()].map(path => `dist/man/${path}`)
writeFileSync(manifest, `${JSON.stringify({ ...fields, man }, undefined, 2)}\n`)
await build()
writeFileSync(join(root, 'docs', 'dependencies.md'), dependenciesPage())
process.stdout.write(`${pages.size} pages in docs/commands, and docs/dependencies.md\n`)
