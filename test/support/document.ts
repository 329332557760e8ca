import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_IN_SH } from './command.ts'
import { testFolder } from './folder.ts'
import { steady } from './steady.ts'
import { openTerminal, type TestTerminal } from './terminal.ts'

/** A fenced block of a Markdown document. */
interface Block {
  /** Where it begins in the document: lines from 1. */
  line: number
  language: string
  /** The name of the file that it is: the word after the language. */
  file: string | undefined
  text: string
}

/** The programs that a block may need besides bash and cbc; without them it is skipped. */
const PROGRAMS = ['jq', 'python3', 'pwsh', 'curl']
/** What is typed: after the prompt of bash (`$`, `>` for a further line), of our shell, or of a question. */
const TYPED = /^(?:\$ |> |[\w-]+ (?:[A-Z]:\\|\/)[^>]*> |.*\[y\/N\] )(.+)$/
/** A prompt that waits. */
const PROMPT = /^(?:\$|>|[\w-]+ (?:[A-Z]:\\|\/)[^>]*>|.*\[y\/N\])$/

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** All documents, as paths from the root of the repository. */
export const PAGES = ['.', 'docs', 'packaging'].flatMap(folder =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: folder !== '.' })
        .map(name => relative(root, join(root, folder, String(name))))
        .filter(page => page.endsWith('.md') && statSync(join(root, page)).isFile())
    : [],
)

export const documentText = (page: string): string => readFileSync(pathOf(page), 'utf8')

const pathOf = (page: string): string => join(root, page)

/** Returns the fenced blocks of a document. */
function blocksOf(document: string): Block[] {
  return [...document.matchAll(/^```(\w*)(?: (\S+))?\n([^]*?)^```$/gm)].map(({ 1: language = '', 2: file, 3: text = '', index }) => ({
    line: document.slice(0, index).split('\n').length,
    language,
    file,
    text,
  }))
}

/**
 * Defines tests that do what a document says, in a terminal of 80 columns, in an empty home: each block `console` is typed, in order, and
 * has to look as it is shown, and every other block is a file that is there from the start.
 * With UPDATE_DOCS=1 the document gets what was seen.
 */
export function followDocument(page: string): void {
  const document = documentText(page)
  const blocks = blocksOf(document)
  const commands = blocks.filter(({ language }) => language === 'console')

  it(`${page}: each block of code is typed, or is a file that a typed command uses`, () => {
    const typed = commands.flatMap(({ text }) => typedIn(text)).join('\n')
    for (const { line, language, file } of blocks)
      if (language !== 'console') expect(typed, `the block in line ${line}`).toContain(file ?? 'a name of a file')
  })

  describe.skipIf(!isInstalled('bash'))(page, () => {
    const home = testFolder()
    const seen = new Map<string, string>()
    let terminal: TestTerminal

    beforeAll(async () => {
      for (const { file, text } of blocks) if (file !== undefined) writeFileSync(join(home, file), text)
      terminal = openTerminal('bash', ['--norc', '--noprofile'], {
        home,
        cwd: home,
        cols: 80,
        rows: 24,
        env: { PATH: `${folderWithCbc()}${delimiter}${process.env['PATH']}`, PS1: '$ ', PS2: '> ' },
      })
      await prompt(terminal, 0)
    })

    afterAll(() => {
      if (process.env['UPDATE_DOCS'] !== '1') return
      writeFileSync(
        pathOf(page),
        [...seen].reduce((all, [was, is]) => all.replace(was, () => is), document),
      )
    })

    for (const { line, text } of commands) {
      const typed = typedIn(text)
      const missing = PROGRAMS.filter(name => new RegExp(`\\b${name}\\b`).test(typed.join('\n')) && !isInstalled(name))
      const without = missing.length > 0 ? ` (${missing.join(', ')} is not installed)` : ''
      it.skipIf(missing.length > 0)(`${page}:${line}: what is typed looks as shown: ${typed[0]}${without}`, async () => {
        const from = rows(terminal).length - 1
        for (const words of typed) await enter(terminal, words)
        const shown = rows(terminal).slice(from, -1)
        const [is, was] = [shown, text.trimEnd().split('\n')].map(all => all.map(row => steady(row, home)).join('\n'))
        if (is === was) return
        if (process.env['UPDATE_DOCS'] !== '1') return expect(is).toBe(was)
        seen.set(text, `${shown.map(row => row.replaceAll(home, '/home/you')).join('\n')}\n`)
      })
    }
  })
}

const typedIn = (text: string): string[] => text.split('\n').flatMap(row => TYPED.exec(row)?.[1] ?? [])

const rows = (terminal: TestTerminal): string[] => terminal.transcript().split('\n')

/** Types a line as a person does: enters it when it is there, and waits until something can be typed again. */
async function enter(terminal: TestTerminal, words: string): Promise<void> {
  await terminal.type(words)
  await terminal.waitFor(() => rows(terminal).at(-1)?.endsWith(words) === true)
  const before = rows(terminal).length
  await terminal.key('enter')
  await prompt(terminal, before)
}

/** Waits for a prompt below the first `before` rows. */
async function prompt(terminal: TestTerminal, before: number): Promise<void> {
  await terminal.waitFor(() => rows(terminal).length > before && PROMPT.test(rows(terminal).at(-1) ?? ''))
}

/** Returns a folder with the program under test as `cbc`. */
function folderWithCbc(): string {
  const folder = testFolder()
  const file = join(folder, 'cbc')
  writeFileSync(file, `#!/bin/sh\nexec ${COMMAND_IN_SH} "$@"\n`)
  chmodSync(file, 0o755)
  return folder
}

/** Whether a program runs; Windows has a `bash` and a `python3` that only say how to install them. */
function isInstalled(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0
}
