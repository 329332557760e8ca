import { html } from './html.ts'

/** What checking a case came to. */
export interface Integrity {
  /** When it was checked, milliseconds since 1970. */
  checked: number
  good: boolean
  /** In one sentence. */
  verdict: string
  /** What the verdict rests on, in sentences. */
  explained: string
  /** What is wrong, a line each, and how many more lines there are. */
  findings: readonly string[]
  more: number
  /** Further facts: lines, files, seals. */
  facts: readonly (readonly [name: string, value: string])[]
}

/** Writes the part of the page that says whether the case is as it was recorded. */
export function integrityHtml({ checked, good, verdict, explained, findings, more, facts }: Integrity): string {
  const list = findings.length === 0 ? '' : `<ul>${findings.map(finding => `<li><bdi>${html(finding)}</bdi></li>`).join('')}</ul>`
  const rest = more > 0 ? `<p class="note cut">and ${more} more: <code>cbc case verify</code> names all of them</p>` : ''
  return `<p class="verdict ${good ? 'good' : 'bad'}">${good ? '✓' : '✗'} ${html(verdict)}</p>${list}${rest}<p class="explained">${html(explained)} To check all of it again: <code>cbc case verify</code>.</p>${factsHtml([['Checked', `${utcSecond(checked)} UTC`], ...facts])}`
}

/** A value of more characters has a row of its own. */
const LONG_VALUE = 40

/** Writes names with values. */
export function factsHtml(facts: readonly (readonly [name: string, value: string])[]): string {
  const rows = facts.map(
    ([name, value]) =>
      `<div${value.length > LONG_VALUE ? ' class="whole"' : ''}><dt>${html(name)}</dt><dd><bdi>${html(value)}</bdi></dd></div>`,
  )
  return `<dl class="facts">${rows.join('')}</dl>`
}

/** `2026-11-30 04:15:07`. */
export function utcSecond(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
