import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { type TestTerminal, openTerminal } from '../../support/terminal.ts'

const folder = testFolder()
const program = join(folder, 'fixture.mjs')

beforeAll(async () => {
  const entry = fileURLToPath(new URL('fixture.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.17',
    logLevel: 'error',
  })
})

// `sh`, `stty` and `head` are needed by the test, not by the editor.
describe.skipIf(process.platform === 'win32')('on a real terminal', () => {
  let terminal: TestTerminal

  beforeEach(async () => {
    const afterwards = String.raw`code=$?; stty -a | tr ' ;' '\n' | grep -x -e icanon -e echo; echo "exit code $code"`
    terminal = openTerminal('/bin/sh', ['-c', `'${process.execPath}' '${program}'; ${afterwards}`], { cols: 60, rows: 14 })
    await shows('fix>')
  })
  afterEach(() => terminal.close())

  /** Waits until these are the last rows, ignoring trailing spaces. */
  const shows = (...rows: string[]) =>
    terminal.waitFor(screen =>
      screen
        .map(row => row.trimEnd())
        .join('\n')
        .endsWith(rows.join('\n')),
    )
  /** Types keys and waits until these are the last rows. */
  const type = async (keys: string, ...rows: string[]) => {
    await terminal.type(keys)
    await shows(...rows)
  }

  test('lines are read, edited, completed, recalled, interrupted and left', async () => {
    await type('ec', 'fix> ec')
    await type('\t', 'fix> echo')
    await type('one\r', 'fix> echo one', 'said one', 'fix>')
    await type('\x1b[A', 'fix> echo one')
    await type('\x17日本\r', 'fix> echo 日本', 'said 日本', 'fix>')
    await type('\x12one', 'fix> echo one', 'search back: one')
    await type('\r', 'fix> echo one', 'said one', 'fix>')
    await type('rubbish\x03', 'fix> rubbish^C', 'fix>')
    await type('wait\r', 'fix> wait', 'waiting')
    await type('\x03', 'waiting', 'stopped', 'fix>')
    await type('\x04', 'fix>', 'icanon', 'echo', 'exit code 0')
  })

  test('keys typed while a command runs are there at the prompt, in order', async () => {
    await type('wait\r', 'waiting')
    await type('\x03echo a\recho b\rec', 'waiting', 'stopped', 'fix> echo a', 'said a', 'fix> echo b', 'said b', 'fix> ec')
  })

  test('a program run by the shell gets the terminal, and returns it', async () => {
    await type('child\r', 'fix> child', 'ready')
    // The terminal is in line mode again: it echoes, and the program prints the line once more.
    await type('theirs\r', 'ready', 'theirs', 'theirs', 'fix>')
    await type('echo ours\r', 'fix> echo ours', 'said ours', 'fix>')
  })

  test('a paste waits for Enter, and a narrower window keeps the line whole', async () => {
    await type('\x1b[200~echo a\recho b\r\x1b[201~', 'fix> echo a', 'echo b')
    await type('\r', 'fix> echo a', 'said a', 'fix> echo b', 'said b', 'fix>')
    await type(`echo ${'0123456789'.repeat(6)}`, '56789')
    terminal.resize(30, 14)
    await shows('fix> echo 01234567890123456789', '012345678901234567890123456789', '0123456789')
  })
})
