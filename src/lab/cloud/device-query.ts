import type { DeviceView } from './device-view.ts'

/** Whether a device is meant. */
export type DeviceTest = (device: DeviceView) => boolean

interface Term {
  negated: boolean
  field: string | undefined
  pattern: RegExp
}

/**
 * A search query: words that some field holds, and `field:value`, with `*` and `?`, quoted where there are blanks. All of them must fit, or
 * those on one side of an `OR`; `NOT` or `-` before a term turns it round. A name fits with and without its domain.
 */
export function parseQuery(query: string): DeviceTest {
  const alternatives: Term[][] = [[]]
  let negated = false
  for (const token of tokens(query)) {
    if (token === 'OR') alternatives.push([])
    else if (token === 'NOT') negated = true
    else if (token !== 'AND') {
      alternatives.at(-1)?.push(term(token, negated))
      negated = false
    }
  }
  const sides = alternatives.filter(terms => terms.length > 0)
  return device => sides.length === 0 || sides.some(terms => terms.every(term => fits(term, device)))
}

/** Words; blanks inside quotes or after a backslash belong to the word. */
function tokens(query: string): string[] {
  return query.match(/(?:"(?:\\.|[^"\\])*"|\\.|[^\s"])+/gs) ?? []
}

function term(token: string, negated: boolean): Term {
  const minus = token.startsWith('-') && token.length > 1
  const [, field, value = ''] = /^(?:([a-z_]+):)?(.*)$/s.exec(minus ? token.slice(1) : token) ?? []
  return { negated: negated || minus, field, pattern: toPattern(value, field === undefined) }
}

/** @param anywhere whether it is enough that the value is somewhere in the field */
function toPattern(value: string, anywhere: boolean): RegExp {
  const source = value.replace(/"|\\[\\:"*?()\s+-]|[\s\S]/g, piece => {
    if (piece === '"') return ''
    if (piece === '*') return '.*'
    if (piece === '?') return '.'
    // An escaped character stands for itself; a backslash before another, as in CORP\name, is one.
    return (piece.length === 2 ? piece.slice(1) : piece).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  })
  return new RegExp(anywhere ? source : `^${source}$`, 'is')
}

function fits({ negated, field, pattern }: Term, device: DeviceView): boolean {
  const texts = field === undefined ? Object.values(device).flatMap(textsOf) : fieldTexts(device, field)
  return texts.some(text => pattern.test(text)) !== negated
}

function fieldTexts(device: DeviceView, field: string): string[] {
  if (!Object.hasOwn(device, field)) return []
  const texts = textsOf(device[field as keyof DeviceView])
  return field === 'name' ? texts.flatMap(name => [name, name.slice(name.indexOf('\\') + 1)]) : texts
}

function textsOf(value: number | string | string[]): string[] {
  return Array.isArray(value) ? value : [String(value)]
}
