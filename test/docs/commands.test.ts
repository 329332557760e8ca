import { expect, it } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { TOPICS } from '../../src/engine/help/topics.ts'
import { parse } from '../../src/engine/parse.ts'
import { words } from '../../src/engine/tokenize.ts'
import { connectCommand } from '../../src/shell/connect-command.ts'
import { documentText, PAGES } from '../support/document.ts'
import { testHost } from '../support/host.ts'

const grammar = program(testHost(), async () => connectCommand)

/** A command line of cbc up to what is meant for the shell around it. */
const COMMAND = /(?:^|[\s(`])cbc ((?:'[^']*'|"[^"]*"|[^'"`|;<>&#()\n])+)/g

/** Returns the command lines in a document, in code that is set apart or within a line; those with a stand-in for a command are left out. */
const commandLines = (page: string): string[] =>
  [...documentText(page).matchAll(/^```(?:sh|console|)\n([^]*?)^```|`(cbc [^`\n]+)`/gm)].flatMap(([, block, inline]) =>
    [...(block ?? inline ?? '').matchAll(COMMAND)]
      .map(([, line = '']) => line.replaceAll(/[[\]]| \d$/g, '').trim())
      .filter(line => !/…|\b(VERB|TOPIC)\b/.test(line)),
  )

/** Returns why a command line is wrong, if it has a command, option or argument that doesn't exist. Prose leaves arguments out, and has stand-ins for them. */
async function mistake(line: string): Promise<string | undefined> {
  const [first, ...rest] = words(line)
  if (first === 'help' && Object.hasOwn(TOPICS, rest[0] ?? '')) return undefined
  try {
    await parse(grammar, first === 'help' ? [...rest, '--help'] : words(line))
    return undefined
  } catch (error) {
    const { message } = error as Error
    return /unknown|too many/.test(message) ? `cbc ${line}: ${message}` : undefined
  }
}

it('each command line in the documents has commands and options that exist', async () => {
  const wrong = await Promise.all(
    PAGES.map(async page =>
      (await Promise.all(commandLines(page).map(mistake))).flatMap(why => (why === undefined ? [] : `${page}: ${why}`)),
    ),
  )
  expect(wrong.flat()).toEqual([])
})
