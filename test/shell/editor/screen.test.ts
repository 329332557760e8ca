import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Picture } from '../../../src/shell/editor/layout.ts'
import { Screen } from '../../../src/shell/editor/screen.ts'
import { cursorOf, emulator, rowsOf, settled } from './terminal.ts'

/** A screen on an emulated terminal, below output that it must not change. */
function stage(columns: number, rows: number, output: readonly string[] = []) {
  const begin = (width: number, height: number) => {
    const terminal = emulator(width, height)
    terminal.write(output.map(line => `${line}\r\n`).join(''))
    return terminal
  }
  const screen = new Screen()
  let terminal = begin(columns, rows)
  let shown: Picture | undefined
  return {
    screen,
    terminal: () => terminal,
    draw(picture: Picture) {
      shown = picture
      return settled(terminal, screen.draw(picture, terminal.cols, terminal.rows))
    },
    /** Changes the size, and answers the terminal's queries. The emulator does not rewrap the line with the cursor. */
    async resize(width: number, height: number, rewraps = false) {
      await settled(terminal)
      if (rewraps) {
        // A terminal that rewraps shows the same as one that had this width from the start.
        terminal = begin(width, height)
        if (shown) await settled(terminal, new Screen().draw(shown, width, height))
      } else terminal.resize(width, height)
      const answers: string[] = []
      const listening = terminal.onData(data => answers.push(data))
      await settled(terminal, screen.resized(width, height))
      listening.dispose()
      for (const answer of answers) await settled(terminal, screen.answered(Number(/;(\d+)R/.exec(answer)?.[1]), width, height))
    },
    seen: async () => {
      await settled(terminal)
      return { rows: rowsOf(terminal), cursor: cursorOf(terminal) }
    },
  }
}

const CELLS: Record<string, string> = {
  '\x1b': '^[',
  '\x07': '^G',
  '\x7f': '^?',
  '\u200b': '<U+200B>',
  '\u202e': '<U+202E>',
  '\x9b': '<U+009B>',
}
const WIDE = '日本語한'

