// Makes one executable, in a process of its own, because pkg keeps more than a gigabyte for each:
//   node bake.mjs OUTPUT PLATFORM ARCH NODE-VERSION SEA-CONFIG
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** pkg's command line has no way to give assets, so this calls what the command line calls (docs/decisions/0011-executables.md). */
const { default: sea } = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js')

const [output, platform, arch, version, config] = process.argv.slice(2)
await sea(fileURLToPath(new URL('loader.cjs', import.meta.url)), {
  targets: [{ nodeRange: `node${version}`, platform, arch, output }],
  seaConfig: JSON.parse(config),
})
