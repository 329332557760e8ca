import { expect, it } from 'vitest'
import { isReadOnlyCall } from '../src/api/any-call.ts'
import { apiPath } from '../src/api/api-path.ts'
import { forbidden } from '../src/api/explain-403.ts'
import type { CommandRequest } from '../src/api/live-response-types.ts'
import type { Command } from '../src/api/live-response.ts'
import { isAnswerTo } from '../src/api/answer-subject.ts'
import { parseDuration } from '../src/core/quantity.ts'
import type { Column, Row } from '../src/core/result.ts'
import { posixWord, windowsWord } from '../src/core/quote.ts'
import { decodeText } from '../src/core/text/decode.ts'
import { readSelector } from '../src/engine/selector.ts'
import { safeName } from '../src/core/safe-name.ts'
import { shellLine } from '../src/remote/command-line.ts'
import { readPosixFreeSpace, readWindowsFreeSpace } from '../src/remote/free-space.ts'
import { RemotePaths } from '../src/remote/paths.ts'
import { keyPath } from '../src/remote/registry.ts'
import { dataBytes } from '../src/remote/registry-data.ts'
import { inColumns } from '../src/shell/editor/columns.ts'
import { holdsSecret } from '../src/core/text/secrets.ts'
import { layOutColumns } from '../src/ui/column-layout.ts'
import { drawTable } from '../src/ui/table.ts'
import { theme } from '../src/ui/theme.ts'
import { readRows } from '../src/verbs/usb/bulk/rows.ts'

/*
 * Code that takes quadratic time needs minutes for texts of this length, so that its test exceeds the time limit.
 * Each case is a text that comes from an endpoint, the service, a file or a pasted line.
 */
const LENGTH = 300_000
const many = (piece: string): string => piece.repeat(Math.ceil(LENGTH / piece.length))

async function rowsOf(text: string): Promise<number> {
  let count = 0
  for await (const _row of readRows(
    decodeText(
      (async function* () {
        for (let at = 0; at < text.length; at += 1000) yield Buffer.from(text.slice(at, at + 1000))
      })(),
    ),
    () => {},
  ))
    count++
  return count
}

const table = (row: Row, columns: Column[]): string[] => [
  ...drawTable([row], layOutColumns([row], columns, 80, {}), { width: 80, theme: theme(false) }),
]

const DOORS: Record<string, (text: string) => unknown> = {
  'a cell of a table': text => table({ name: text, other: 'x' }, [{ key: 'name' }, { key: 'other', flexible: true }]),
  'a cell that wraps': text => table({ name: 'x', other: text }, [{ key: 'name' }, { key: 'other', evidence: true }]),
  'a path that is shortened in the middle': text =>
    table({ name: text, other: 'x'.repeat(100) }, [{ key: 'name', flexible: 'middle' }, { key: 'other' }]),
  'one of several names to complete': text => inColumns([text, 'b'], 80, 10),
  'a path of an answer': text =>
    isAnswerTo(
      { name: 'directory list', path: text } as CommandRequest,
      { input: { name: 'directory list', path: `x${text}` } } as unknown as Command,
    ),
  'a refusal of the service': text => forbidden(text, { permission: 'org.liveresponse.session READ' } as Parameters<typeof forbidden>[1]),
  'a path for any call': text => {
    isReadOnlyCall({ method: 'POST', path: text })
    apiPath(text, 'ORG')
  },
  'a registry key': keyPath,
  'a Windows path': text => new RemotePaths(true).resolve('C:\\', text),
  'a POSIX path': text => new RemotePaths(false).resolve('/', text),
  'a word of a command line': text => [
    windowsWord(` ${text}`),
    posixWord(text),
    shellLine([`C:\\${text}`], true),
    shellLine([text, text], false),
  ],
  'what dir and systeminfo print': readWindowsFreeSpace,
  'what df prints': readPosixFreeSpace,
  'a duration': parseDuration,
  'a line of the shell that may hold a secret': holdsSecret,
  'a list of devices': async text => await readSelector('@x', { file: async () => text, stdin: async () => text }),
  'a file of approvals': rowsOf,
  'the name of a file': safeName,
}
const PIECES: readonly string[] = [' ', '\\', '/', '{', '0 ', '=.', '"', 'a:', '\u00a0', '#\u2028', 'limit ']
const TEXTS = PIECES.flatMap(piece => [`1${many(piece)}"`, `HKLM\\${many(piece)}/x`])

it.each(Object.entries(DOORS))('%s of 300,000 hostile characters takes linear time', async (_door, through) => {
  for (const text of TEXTS) {
    // Other tests check what is refused, and how.
    await Promise.resolve(text)
      .then(through)
      .catch((error: unknown) => expect(error).not.toBeInstanceOf(RangeError))
  }
})

it('data of 16 million hexadecimal digits does not exhaust the stack', () => {
  expect(dataBytes('REG_BINARY', '00'.repeat(8_000_000))).toHaveLength(8_000_000)
})
