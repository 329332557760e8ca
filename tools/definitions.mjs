// What is written from the definitions of the commands: bundled from the sources, because Node 20 doesn't read TypeScript.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { builtins } from './builtin-modules.mjs'
import { root } from './install.mjs'
import { withoutNativeModules } from './native-modules.mjs'

const CONTENTS = `
  import { SHELLS } from './src/cli/completion/answer.ts'
  import { helpTexts } from './src/cli/help-texts.ts'
  import { manual } from './src/cli/manual/pages.ts'
  import { program } from './src/cli/program.ts'
  import { reference } from './src/cli/reference.ts'
  import { connectCommand } from './src/shell/connect-command.ts'
  import { realHost } from './src/host/index.ts'
  const host = realHost(false)
  const grammar = program(host, async () => connectCommand)
  export const help = () => helpTexts(grammar)
  export const referencePages = () => reference(grammar.root)
  export const manualPages = edition => manual(grammar, edition)
  export const completionOf = async shell => (await SHELLS[shell]()).script`

/** The functions that write them. */
export async function definitions() {
  const { build } = await import('esbuild')
  const work = mkdtempSync(join(tmpdir(), 'cbc-definitions-'))
  try {
    const outfile = join(work, 'definitions.mjs')
    await build({
      stdin: { contents: CONTENTS, resolveDir: root },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      external: ['@napi-rs/keyring'],
      logLevel: 'error',
      plugins: [builtins, withoutNativeModules],
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
