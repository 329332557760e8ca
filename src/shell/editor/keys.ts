import { controlString, csi, ss3, withAlt, type Key, type Taken } from './sequences.ts'

export type { Key } from './sequences.ts'

const ESC = '\x1b'
const PASTE_END = '\x1b[201~'

/** Names of the control bytes that have one of their own; the others are `C-a` … `C-z`, `C-@`, `C-\`, `C-]`, `C-^`, `C-_`. */
const CONTROLS: Readonly<Record<string, string>> = {
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
}

/** The one place where bytes become keys. It never guesses: what can still become a longer sequence waits for more, or for `flush`. */
export class KeyDecoder {
  #utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  /** Undecoded text; while a paste is under way, what has been pasted so far. */
  #rest = ''
  #pasting = false

  /** Keys that are complete with these bytes. Text comes in runs, as long as the chunk lets them be. */
  feed(chunk: Uint8Array | string): Key[] {
    const known = this.#rest.length
    this.#rest += typeof chunk === 'string' ? chunk : this.#utf8.decode(chunk, { stream: true })
    return this.#take(known, false)
  }

  /** Whether bytes are held back that `flush` would decide. */
  get pending(): boolean {
    return this.#rest !== '' && !this.#pasting
  }

  /** Nothing more has come: an ESC is the key Esc, or Alt with what follows it. */
  flush(): Key[] {
    return this.#pasting ? [] : this.#take(0, true)
  }

  #take(known: number, final: boolean): Key[] {
    const keys: Key[] = []
    while (this.#rest !== '') {
      if (this.#pasting) {
        const end = this.#rest.indexOf(PASTE_END, Math.max(0, known - PASTE_END.length))
        if (end < 0) break
        keys.push({ name: 'paste', text: this.#rest.slice(0, end) })
        this.#rest = this.#rest.slice(end + PASTE_END.length)
        this.#pasting = false
        continue
      }
      const taken = next(this.#rest, final)
      if (!taken) break
      this.#rest = this.#rest.slice(taken.length)
      known = 0
      if (taken.key?.name === 'paste-start') this.#pasting = true
      else if (taken.key) keys.push(taken.key)
    }
    return keys
  }
}

/** The first key of `text`, or undefined while it isn't complete; with `final` there is always an answer. */
function next(text: string, final: boolean): Taken | undefined {
  if (text.startsWith(ESC)) return escape(text, final)
  const first = text.charAt(0)
  if (isControl(first)) return { length: 1, key: { name: controlName(first) } }
  const run = /^[^\x00-\x1f\x7f]+/.exec(text)?.[0] ?? first
  return { length: run.length, key: { name: 'text', text: run } }
}

function escape(text: string, final: boolean): Taken | undefined {
  const alone: Taken = { length: 1, key: { name: 'escape' } }
  const second = text.charAt(1)
  if (second === '') return final ? alone : undefined
  if (second === ESC) return doubleEscape(text, final, alone)
  if (second === '[') return csi(text, final)
  if (second === 'O') return ss3(text, final)
  if (']PX^_'.includes(second)) return controlString(text, final)
  // Esc and then a control key, pressed quickly: two keys, none of them lost. Alt-Backspace is the exception that people use.
  if (isControl(second)) return controlName(second) === 'backspace' ? { length: 2, key: { name: 'M-backspace' } } : alone
  const letter = String.fromCodePoint(text.codePointAt(1) ?? 0)
  return { length: 1 + letter.length, key: { name: `M-${letter}` } }
}

/** rxvt sends Alt-Up as ESC ESC [ A; anything else is the key Esc and then a sequence of its own. */
function doubleEscape(text: string, final: boolean, alone: Taken): Taken | undefined {
  const third = text.charAt(2)
  if (third === '' && !final) return undefined
  if (third !== '[' && third !== 'O') return alone
  const inner = third === '[' ? csi(text.slice(1), false) : ss3(text.slice(1), false)
  if (!inner) return final ? alone : undefined
  if (inner.key?.name === 'paste-start') return alone
  return { length: inner.length + 1, ...(inner.key && { key: withAlt(inner.key) }) }
}

function isControl(char: string): boolean {
  return char < ' ' || char === '\x7f'
}

function controlName(char: string): string {
  return CONTROLS[char] ?? `C-${String.fromCharCode(char.charCodeAt(0) + 0x40).toLowerCase()}`
}
