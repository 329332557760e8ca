// Bundles bin/cbc.ts and everything it needs into dist/: ES modules, split where the program imports lazily, so that a command
// loads only its own parts. Run-time packages are bundled too: what is published has no
// dependencies but the optional one for the operating system's keychain.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundled, notices, sbom } from './bill.mjs'
import { commitOf } from './commit.mjs'
import { root } from './install.mjs'

/** Begins each file of the bundle: bundled packages in CommonJS ask for Node's modules. */
export const BANNER = "import{createRequire as __cbcRequire}from'node:module';const require=__cbcRequire(import.meta.url);"

const stamp = join(root, 'dist', '.sources')

/** What goes into the bundle. */
const FOLDERS = ['bin', 'src']
const FILES = ['package.json', 'package-lock.json', 'tools/build.mjs', 'tools/bill.mjs', 'tools/commit.mjs']

/** A digest of all that goes into the bundle, to skip a build that would change nothing. */
function sources(commit) {
  const hash = createHash('sha256').update(commit)
  const add = file => hash.update(file).update(readFileSync(join(root, file)))
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(root, folder), { recursive: true }).sort()) {
      if (/\.(ts|json)$/.test(entry)) add(join(folder, entry))
    }
  }
  for (const file of FILES) add(file)
  return hash.digest('hex')
}

export async function build() {
  const commit = commitOf(root, [...FOLDERS, ...FILES])
  const wanted = sources(commit)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const esbuild = await import('esbuild')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { cbc: 'bin/cbc.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // A native module, there where the system's keychain can be used: never in the bundle.
    external: ['@napi-rs/keyring'],
    target: 'node20.17',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'linked',
    sourcemap: false,
    define: { __CBC_VERSION__: JSON.stringify(version), __CBC_COMMIT__: JSON.stringify(commit) },
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'warning',
  })
  const write = (name, text) => writeFileSync(join(root, 'dist', name), text)
  write('meta.json', JSON.stringify(metafile))
  const packages = bundled(metafile)
  write('sbom.cdx.json', `${JSON.stringify(sbom(packages), undefined, 2)}\n`)
  write('THIRD-PARTY-LICENSES.txt', notices(packages))
  writeFileSync(stamp, wanted)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build()
