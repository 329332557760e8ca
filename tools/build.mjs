// Bundles bin/cbc.ts and everything it needs into dist/: ES modules, split where the program imports lazily, so that a command
// loads only its own parts. Run-time packages are bundled too: what is published has no dependencies.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './install.mjs'

const stamp = join(root, 'dist', '.sources')

/** A digest of all that goes into the bundle, to skip a build that would change nothing. */
function sources() {
  const hash = createHash('sha256')
  const add = file => hash.update(file).update(readFileSync(join(root, file)))
  for (const folder of ['bin', 'src']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true }).sort()) {
      if (/\.(ts|json)$/.test(entry)) add(join(folder, entry))
    }
  }
  for (const file of ['package.json', 'package-lock.json', 'tools/build.mjs']) add(file)
  return hash.digest('hex')
}

export async function build() {
  const wanted = sources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const esbuild = await import('esbuild')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { cbc: 'bin/cbc.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.17',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'linked',
    sourcemap: false,
    define: { __CBC_VERSION__: JSON.stringify(version) },
    banner: { js: "import{createRequire as __cbcRequire}from'node:module';const require=__cbcRequire(import.meta.url);" },
    metafile: true,
    logLevel: 'warning',
  }).then(result => writeFileSync(join(root, 'dist', 'meta.json'), JSON.stringify(result.metafile)))
  writeFileSync(stamp, wanted)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build()
