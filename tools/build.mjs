// Bundles bin/cbc.ts and everything it needs into dist/: ES modules, split where the program imports lazily, so that a command
// loads only its own parts. Run-time packages are bundled too: what is published has no
// dependencies but the optional one for the operating system's keychain.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundled, notices, sbom } from './bill.mjs'
import { builtins } from './builtin-modules.mjs'
import { commitOf } from './commit.mjs'
import { definitions } from './definitions.mjs'
import { root } from './install.mjs'
import { mergeChunks } from './merge-chunks.mjs'
import { withoutNativeModules } from './native-modules.mjs'
import { reportPage } from './report-page.mjs'

const stamp = join(root, 'dist', '.sources')

/** What goes into the bundle. */
const FOLDERS = ['bin', 'src']
const FILES = [
  'package.json',
  'package-lock.json',
  'tools/build.mjs',
  'tools/bill.mjs',
  'tools/builtin-modules.mjs',
  'tools/commit.mjs',
  'tools/definitions.mjs',
  'tools/merge-chunks.mjs',
  'tools/report-page.mjs',
  'tools/native-modules.mjs',
  'tools/no-native-module.cjs',
]

/** Help that was laid out by the build needs nothing else. */
const APART = ['src/cli/prepared-help.ts']

/** Files of the bundle, each with the modules that are loaded together: at once, for every command, for what needs the service, to read a command line. */
const TOGETHER = {
  start: ['bin/cbc.ts'],
  core: ['src/main.ts', 'src/host/index.ts', 'src/cli/program.ts', 'src/engine/route.ts'],
  service: [
    'src/cli/run-once.ts',
    'src/cli/run-organization.ts',
    'src/host/transport.ts',
    'src/host/ledger-file.ts',
    'src/host/processes.ts',
    'src/ui/renderers/lines.ts',
    // With these comes what most verbs share.
    'src/verbs/file/ls.ts',
    'src/verbs/registry/query.ts',
  ],
  parse: ['src/engine/parse.ts'],
}

/** A digest of all that goes into the bundle, to skip a build that would change nothing. */
function sources(commit) {
  const hash = createHash('sha256').update(commit)
  const add = file => hash.update(file).update(readFileSync(join(root, file)))
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(root, folder), { recursive: true }).sort()) {
      if (/\.(ts|json|css)$/.test(entry)) add(join(folder, entry))
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
  const help = await (await definitions()).help()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { metafile, outputFiles } = await esbuild.build({
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
    write: false,
    legalComments: 'linked',
    sourcemap: false,
    define: {
      __CBC_VERSION__: JSON.stringify(version),
      __CBC_COMMIT__: JSON.stringify(commit),
      __CBC_HELP__: JSON.stringify(JSON.stringify(help)),
      __CBC_REPORT_PAGE__: await reportPage(),
    },
    plugins: [builtins, withoutNativeModules],
    metafile: true,
    logLevel: 'warning',
  })
  const outputs = new Map(outputFiles.map(({ path, text }) => [`dist/${basename(path)}`, text]))
  await mergeChunks(esbuild, outputs, metafile, { apart: APART, groups: TOGETHER })
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  mkdirSync(join(root, 'dist'))
  const write = (name, text) => writeFileSync(join(root, 'dist', name), text)
  for (const [file, text] of outputs) write(basename(file), text)
  chmodSync(join(root, 'dist', 'cbc.js'), 0o755)
  write('meta.json', JSON.stringify(metafile))
  const packages = bundled(metafile)
  write('sbom.cdx.json', `${JSON.stringify(sbom(packages), undefined, 2)}\n`)
  write('THIRD-PARTY-LICENSES.txt', notices(packages))
  writeFileSync(stamp, wanted)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build()
