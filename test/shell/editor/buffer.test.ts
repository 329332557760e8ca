import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Buffer } from '../../../src/shell/editor/buffer.ts'
import * as edit from '../../../src/shell/editor/buffer.ts'

/** Creates a buffer from a picture, in which `|` is the cursor. */
function at(picture: string, kills: string[] = []): Buffer {
  const buffer = edit.replaceAll(edit.emptyBuffer(kills), picture.replace('|', ''))
  return edit.moveTo(buffer, picture.indexOf('|'))
}

function show({ text, cursor }: Buffer): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}

type Edit = (buffer: Buffer) => Buffer

const CASES: [string, Edit, string, string][] = [
  ['left', edit.left, 'ab|c', 'a|bc'],
  ['left at the start', edit.left, '|a', '|a'],
  ['left over a joined emoji', edit.left, 'a👩‍💻|b', 'a|👩‍💻b'],
  ['right over a combined letter', edit.right, '|e\u0301x', 'e\u0301|x'],
  ['right at the end', edit.right, 'a|', 'a|'],
  ['home', edit.home, 'ab|c', '|abc'],
  ['home of a line', edit.home, 'a\nbc|d', 'a\n|bcd'],
  ['end', edit.end, 'a|bc', 'abc|'],
  ['end of a line', edit.end, 'a|b\nc', 'ab|\nc'],
  ['word left', edit.wordLeft, 'ls C:\\Users\\x| ', 'ls C:\\Users\\|x '],
  ['word left over spaces', edit.wordLeft, 'ls   |', '|ls   '],
  ['word right', edit.wordRight, '|ls C:\\Users', 'ls| C:\\Users'],
  ['word right at the end', edit.wordRight, 'ls| \\ ', 'ls \\ |'],
  ['backspace', edit.deleteBack, 'añ|b', 'a|b'],
  ['backspace at the start', edit.deleteBack, '|b', '|b'],
  ['backspace over a flag', edit.deleteBack, '🇩🇪🇫🇷|', '🇩🇪|'],
  ['delete', edit.deleteForward, 'a|日b', 'a|b'],
  ['delete at the end', edit.deleteForward, 'a|', 'a|'],
  ['kill to the end', edit.killToEnd, 'a|bc', 'a|'],
  ['kill a line break', edit.killToEnd, 'a|\nb', 'a|b'],
  ['kill to the start', edit.killToStart, 'ab|c', '|c'],
  ['kill to the space', edit.killToBlank, 'get C:\\a\\b  |x', 'get |x'],
  ['kill the word before', edit.killWordLeft, 'get C:\\a\\bc|', 'get C:\\a\\|'],
  ['kill the word after', edit.killWordRight, 'get| -r x', 'get| x'],
  ['transpose', edit.transpose, 'a|bc', 'ba|c'],
  ['transpose at the end', edit.transpose, 'abc|', 'acb|'],
  ['transpose one letter', edit.transpose, 'a|', 'a|'],
  ['transpose at the start', edit.transpose, '|ab', '|ab'],
]

describe('editing', () => {
  test.each(CASES)('moves and deletes: %s', (_, change, before, after) => {
    expect(show(change(at(before)))).toBe(after)
  })

  test('joins consecutive kills in the order of the text', () => {
    const killed = edit.killToEnd(edit.killWordLeft(edit.killWordLeft(at('one two three| four'))))
    expect(show(killed)).toBe('one |')
    expect(show(edit.yank(killed))).toBe('one two three four|')
    expect(edit.killToEnd(edit.left(edit.killToEnd(at('a|b')))).kills).toEqual(['b', 'a'])
  })

  test('yank-pop goes through the kills, and only after a yank', () => {
    const yanked = edit.yank(at('x|y', ['one', 'two', 'three']))
    expect(show(yanked)).toBe('xthree|y')
    const popped = edit.yankPop(yanked)
    expect(show(popped)).toBe('xtwo|y')
    expect(show(edit.yankPop(edit.yankPop(popped)))).toBe('xthree|y')
    expect(show(edit.undo(popped))).toBe('x|y')
    expect(show(edit.yankPop(edit.left(yanked)))).toBe('xthre|ey')
  })

  test('undoes a typed word, a kill, a paste', () => {
    let buffer = edit.emptyBuffer()
    for (const letter of 'rm file') buffer = edit.type(buffer, letter)
    buffer = edit.paste(buffer, ' and\r\nmore\r\n')
    expect(show(buffer)).toBe('rm file and\nmore|')
    buffer = edit.killToStart(buffer)
    const seen = [buffer]
    while (buffer.past.length > 0) seen.push((buffer = edit.undo(buffer)))
    expect(seen.map(show)).toEqual(['rm file and\n|', 'rm file and\nmore|', 'rm file|', 'rm|', '|'])
    expect(show(edit.undo(buffer))).toBe('|')
  })

  test('moves up and down in a text of several lines', () => {
    expect(show(edit.lineUp(at('abc\nde|f')) ?? at('|'))).toBe('ab|c\ndef')
    expect(show(edit.lineUp(at('a\ndef|')) ?? at('|'))).toBe('a|\ndef')
    expect(show(edit.lineDown(at('ab|c\nd\ne')) ?? at('|'))).toBe('abc\nd|\ne')
    expect(edit.lineUp(at('a|b\nc'))).toBeUndefined()
    expect(edit.lineDown(at('a\nb|c'))).toBeUndefined()
  })

  test('joins a typed combining character with the one before it', () => {
    const joined = edit.type(edit.type(at('x|y'), 'e'), '\u0301')
    expect(show(joined)).toBe('xe\u0301|y')
    expect(show(edit.deleteBack(joined))).toBe('x|y')
  })
})

