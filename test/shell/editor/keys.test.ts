import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Key, KeyDecoder } from '../../../src/shell/editor/keys.ts'

/** Names of keys, and text and pastes as `'…'`; consecutive text is joined. */
function names(keys: Key[]): string {
  const joined = keys.map(({ name, text }) => (name === 'text' ? `'${text}'` : name === 'paste' ? `paste(${text})` : name))
  return joined.join(' ').replace(/' '/g, '')
}

function decode(...chunks: (string | Uint8Array)[]): string {
  const decoder = new KeyDecoder()
  return names([...chunks.flatMap(chunk => decoder.feed(chunk)), ...decoder.flush()])
}

/** What terminals send, and its meaning; texts contain no spaces so that `names` can be parsed. */
const SENT: [string, string][] = [
  ['abc', "'abc'"],
  ['日本', "'日本'"],
  ['👩‍💻é', "'👩‍💻é'"],
  ['\x01\x05\x02\x06\x0b\x15\x17\x19\x14\x0c\x04', 'C-a C-e C-b C-f C-k C-u C-w C-y C-t C-l C-d'],
  ['\x08\x7f\t\r\n\x00\x1f\x03\x12\x13\x07', 'backspace backspace tab enter enter C-@ C-_ C-c C-r C-s C-g'],
  ['\x1bb\x1bf\x1bd\x1b\x7f\x1b\b\x1bé', 'M-b M-f M-d M-backspace M-backspace M-é'],
  ['\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F', 'up down right left home end'],
  ['\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF', 'up down right left home end'],
  ['\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~', 'home insert delete end pageup pagedown home end'],
  ['\x1b[1;5D\x1b[1;5C\x1b[1;3A\x1b[1;2H\x1b[3;5~\x1b[1;8C', 'C-left C-right M-up S-home C-delete C-M-S-right'],
  ['\x1bOd\x1bOc\x1b[a\x1b[7^\x1b[7$\x1b[8@\x1b[3^', 'C-left C-right S-up C-home S-home C-S-end C-delete'],
  ['\x1bOP\x1b[11~\x1b[15~\x1b[24~\x1b[Z', 'f1 f1 f5 f12 S-tab'],
  ['\x1b[[A\x1b[[Ex', "'x'"],
  ['\x1bOM\x1bOj\x1bOp\x1bOy\x1bO5C', "enter '*09' C-right"],
  ['\x1b\x1b[A\x1b\x1bOD\x1b\x1b[3~', 'M-up M-left M-delete'],
  ['\x1b[27;5;9~\x1b[97;5u\x1b[13u\x1b[98;3u\x1b[233u\x1b[97;1:3u', "C-tab C-a enter M-b 'é'"],
  ['\x1b[12;34R', 'position'],
  ['\x1b[?1;2c\x1b[I\x1b[O\x1b[>0;1;2c\x1b[?2026;2$yx', "'x'"],
  ['\x1b]11;rgb:0000/0000/0000\x07\x1b]0;t\x1b\\\x1bP1$r0m\x1b\\\x1b_Gx\x1b\\y', "'y'"],
  ['\x1b[200~a\r\nb\x1b[Ac\x03\x1b[201~d', "paste(a\r\nb\x1b[Ac\x03) 'd'"],
  ['\x1b[200~\x1b[201~', 'paste()'],
  // Keys in quick succession: none is lost.
  ['\x1b\r', 'escape enter'],
  ['\x1b\x03', 'escape C-c'],
  ['\x1b\x1b\x1b', 'escape escape escape'],
  ['\x1b]a\r', "M-] 'a' enter"],
  ['\x1b\x1bx', 'escape M-x'],
  // Interrupted by something that cannot belong to it.
  ['\x1b[1;\ra', "enter 'a'"],
  ['\x1b[1\x1b[A', 'up'],
  ['\x1b[5é', "'é'"],
  ['\x1bO\r', 'M-O enter'],
]

describe('keys from bytes', () => {
  test.each(SENT)('reads %j as %s', (bytes, expected) => {
    expect(decode(bytes)).toBe(expected)
  })

  test('reads the same keys wherever the bytes are split', () => {
    for (const [text, expected] of SENT) {
      const bytes = Buffer.from(text)
      for (let at = 1; at < bytes.length; at++)
        expect(decode(bytes.subarray(0, at), bytes.subarray(at)), `${JSON.stringify(text)} at ${at}`).toBe(expected)
      expect(decode(...Array.from(bytes, byte => Uint8Array.of(byte)))).toBe(expected)
    }
  })

  test('reads several keys in any order and in any pieces', () => {
    const whole = SENT.filter(([text]) => !/^\x1b(\r|\x03|\x1b|\])|\x1b\x1b|\x1b[[O][1;5]*[\r\x1bé]/.test(text))
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...whole), { maxLength: 8 }), fc.array(fc.nat(60)), (sent, cuts) => {
        const bytes = Buffer.from(sent.map(([text]) => text).join(''))
        const places = [0, ...cuts.filter(cut => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place))
        expect(decode(...chunks)).toBe(
          sent
            .map(([, name]) => name)
            .join(' ')
            .replace(/' '/g, ''),
        )
      }),
    )
  })

  test('never throws for arbitrary bytes, and still reads the text after them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
        if (Buffer.from(bytes).includes('\x1b[200~')) return
        const decoder = new KeyDecoder()
        decoder.feed(bytes)
        decoder.flush()
        expect(names(decoder.feed('\rok'))).toMatch(/enter 'ok'$/)
      }),
    )
  })

  test('waits after ESC, and reads it as the key Esc when nothing follows', () => {
    const decoder = new KeyDecoder()
    expect(decoder.feed('a\x1b')).toEqual([{ name: 'text', text: 'a' }])
    expect(decoder.pending).toBe(true)
    expect(decoder.flush()).toEqual([{ name: 'escape' }])
    expect(decoder.pending).toBe(false)
    expect(decoder.feed('[A')).toEqual([{ name: 'text', text: '[A' }])
  })

  test('decides by the pause whether Alt with a letter begins a sequence', () => {
    for (const letter of ['[', 'O', ']', 'P', 'X']) expect(decode(`\x1b${letter}`)).toBe(`M-${letter}`)
  })

  test('waits for the end of a paste, however long it takes', () => {
    const decoder = new KeyDecoder()
    expect(decoder.feed('\x1b[200~one\x1b[20')).toEqual([])
    expect(decoder.pending).toBe(false)
    expect(decoder.flush()).toEqual([])
    expect(decoder.feed('1~')).toEqual([{ name: 'paste', text: 'one' }])
  })

  test("reads the column of the cursor from the terminal's answer", () => {
    expect(new KeyDecoder().feed('\x1b[12;34R')).toEqual([{ name: 'position', text: '34' }])
  })
})
