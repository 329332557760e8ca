import { Terminal as Xterm } from '@xterm/headless'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Terminal } from '../../../src/report/page/terminal.ts'

const [COLUMNS, ROWS] = [20, 6]

/** The screen, the cursor, and what is inverse or red. */
async function judged(text: string): Promise<unknown> {
  const judge = new Xterm({ cols: COLUMNS, rows: ROWS, allowProposedApi: true, scrollback: 1000 })
  await new Promise<void>(resolve => judge.write(text, resolve))
  const { active } = judge.buffer
  const at = (row: number) => active.getLine(active.baseY + row)
  return {
    lines: Array.from({ length: ROWS }, (_, row) => at(row)?.translateToString().trimEnd()),
    styles: Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: COLUMNS }, (__, column) => {
        const cell = at(row)?.getCell(column)
        return `${cell?.isBold() ? 'b' : ''}${cell?.isInverse() ? 'i' : ''}${cell?.isFgDefault() ? '' : cell?.getFgColor()}`
      }).join(','),
    ),
    cursor: [active.cursorY, Math.min(active.cursorX, COLUMNS - 1)],
  }
}

function ours(text: string): unknown {
  const terminal = new Terminal(COLUMNS, ROWS)
  terminal.write(text)
  return {
    lines: terminal.screen.map(line =>
      line
        .map(cell => cell.text)
        .join('')
        .trimEnd(),
    ),
    styles: terminal.screen.map(line =>
      line
        .map(({ style }) => `${style.bold ? 'b' : ''}${style.inverse ? 'i' : ''}${style.colour === undefined ? '' : String(style.colour)}`)
        .join(','),
    ),
    cursor: [terminal.cursor.row, Math.min(terminal.cursor.column, COLUMNS - 1)],
  }
}

const number = fc.integer({ min: 0, max: 9 })
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z ]{1,12}$/) },
  fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    '\b',
    '\t',
    '\u001b7',
    '\u001b8',
    '\u001bM',
    '\u001bD',
    '\u001bE',
    '\u001b]0;title\u0007',
    '\u001b]8;;http://x\u001b\\',
    '\u001bP$q"p\u001b\\',
  ),
  // Not `1J`, of which the judge makes an error in the last line.
  fc.constantFrom('\u001b[J', '\u001b[2J', 'é', 'ü', '\u001b[?25l', '\u001b[?2004h', '\u001b(B', '\u001b[>c', '\u001b[6n'),
  fc.tuple(fc.constantFrom(...'ABCDEFGdKLMP@XST'), number).map(([final, count]) => `\u001b[${count}${final}`),
  fc.tuple(number, fc.integer({ min: 0, max: 24 })).map(([row, column]) => `\u001b[${row};${column}H`),
  fc.tuple(number, number).map(([top, bottom]) => `\u001b[${top};${bottom}r`),
  fc.constantFrom('0', '1', '7', '22', '27', '31', '39', '38;5;160', '1;32', '91', '').map(codes => `\u001b[${codes}m`),
)

it('the screen is that of a terminal emulator, whatever is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async pieces => {
      const text = pieces.join('')
      expect(ours(text)).toEqual(await judged(text))
    }),
    { numRuns: 150 },
  )
})

it('clearing up to the cursor and wide characters, of which half is overwritten', () => {
  const terminal = new Terminal(COLUMNS, ROWS)
  terminal.write('one\r\ntwo\u001b[2;2H\u001b[1J\r\n日本語\u001b[3;4Hx')
  expect(terminal.transcript()).toEqual(['', '  o', '日 x語'])
})

it('a sequence that comes in pieces is one', () => {
  const terminal = new Terminal(COLUMNS, ROWS)
  for (const character of 'a\u001b[31mb\u001b]0;t\u001b\\c\u001b[2;2Hd') terminal.write(character)
  expect(
    terminal.screen.map(line =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    ),
  ).toEqual(['abc', ' d', '', '', '', ''])
})

it('a full-screen program leaves the lines before as they were, and lines that went off are kept', () => {
  const terminal = new Terminal(COLUMNS, 2)
  terminal.write('one\r\ntwo\r\nthree\r\n\u001b[?1049h\u001b[2J\u001b[Heditor\r\n\n\n\u001b[?1049l')
  expect(terminal.transcript()).toEqual(['one', 'two', 'three'])
})

it('what could hide or reorder text is a sign of its own, and the size has limits', () => {
  const terminal = new Terminal(1e9, -3)
  expect([terminal.columns, terminal.rows]).toEqual([500, 24])
  terminal.write(`\u202eevil\u2066 a${'\u0300'.repeat(50)}`)
  const line = terminal.transcript()[0] ?? ''
  expect(line).toMatch(/^\ufffdevil\ufffd a\u0300{1,4}$/)
})
