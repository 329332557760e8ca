import { wrapped } from '../../core/text/wrap.ts'

/** The longest line of roff, characters; mandoc -Tlint complains of longer ones. */
const MAX_LINE = 78

/** What roff would print as something else: quotes and accents that are typed have to stay what they are, so that they can be copied. */
const GLYPHS: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
}

/** Writes text so that roff prints exactly that, wherever it stands in a line but at its beginning. */
function escapeRoff(text: string): string {
  return text
    .replace(/[\\\-'`^~"]/g, character => GLYPHS[character] ?? character)
    .replace(/[^\n -~]/gu, character => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
}

/** Writes a whole line: at its beginning a dot would make it a request, and a blank would break the paragraph. */
const guarded = (line: string) => (/^[. ]/.test(line) ? `\\&${line}` : line)

export const bold = (text: string) => `\\fB${escapeRoff(text)}\\fR`
export const italic = (text: string) => `\\fI${escapeRoff(text)}\\fR`

/** Writes prose, in which `backquotes` mark what is typed. */
export function prose(text: string): string {
  const written = text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? escapeRoff(part) : bold(part)))
    .join('')
  return wrapped(written, MAX_LINE).map(guarded).join('\n')
}

/** A section of blocks. What is neither first nor begins with a list or a heading of its own becomes a paragraph. */
export function section(title: string, ...blocks: string[]): string {
  const full = blocks.filter(block => block !== '')
  return [`.SH ${title}`, ...full.map((block, at) => (at === 0 || /^\.(TP|SS)/.test(block) ? block : `.PP\n${block}`))].join('\n')
}

/** The heading of a part of a section. */
export const heading = (text: string) => `.SS "${escapeRoff(text)}"`

/** A list of terms, each already roff, with what they mean in prose. */
export function list(items: readonly (readonly [term: string, meaning: string])[]): string {
  return items.map(([term, meaning]) => `.TP\n${guarded(term)}\n${prose(meaning)}`).join('\n')
}

/** A line as it is: an example. */
export const verbatim = (line: string) => ['.nf', '.RS 4', guarded(escapeRoff(line)), '.RE', '.fi'].join('\n')

/** The flags of an option as a term: `-o, --output <format>`. */
export function flags(text: string): string {
  return text
    .split(/(<[^>]*>|[\s,]+)/)
    .map(part => (part.startsWith('<') ? italic(part.slice(1, -1)) : part.startsWith('-') ? bold(part) : part))
    .join('')
}

/** What every page begins with. */
export interface Heading {
  name: string
  /** Of the manual: 1 for commands, 7 for everything about them. */
  section: 1 | 7
  /** The program's version, and the day that it is of: `2026-11-30`. */
  version: string
  date: string
}

export function page({ name, section: number, version, date }: Heading, ...sections: string[]): string {
  const heading = `.TH "${escapeRoff(name.toUpperCase())}" ${number} "${date}" "cbc ${escapeRoff(version)}" "Carbon Black Cloud"`
  return `${[heading, ...sections].join('\n')}\n`
}