/** The same editing on a plain list of characters, for letters of one code unit that cannot combine. */
interface Model {
  letters: string[]
  at: number
}

const MOVES: Record<string, [Edit, (model: Model) => void]> = {
  left: [
    edit.left,
    model => {
      model.at = Math.max(0, model.at - 1)
    },
  ],
  right: [
    edit.right,
    model => {
      model.at = Math.min(model.letters.length, model.at + 1)
    },
  ],
  home: [
    edit.home,
    model => {
      model.at = 0
    },
  ],
  end: [
    edit.end,
    model => {
      model.at = model.letters.length
    },
  ],
  back: [
    edit.deleteBack,
    model => {
      if (model.at > 0) model.letters.splice(--model.at, 1)
    },
  ],
  forward: [
    edit.deleteForward,
    model => {
      model.letters.splice(model.at, 1)
    },
  ],
  toEnd: [
    edit.killToEnd,
    model => {
      model.letters.length = model.at
    },
  ],
  toStart: [
    edit.killToStart,
    model => {
      model.letters.splice(0, model.at)
      model.at = 0
    },
  ],
  toBlank: [
    edit.killToBlank,
    model => {
      while (model.at > 0 && model.letters[model.at - 1] === ' ') model.letters.splice(--model.at, 1)
      while (model.at > 0 && model.letters[model.at - 1] !== ' ') model.letters.splice(--model.at, 1)
    },
  ],
  wordLeft: [
    edit.wordLeft,
    model => {
      while (model.at > 0 && !/\w/.test(model.letters[model.at - 1] ?? '')) model.at--
      while (model.at > 0 && /\w/.test(model.letters[model.at - 1] ?? '')) model.at--
    },
  ],
  wordRight: [
    edit.wordRight,
    model => {
      while (model.at < model.letters.length && !/\w/.test(model.letters[model.at] ?? '')) model.at++
      while (model.at < model.letters.length && /\w/.test(model.letters[model.at] ?? '')) model.at++
    },
  ],
}

describe('a long line', () => {
  const LONG = 300_000
  test.each<[string, Edit, string, number]>([
    ['one word', edit.wordLeft, `${'a'.repeat(LONG)}|`, 0],
    ['spaces after a word', edit.wordLeft, `x${' '.repeat(LONG)}|`, 0],
    ['spaces after a path', edit.killToBlank, `x ${'a'.repeat(LONG)}${' '.repeat(LONG)}|`, 2],
    ['letters of two code units', edit.wordLeft, `x ${'𝐚'.repeat(LONG)}|`, 2],
  ])('of %s is scanned only once', (_, run, picture, cursor) => {
    const buffer = edit.replaceAll(edit.emptyBuffer(), picture.slice(0, -1))
    expect(run(buffer).cursor).toBe(cursor)
  })

  test('line breaks inside a paste stay, however many there are', () => {
    const text = `${'\n'.repeat(LONG)}x`
    expect(edit.paste(edit.emptyBuffer(), `${text}\n\n`).text).toBe(text)
  })
})

describe('for any input', () => {
  const move = fc.constantFrom(...Object.keys(MOVES))
  const typed = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\\', '-'), minLength: 1, maxLength: 4 }).map(text => `+${text}`)

  test('editing equals editing a list of characters', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(move, typed), { maxLength: 40 }), steps => {
        const model: Model = { letters: [], at: 0 }
        let buffer = edit.emptyBuffer()
        for (const step of steps) {
          const known = MOVES[step]
          buffer = known ? known[0](buffer) : edit.type(buffer, step.slice(1))
          if (known) known[1](model)
          else model.at += model.letters.splice(model.at, 0, ...step.slice(1)) && step.length - 1
          expect([buffer.text, buffer.cursor]).toEqual([model.letters.join(''), model.at])
        }
      }),
    )
  })

  const anything: Edit[] = [
    ...Object.values(MOVES).map(([change]) => change),
    edit.killWordLeft,
    edit.killWordRight,
    edit.yank,
    edit.yankPop,
    edit.transpose,
    edit.undo,
    buffer => edit.lineUp(buffer) ?? buffer,
    buffer => edit.lineDown(buffer) ?? buffer,
  ]
  const step: fc.Arbitrary<Edit> = fc.oneof(
    fc.constantFrom(...anything),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }).map(
      (text): Edit =>
        buffer =>
          edit.type(buffer, text),
    ),
    fc.constantFrom('\u0301', '\u200d', '🇩', '👩‍💻', '\n', 'a\nb', 'e').map(
      (text): Edit =>
        buffer =>
          edit.paste(buffer, text),
    ),
  )

  test('the cursor is always between characters, and undo leads back to the start', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        let buffer = steps.reduce((state, change) => {
          const next = change(state)
          const places = new Set([
            0,
            ...Array.from(new Intl.Segmenter().segment(next.text), ({ index, segment }) => index + segment.length),
          ])
          expect(places.has(next.cursor)).toBe(true)
          return next
        }, edit.emptyBuffer())
        while (buffer.past.length > 0) buffer = edit.undo(buffer)
        expect(buffer.text).toBe('')
      }),
    )
  })

  test('a kill followed by a yank changes nothing', () => {
    const kills = [edit.killToEnd, edit.killToStart, edit.killToBlank, edit.killWordLeft, edit.killWordRight]
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.nat(20), fc.constantFrom(...kills), (text, place, kill) => {
        const buffer = edit.moveTo(edit.replaceAll(edit.emptyBuffer(), text), place)
        const killed = kill(buffer)
        expect((killed.text === text ? buffer : edit.yank(killed)).text).toBe(text)
      }),
    )
  })
})
