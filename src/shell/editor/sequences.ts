/**
 * One key. `name` is `text` or `paste` (with `text`), or as Emacs writes it: `enter`, `up`, `C-a`, `M-b`, `C-left`, `C-M-S-delete`.
 * `position` is the terminal's answer to the question where the cursor is: `text` holds the column, counted from 1.
 */
export interface Key {
  name: string
  text?: string
}

/** What was decoded: how many characters are used up, and the key, unless it is a sequence that means nothing here. */
export interface Taken {
  length: number
  key?: Key
}

/** Final bytes of CSI and SS3 sequences: xterm, VT and Windows Terminal. */
const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

/** First parameters of CSI … ~: VT220, rxvt, Linux console. */
const NUMBERS: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}

/** The keypad in application mode, as SS3 sends it. */
const KEYPAD = '*+,-./0123456789'

/** rxvt's arrows with a modifier: ESC [ a is Shift-Up, ESC O a is Ctrl-Up. */
const RXVT_ARROWS: Readonly<Record<string, string>> = { a: 'up', b: 'down', c: 'right', d: 'left' }

/** Keys that terminals with "modifyOtherKeys" or CSI u send by their code. */
const CODES: Readonly<Record<number, string>> = { 8: 'backspace', 9: 'tab', 13: 'enter', 27: 'escape', 127: 'backspace' }

const SHIFT = 1
const ALT = 2
const CTRL = 4

/** ESC [ …: `parameters` of 0x30–0x3f, intermediates of 0x20–0x2f, a final byte of 0x40–0x7e (ECMA-48, 5.4). */
export function csi(text: string, final: boolean): Taken | undefined {
  // The Linux console's F1 to F5 are ESC [ [ A to E: by ECMA-48 the second bracket would be the end.
  if (text.startsWith('\x1b[[')) return text.length > 3 ? { length: 4 } : final ? { length: 3 } : undefined
  const [head, parameters = ''] = /^\x1b\[([0-?]*)[ -#%-/]*/.exec(text) ?? [text]
  const last = text.charAt(head.length)
  if (last === '') return final ? unfinished(text) : undefined
  if (last === '$' && !/^\d+$/.test(parameters)) return dollar(text, head, final)
  // A byte that can't be in a sequence ends it: the sequence is dropped, the byte counts.
  if (!/[$@-~]/.test(last)) return { length: head.length }
  const key = csiKey(parameters, last)
  return { length: head.length + 1, ...(key && { key }) }
}

/** rxvt ends Shift-Home with `$`, which is an intermediate byte everywhere else. */
function dollar(text: string, head: string, final: boolean): Taken | undefined {
  const last = text.charAt(head.length + 1)
  if (last === '') return final ? { length: text.length } : undefined
  return { length: head.length + (/[@-~]/.test(last) ? 2 : 1) }
}

function unfinished(text: string): Taken {
  return text === '\x1b[' ? { length: 2, key: { name: 'M-[' } } : { length: text.length }
}

function csiKey(parameters: string, last: string): Key | undefined {
  // `<`, `=`, `>` and `?` mark reports and private sequences: no key.
  if (/[<=>?]/.test(parameters)) return undefined
  const [first = '', second = '', third = ''] = parameters.split(';')
  if (last === 'R' && second !== '') return { name: 'position', text: second }
  if (last === 'u') return coded(Number.parseInt(first, 10), second)
  if (last === '~' && first === '27') return coded(Number.parseInt(third, 10), second)
  if (last === '~' && first === '200') return { name: 'paste-start' }
  if (last === 'Z') return { name: 'S-tab' }
  const arrow = RXVT_ARROWS[last]
  if (arrow) return { name: `S-${arrow}` }
  const rxvt = { '^': CTRL, $: SHIFT, '@': CTRL | SHIFT }[last]
  const name = last === '~' || rxvt !== undefined ? NUMBERS[first] : LETTERS[last]
  return name && !released(second) ? { name: prefix(rxvt ?? modifiers(second)) + name } : undefined
}

/** ESC O …: cursor keys, keypad and F1 to F4 in application mode, with the parameters that some terminals put in. */
export function ss3(text: string, final: boolean): Taken | undefined {
  const [head, parameters = ''] = /^\x1bO([0-9;]*)/.exec(text) ?? [text]
  const last = text.charAt(head.length)
  if (last === '') return final ? { length: 2, key: { name: 'M-O' } } : undefined
  if (!/[A-Za-z]/.test(last)) return { length: 2, key: { name: 'M-O' } }
  const key = ss3Key(parameters.split(';').at(-1) ?? '', last)
  return { length: head.length + 1, ...(key && { key }) }
}

function ss3Key(modifier: string, last: string): Key | undefined {
  const arrow = RXVT_ARROWS[last]
  if (arrow) return { name: `C-${arrow}` }
  if (last === 'M') return { name: 'enter' }
  const name = LETTERS[last]
  if (name) return { name: prefix(modifiers(modifier)) + name }
  const pad = KEYPAD.charAt(last.charCodeAt(0) - 'j'.charCodeAt(0))
  return pad === '' ? undefined : { name: 'text', text: pad }
}

/** OSC, DCS, SOS, PM and APC: ignored up to their terminator. Without one it was Alt with that letter. */
export function controlString(text: string, final: boolean): Taken | undefined {
  const stop = /[\x00-\x1f\x7f]/g
  stop.lastIndex = 2
  const end = stop.exec(text)?.index
  const terminator = end === undefined ? '' : text.slice(end, end + 2)
  if (end !== undefined && terminator.startsWith('\x07')) return { length: end + 1 }
  if (end !== undefined && terminator === '\x1b\\') return { length: end + 2 }
  if (!final && (end === undefined || terminator === '\x1b')) return undefined
  return { length: 2, key: { name: `M-${text.charAt(1)}` } }
}

/** The key with Alt held as well. */
export function withAlt(key: Key): Key {
  if (key.name === 'text') return { name: `M-${key.text ?? ''}` }
  const [, ctrl = '', rest = ''] = /^(C-)?(?:M-)?(.+)$/s.exec(key.name) ?? []
  return { name: `${ctrl}M-${rest}` }
}

function coded(code: number, modifier: string): Key | undefined {
  if (!(code > 0 && code <= 0x10ffff) || released(modifier)) return undefined
  const held = modifiers(modifier)
  const name = CODES[code]
  if (name) return { name: prefix(held) + name }
  // The private use area is where CSI u puts keys that have no character.
  if (code < 0x20 || (code >= 0xd800 && code <= 0xf8ff)) return undefined
  const char = String.fromCodePoint(code)
  return held & (CTRL | ALT) ? { name: prefix(held & ~SHIFT) + char } : { name: 'text', text: char }
}

/** A modifier parameter is 1 plus the bits of what is held; after a colon comes the kind of event. */
function modifiers(parameter: string): number {
  const value = Number.parseInt(parameter, 10)
  return value > 1 ? (value - 1) & (SHIFT | ALT | CTRL) : 0
}

function released(modifier: string): boolean {
  return modifier.endsWith(':3')
}

function prefix(held: number): string {
  return `${held & CTRL ? 'C-' : ''}${held & ALT ? 'M-' : ''}${held & SHIFT ? 'S-' : ''}`
}