/** A simple model that puts letters into rows one after the other. */
function model({ prompt, text, cursor }: Picture, columns: number): { rows: string[]; cursor: { row: number; column: number } } {
  const rows = ['']
  let column = 0
  let at: { row: number; column: number } | undefined
  const put = (letter: string, width: number) => {
    if (column + width > columns) {
      rows.push('')
      column = 0
    }
    rows.push(`${rows.pop() ?? ''}${letter}`)
    column += width
  }
  const place = () => ({ row: rows.length - 1, column })
  for (const letter of prompt.replace(/\x1b\[\d*m/g, '')) put(letter, 1)
  ;[...text].forEach((letter, index) => {
    const marks = () => {
      if (index === cursor) at = { row: rows.length - 1, column: column - (WIDE.includes(letter) ? 2 : 1) }
    }
    if (letter === '\n') {
      put('', 1)
      column -= 1
      if (index === cursor) at = place()
      rows.push('')
      column = 0
    } else if (CELLS[letter]) {
      ;[...CELLS[letter]].forEach((sign, number) => {
        put(sign, 1)
        if (number === 0) marks()
      })
    } else {
      put(letter, WIDE.includes(letter) ? 2 : 1)
      marks()
    }
  })
  if (column === columns) {
    rows.push('')
    column = 0
  }
  return { rows: rows.map(row => row.trimEnd()), cursor: at ?? place() }
}

const letter = fc.constantFrom('a', 'b', 'c', ' ', '\\', '\n', ...WIDE, ...Object.keys(CELLS))
const text = fc.string({ unit: letter, maxLength: 60 })
const prompt = fc.constantFrom('', '> ', '\x1b[32mWIN-01\x1b[0m C:\\> ', '\x1b[1m\x1b[31m!\x1b[39m\x1b[22m ')
/** A text with its cursor; every letter is one UTF-16 code unit. */
const picture: fc.Arbitrary<Picture> = fc
  .tuple(prompt, text, fc.nat(60))
  .map(([before, line, cursor]) => ({ prompt: before, text: line, cursor: Math.min(cursor, line.length) }))

/** Lines as editing produces them: each differs from the previous one in one place. */
const edits: fc.Arbitrary<Picture[]> = fc
  .tuple(picture, fc.array(fc.tuple(fc.nat(60), fc.nat(6), fc.string({ unit: letter, maxLength: 6 })), { maxLength: 6 }))
  .map(([first, changes]) =>
    changes.reduce(
      (done, [place, gone, come]) => {
        const { text: old } = done.at(-1) ?? first
        const at = Math.min(place, old.length)
        return [...done, { ...first, text: old.slice(0, at) + come + old.slice(at + gone), cursor: at + come.length }]
      },
      [first],
    ),
  )

describe('the screen', () => {
  test('shows the model, for any line after any other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(edits, fc.array(picture, { minLength: 1, maxLength: 3 })),
        fc.integer({ min: 4, max: 30 }),
        fc.nat(4),
        async (pictures, columns, above) => {
          const output = Array.from({ length: above }, (_, index) => `o${index}`)
          const { draw, seen } = stage(columns, 60, output)
          for (const one of pictures) {
            await draw(one)
            const expected = model(one, columns)
            while (expected.rows.at(-1) === '') expected.rows.pop()
            const { rows, cursor } = await seen()
            expect(rows.slice(0, above)).toEqual(output)
            expect({ rows: rows.slice(above), cursor: { ...cursor, row: cursor.row - above } }).toEqual(expected)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  const emoji = fc.constantFrom('a', 'b', '😀', '👩‍💻', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', '☕', 'e\u0301', '👍🏽', '日', '𝒳', '─')
  const colourful = fc
    .array(emoji, { maxLength: 24 })
    .chain(parts => fc.nat(parts.length).map(at => ({ prompt: '> ', text: parts.join(''), cursor: parts.slice(0, at).join('').length })))

  test('is the same whether drawn at once or by changes, even with characters that terminals measure differently', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(colourful, { minLength: 2, maxLength: 6 }), fc.integer({ min: 12, max: 40 }), async (pictures, columns) => {
        const { draw, seen } = stage(columns, 30)
        for (const one of pictures) {
          await draw(one)
          const fresh = stage(columns, 30)
          await fresh.draw(one)
          expect(await seen()).toEqual(await fresh.seen())
        }
      }),
      { numRuns: 60 },
    )
  })

  test('has what follows such a character in the right place', async () => {
    const { draw, terminal } = stage(40, 5)
    await draw({ prompt: '', text: '👩‍💻a☕b1️⃣c', cursor: 5 })
    const row = terminal().buffer.active.getLine(0)
    expect(['a', 'b', 'c'].map((_, index) => row?.getCell(2 + index * 3)?.getChars())).toEqual(['a', 'b', 'c'])
    expect(terminal().buffer.active.cursorX).toBe(2)
  })

  test('shows the part around the cursor when the text is taller than the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(picture, { minLength: 1, maxLength: 5 }), async pictures => {
        const output = ['one', 'two', 'three', 'four', 'five']
        const { draw, seen, terminal } = stage(8, 4, output)
        for (const one of pictures) {
          await draw(one)
          const { rows, cursor } = await seen()
          const { cursor: expected, rows: all } = model(one, 8)
          expect(rows.slice(0, 5)).toEqual(output)
          const shown = Array.from({ length: 4 }, (_, index) => rows[terminal().buffer.active.baseY + index] ?? '')
          if (all.length > 4) expect(shown[cursor.row - terminal().buffer.active.baseY]).toBe(all[expected.row])
          expect(cursor.column).toBe(expected.column)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('limits colours to the prompt, underlines a match, dims a note, and cuts what does not fit below', async () => {
    const { draw, terminal, seen } = stage(20, 6)
    await draw({
      prompt: '\x1b[32mok\x1b[0m ',
      text: 'list',
      cursor: 0,
      match: { from: 1, to: 3 },
      note: '...',
      below: () => ['a very long row that is cut', '\x1b[2J', 'x', 'y', 'z', 'w'],
    })
    const cell = (x: number) => terminal().buffer.active.getLine(0)?.getCell(x)
    expect([0, 2, 3, 7].map(x => cell(x)?.isFgDefault())).toEqual([false, true, true, true])
    expect([3, 4, 5, 6].map(x => Boolean(cell(x)?.isUnderline()))).toEqual([false, true, true, false])
    expect(Boolean(cell(7)?.isDim())).toBe(true)
    expect(await seen()).toEqual({ rows: ['ok list...', 'a very long row tha', '^[[2J', 'x', 'y', 'z'], cursor: { row: 0, column: 3 } })
    await draw({ prompt: '\x1b[32mok\x1b[0m ', text: 'list', cursor: 4 })
    expect(await seen()).toEqual({ rows: ['ok list'], cursor: { row: 0, column: 7 } })
  })
})

describe('the output for a change', () => {
  const output = (...pictures: Partial<Picture>[]) => {
    const screen = new Screen()
    return pictures.map(one => screen.draw({ prompt: '> ', text: '', cursor: 0, ...one }, 20, 5)).at(-1)
  }

  test('is only the letter when one is added at the end', () => {
    expect(output({ text: 'ab', cursor: 2 }, { text: 'abc', cursor: 3 })).toBe('c')
  })

  test('is nothing for an identical line, and only a move for a move', () => {
    expect(output({ text: 'ab', cursor: 2 }, { text: 'ab', cursor: 2 })).toBe('')
    expect(output({ text: 'ab', cursor: 2 }, { text: 'ab', cursor: 1 })).toBe('\x1b[4G')
  })

  test('for a backspace goes back and clears the rest of the row', () => {
    expect(output({ text: 'ab', cursor: 2 }, { text: 'a', cursor: 1 })).toBe('\x1b[4G\x1b[K')
  })

  test('moves the cursor to the next row at the right edge', () => {
    expect(output({ text: 'a'.repeat(17), cursor: 17 }, { text: 'a'.repeat(18), cursor: 18 })).toBe('a \r')
  })
})

describe('at the right edge', () => {
  test('the end of a row is cleared when the next letter no longer fits there', async () => {
    const { draw, seen } = stage(4, 5)
    await draw({ prompt: '', text: 'abcd', cursor: 4 })
    await draw({ prompt: '', text: 'abc日', cursor: 4 })
    expect((await seen()).rows).toEqual(['abc', '日'])
  })

  test('nothing is cleared in the last cell of the last row when it holds text', () => {
    const screen = new Screen()
    const text = '─bbbbb'.repeat(9)
    screen.draw({ prompt: '', text, cursor: 0 }, 6, 3)
    const written = screen.draw({ prompt: '', text: `x${text.slice(1)}`, cursor: 1 }, 6, 3)
    expect(written).toContain('x')
    expect(written).not.toMatch(/\x1b\[[KJ]/)
  })
})

describe('removing the line', () => {
  test('leaves it whole if it is to stay, with the cursor in the row below', async () => {
    for (const [line, row] of [
      ['ab', 1],
      ['a'.repeat(8), 1],
      ['a'.repeat(9), 2],
      ['', 1],
    ] as const) {
      const { screen, draw, seen, terminal } = stage(10, 5)
      await draw({ prompt: '> ', text: line, cursor: 0, below: () => ['list', 'more'] })
      await settled(terminal(), screen.finish({ prompt: '> ', text: line, cursor: 0 }, 10, 5))
      expect((await seen()).cursor).toEqual({ row, column: 0 })
      expect((await seen()).rows.join('')).toBe(`> ${line}`.trimEnd())
    }
  })

  test('leaves the cursor where the prompt began', async () => {
    const { screen, draw, seen, terminal } = stage(10, 8, ['out'])
    await draw({ prompt: '> ', text: 'a'.repeat(30), cursor: 20, below: () => ['x'] })
    await settled(terminal(), screen.erase(10, 8))
    expect(await seen()).toEqual({ rows: ['out'], cursor: { row: 1, column: 0 } })
  })
})

describe('after a change of size', () => {
  const one = picture.filter(({ text: line }) => !line.includes('\n'))
  const sizes = fc.array(fc.tuple(fc.integer({ min: 6, max: 60 }), fc.integer({ min: 30, max: 50 })), { minLength: 1, maxLength: 4 })

  test.each([
    ['rewraps the line', true],
    ['leaves the line', false],
  ])('a terminal that %s shows the line once, below the output', async (_, rewraps) => {
    await fc.assert(
      fc.asyncProperty(one, sizes, async (shown, changes) => {
        const output = ['one', 'two']
        const { draw, resize, seen } = stage(30, 40, output)
        await draw(shown)
        for (const [columns, rows] of changes) {
          await resize(columns, rows, rewraps)
          const { rows: all, cursor } = await seen()
          const expected = model(shown, columns)
          expect(all.slice(0, 2)).toEqual(output)
          // If the answer is ambiguous, remnants above the line are allowed, but the line itself is whole.
          const text = expected.rows.join('\n').trimEnd()
          expect(all.slice(2).join('\n').endsWith(text)).toBe(true)
          expect(cursor.column).toBe(expected.cursor.column)
        }
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    ['rewraps the line', true],
    ['leaves the line', false],
  ])('nothing is left over on a terminal that %s', async (_, rewraps) => {
    const { draw, resize, seen } = stage(40, 12, ['out'])
    const line = 'get C:\\Users\\anna\\Downloads\\invoice.exe .'
    await draw({ prompt: '> ', text: line, cursor: line.length })
    for (const columns of [25, 17, 30, 80, 12]) {
      await resize(columns, 12, rewraps)
      const { rows } = await seen()
      expect(rows[0]).toBe('out')
      expect(
        rows
          .slice(1)
          .map(row => row.padEnd(columns))
          .join('')
          .trimEnd(),
      ).toBe(`> ${line}`)
    }
  })

  test('the line may have more rows than the terminal', async () => {
    const { draw, resize, seen } = stage(10, 12)
    await draw({ prompt: '> ', text: 'abcdefghij'.repeat(5), cursor: 50 })
    await resize(10, 3)
    const { rows, cursor } = await seen()
    expect(rows.at(-1)).toBe('ij')
    expect(cursor.column).toBe(2)
  })

  test("a key that arrives before the terminal's answer is drawn", async () => {
    const { screen, draw, seen, terminal } = stage(20, 8, ['out'])
    await draw({ prompt: '> ', text: 'a'.repeat(40), cursor: 40 })
    terminal().resize(25, 8)
    expect(screen.resized(25, 8)).toBe('\x1b[6n')
    await draw({ prompt: '> ', text: `${'a'.repeat(40)}b`, cursor: 41 })
    expect(screen.answered(3, 25, 8)).toBe('')
    expect((await seen()).rows.join('')).toContain(`> ${'a'.repeat(40)}b`)
  })
})
