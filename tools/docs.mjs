// `npm run docs`: writes docs/commands, a page a command, from the commands' definitions, and docs/dependencies.md from what the bundle holds.
// test/cli/reference.test.ts and test/supply-chain.test.ts say when they are stale.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build as buildProgram } from './build.mjs'
import { dependenciesPage } from './dependencies.mjs'
import { root } from './install.mjs'

const { build } = await import('esbuild')
const work = mkdtempSync(join(tmpdir(), 'cbc-docs-'))
try {
  const outfile = join(work, 'reference.mjs')
  await build({
    stdin: {
      contents: `
        import { program } from './src/cli/program.ts'
        import { reference } from './src/cli/reference.ts'
        import { connectCommand } from './src/shell/connect-command.ts'
        import { realHost } from './src/host/index.ts'
        const host = realHost(false)
        export const pages = await reference(program(host, async () => connectCommand).root)`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@napi-rs/keyring'],
    logLevel: 'error',
    banner: { js: "import{createRequire as __cbcRequire}from'node:module';const require=__cbcRequire(import.meta.url);" },
  })
  const { pages } = await import(pathToFileURL(outfile).href)
  const folder = join(root, 'docs', 'commands')
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) if (old.endsWith('.md') && !pages.has(old)) rmSync(join(folder, old))
  for (const [name, text] of pages) writeFileSync(join(folder, name), text)
  await buildProgram()
  writeFileSync(join(root, 'docs', 'dependencies.md'), dependenciesPage())
  process.stdout.write(`${pages.size} pages in docs/commands, and docs/dependencies.md\n`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
