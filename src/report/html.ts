import { createHash } from 'node:crypto'
import { escapeLine } from '../ui/escape.ts'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Makes foreign text fit for HTML, between tags and in quoted attributes, with control characters and those that change the direction of text visible. */
export function html(text: string): string {
  return escapeLine(text).replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}

/** What ends a script element, begins a comment in it, or ends a line of JavaScript. */
const UNSAFE_IN_ISLAND = /[<>&\u2028\u2029]/g

/**
 * Writes a value as JSON that can stand in a script element: nothing in it ends the element.
 * @returns an element that is never run, since its type is not one of a script
 */
export function island(attributes: string, value: unknown): string {
  const json = JSON.stringify(value).replace(UNSAFE_IN_ISLAND, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `<script type="application/json" ${attributes}>${json}</script>\n`
}

/**
 * Returns the policy of the page: nothing may be loaded or sent, no style and no script but its own may apply, no text may become markup or
 * script.
 */
export function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
