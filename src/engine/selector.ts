import { isGlob } from '../api/device-names.ts'
import { usage } from '../core/errors.ts'

/** One part of a `<device>` selector, section 3 of the contract. */
export type Part = { kind: 'id'; id: number } | { kind: 'name' | 'glob'; name: string } | { kind: 'query'; query: string }

/** The sources of device lists. */
export interface SelectorSources {
  /** Reads a text file, with lines ending in LF. @throws CbcError io; usage: it is not text */
  file(path: string): Promise<string>
  /** Reads all of stdin in the same way. @throws CbcError usage: stdin can't be read */
  stdin(): Promise<string>
  /** Reports in one line which of several devices with the same name was chosen. */
  notice?(line: string): void
}

const QUERY = 'query:'

/**
 * Parses a `<device>` selector: an id, a name, a glob on names, several separated by commas, `@FILE` (`@-`: stdin), `query:<search>`. A
 * query extends to the end, because it may contain commas.
 * @throws CbcError usage: it is empty or invalid; io: a list can't be read
 */
export async function readSelector(typed: string, sources: SelectorSources): Promise<Part[]> {
  const parts: Part[] = []
  for (const text of pieces(typed)) {
    if (!text.startsWith('@')) parts.push(partOf(text))
    else for (const part of await readList(text.slice(1), sources)) parts.push(part)
  }
  if (parts.length === 0) throw usage('<device> is empty', 'give its name or id')
  return parts
}

/** Whether a selector is one name, which fits one device. */
export function isOneName(typed: string): boolean {
  const [only = '', ...others] = pieces(typed)
  return others.length === 0 && only !== '' && !only.startsWith('@') && !only.startsWith(QUERY) && !/^\d+$/.test(only) && !isGlob(only)
}

/**
 * Joins selectors that were typed as words of their own. A query is the last part of one, because it extends to its end.
 * @throws CbcError usage: there are several queries
 */
export function joinSelectors(typed: readonly string[]): string {
  const queries = typed.filter(text => text.startsWith(QUERY))
  if (queries.length > 1) throw usage('<device>: takes one query', 'join them: query:a OR b')
  return [...typed.filter(text => !text.startsWith(QUERY)), ...queries].join(',')
}

function pieces(typed: string): string[] {
  const [, before = '', query] = /^(.*?)(?:(?<=^|,)\s*(query:.*))?$/s.exec(typed) ?? []
  return [...before.split(','), query ?? ''].map(text => text.trim()).filter(text => text !== '')
}

/** Reads a list with one selector a line; `#` begins a comment. */
async function readList(path: string, sources: SelectorSources): Promise<Part[]> {
  if (path === '') throw usage('@ names no file', 'write @list.txt, or @- for stdin')
  const text = path === '-' ? await sources.stdin() : await sources.file(path)
  const lines = text
    .split('\n')
    .map(line => line.split(/(?:^|\s)#/, 1)[0]?.trim() ?? '')
    .filter(line => line !== '')
  if (lines.length === 0) throw usage(`@${path}: names no device`, 'write one a line: an id, a name, a pattern')
  return lines.map(line => {
    if (line.startsWith('@')) throw usage(`@${path}: "${line}": a list can't name another list`)
    return partOf(line)
  })
}

function partOf(text: string): Part {
  if (text.startsWith(QUERY)) {
    const query = text.slice(QUERY.length).trim()
    if (query === '') throw usage('query: is empty', 'write query:os:WINDOWS')
    return { kind: 'query', query }
  }
  if (!/^\d+$/.test(text)) return { kind: isGlob(text) ? 'glob' : 'name', name: text }
  const id = Number(text)
  if (!Number.isSafeInteger(id) || id === 0) throw usage(`"${text}" is not a device id`)
  return { kind: 'id', id }
}
