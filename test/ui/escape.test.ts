import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeJson } from '../../src/core/text/escape-json.ts'
import { escapeCell, escapeLine, escapeText } from '../../src/ui/escape.ts'

/** Whether a character controls a terminal, is invisible, or changes the direction of text; independent of the source on purpose. */
function isDangerous(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  const ranges = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0xad, 0xad],
    [0x61c, 0x61c],
    [0x180e, 0x180e],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x2064],
    [0x2066, 0x206f],
    [0xd800, 0xdfff],
    [0xfeff, 0xfeff],
    [0xfff9, 0xfffb],
    [0xe0001, 0xe0001],
    [0xe0020, 0xe007f],
  ]
  return ranges.some(([from = 0, to = 0]) => code >= from && code <= to)
}

const NASTY = fc.constantFrom(
  '\u001b[31m',
  '\u001b]0;title\u0007',
  '\u009b2J',
  '\r',
  '\n',
  '\t',
  '\r\n',
  '\b',
  '\u0000',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u200d',
  '\ufeff',
  '\u00ad',
  '\u2028',
  '\ud800',
  '\udc00',
  '\u{e0041}',
  '\u{e0001}',
)
const text = fc.array(fc.oneof(NASTY, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))).map(parts => parts.join(''))

const MODES = [
  ['escapeLine', escapeLine, ''],
  ['escapeText', escapeText, '\n\t'],
  ['escapeCell', escapeCell, '\r\n\t'],
  ['escapeJson', (raw: string) => escapeJson(JSON.stringify(raw)), ''],
] as const

describe.each(MODES)('%s', (_name, escape, kept) => {
  it('makes every dangerous character visible', () => {
    fc.assert(fc.property(text, raw => [...escape(raw)].every(character => kept.includes(character) || !isDangerous(character))))
  })

  it('leaves harmless text unchanged', () => {
    const harmless = text.map(raw => [...raw].filter(character => !isDangerous(character) && !/[\p{Cf}"\\]/u.test(character)).join(''))
    fc.assert(fc.property(harmless, raw => escape(raw) === (escape(raw).startsWith('"') ? `"${raw}"` : raw)))
  })
})

it('escaping shows the original character', () => {
  expect(escapeLine('a\u001b[1mb\tc\r\n\u009b\u202e\ufeff\ud800\u{e0041}')).toBe('a\\x1b[1mb\\tc\\r\\n\\x9b\\u202e\\ufeff\\ud800\\u{e0041}')
  expect(escapeText('a\r\nb\tc\rd\u001b')).toBe('a\nb\tc\\rd\\x1b')
  expect(escapeCell('a\r\nb\u001b')).toBe('a\r\nb\\x1b')
})

it('escaping keeps letters of every language', () => {
  const names = 'Zoë Müller, 北京, Ελλάδα, हिन्दी, עברית, العربية, 👍🏽, 🇩🇪, C:\\Users\\ß'
  expect(escapeLine(names)).toBe(names)
})

it('escaping keeps the meaning of a JSON document', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.jsonValue()), value => {
      expect(JSON.parse(escapeJson(JSON.stringify(value, undefined, 2)))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
