import type { Transport, WireResponse } from '../../src/core/ports.ts'

/** Texts that affect a terminal, a line, a cell or a path, or look like something else. */
export const HOSTILE_TEXTS = [
  '\u001b[2J\u001b[H',
  '\u001b]0;owned\u0007',
  '\u001b]8;;http://x/\u001b\\',
  '\u001b]52;c;cm0gLXJm\u0007',
  '\u001bP$q"p\u001b\\',
  '\u009b31m',
  '\u001b[6n',
  '\u001b[?1049h',
  '\r\n',
  '\n',
  '\r',
  '\t',
  '\b\b\b\b',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u000e',
  '\u0007',
  '\u202e\u0066\u0064\u0070',
  '\u2066',
  '\u200f',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\u2029',
  '\u00ad',
  '\u{e0041}',
  '\ud800',
  '\udc00x',
  "=cmd|'/c calc'!A0",
  '+1',
  '-1',
  '@x',
  '"',
  "'",
  '""',
  ',',
  ';',
  '&',
  '|',
  '>',
  '#',
  '!',
  '$(id)',
  '`id`',
  '{"error":{}}',
  '..',
  '../../../etc/passwd',
  '..\\..\\x',
  '/etc/passwd',
  'C:\\x',
  'a:b',
  'CON',
  'NUL.txt',
  'x. ',
  ' ',
  '.',
  '~',
  '-rf',
  '--yes',
  '*',
  '?',
  '__proto__',
  'constructor',
  'e\u0301',
  '\u0300'.repeat(30),
  '\u{1f468}\u200d\u{1f469}',
  'ſ',
  '\u212a',
  'x'.repeat(5000),
] as const

/** Values of the wrong type. */
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e15,
  1e308,
  -1e308,
  0.5,
  2 ** 53,
  '',
  '1',
  'NaN',
  [],
  {},
  [[]],
  [null],
  [{}],
  { a: { b: [1] } },
  ['x', 1, null],
  JSON.parse('{"__proto__":{"id":1},"toString":1,"constructor":null}'),
  ...HOSTILE_TEXTS,
]

/** How an answer is corrupted. */
export interface Hostility {
  seed: number
  /** `text`: strings contain hostile text; `type`: values have another type, or are missing. */
  how: 'text' | 'type'
  /** The share of values to corrupt, 0 to 1. */
  rate: number
}

/** Fields that the next request depends on: if these were corrupted, nothing would ever be shown. */
const REQUEST_FIELDS = new Set([
  'id',
  'status',
  'device_id',
  'file_id',
  'job_id',
  'supported_commands',
  'current_working_directory',
  'drives',
  'attributes',
  'os',
  'sensor_states',
])

/** Corrupts the answers of a service: the same values for the same seed. */
export class Spoiler {
  readonly #hostility: Hostility
  #state: number

  constructor(hostility: Hostility) {
    this.#hostility = hostility
    this.#state = hostility.seed | 0
  }

  /** Returns a JSON value as a hostile service would send it. */
  spoil(value: unknown, key = ''): unknown {
    const { how, rate } = this.#hostility
    if (how === 'text' && REQUEST_FIELDS.has(key)) return value
    if (how === 'type' && this.#chance() < rate) return this.#of(HOSTILE_VALUES)
    if (how === 'text' && typeof value === 'string') return this.#chance() < rate ? this.#text(value, key) : value
    if (Array.isArray(value)) return value.map(item => this.spoil(item, key))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([name, item]) => [name, this.spoil(item, name)] as const)
    const gone = how === 'type' && entries.length > 0 && this.#chance() < rate ? Math.floor(this.#chance() * entries.length) : -1
    return Object.fromEntries(entries.filter((_, at) => at !== gone))
  }

  /** Corrupts a string, but keeps what follows its last backslash, by which a name is found. */
  #text(value: string, key: string): string {
    const bad = this.#of(HOSTILE_TEXTS)
    if (key === 'name') return `${bad}\\${value}`
    return [bad, bad + value, value + bad, value.slice(0, 3) + bad + value.slice(3)][Math.floor(this.#chance() * 4)] ?? bad
  }

  #of<T>(all: readonly T[]): T {
    return all[Math.floor(this.#chance() * all.length)] as T
  }

  /** Returns a number from 0 to 1 (mulberry32). */
  #chance(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Wraps a service so that all of its JSON answers are changed. @param spoil changes one answer */
export function spoiling(service: Transport, spoil: (answer: unknown) => unknown): Transport {
  return async request => {
    const response = await service(request)
    return response.headers['content-type']?.includes('json') ? await changed(response, spoil) : response
  }
}

async function changed({ status, headers, body }: WireResponse, spoil: (answer: unknown) => unknown): Promise<WireResponse> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  const whole = Buffer.concat(parts)
  const bytes = whole.length === 0 ? whole : Buffer.from(JSON.stringify(spoil(JSON.parse(whole.toString()))))
  return {
    status,
    headers: { ...headers, 'content-length': String(bytes.length) },
    body: (async function* () {
      yield bytes
    })(),
  }
}
