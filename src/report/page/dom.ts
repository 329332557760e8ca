import { escapeLine } from '../../ui/escape.ts'

export type Child = Node | string | undefined

/**
 * Makes an element. Texts become text nodes, never markup, with control characters and those that change the direction of text visible.
 * @param attributes those without a value are left out
 */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  give(element, attributes)
  for (const child of children) if (child !== undefined) element.append(typeof child === 'string' ? escapeLine(child) : child)
  return element
}

/** As `el`, for a drawing. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | undefined> = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  give(element, attributes)
  for (const child of children) if (child !== undefined) element.append(typeof child === 'string' ? escapeLine(child) : child)
  return element
}

function give(element: Element, attributes: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value)
}

/** Returns an element of the page's own markup. @throws Error: there is none, which is a defect of the page */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`no element ${id}`)
  return element
}

/** Text from a case, in a direction of its own, so that it can't reorder what stands beside it. */
export function data(text: string, style = ''): HTMLElement {
  return el('bdi', style === '' ? {} : { class: style }, text)
}

/** A longer text than this gets a line of its own, characters. */
const LONG = 48

/** A list of facts: names with values; those without a value are left out. */
export function facts(pairs: readonly (readonly [name: string, value: Child])[]): HTMLElement {
  const list = el('dl', { class: 'facts' })
  for (const [name, value] of pairs) {
    if (value === undefined || value === '') continue
    const isLong = typeof value !== 'string' || value.length > LONG
    const shown = typeof value === 'string' ? data(value) : value
    list.append(el('div', isLong ? { class: 'whole' } : {}, el('dt', {}, name), el('dd', {}, shown)))
  }
  return list
}

const paper = matchMedia('print')
let printing = false
addEventListener('beforeprint', () => (printing = true))
addEventListener('afterprint', () => (printing = false))

/** Whether the page is being printed, or shown as it will be in print. */
export function isPrinting(): boolean {
  return printing || paper.matches
}

/** Calls back before the page is printed, or shown as it will be in print, and when that is over. */
export function onPrint(before: () => void, after = () => {}): void {
  paper.addEventListener('change', () => (paper.matches ? before() : after()))
  addEventListener('beforeprint', before)
  addEventListener('afterprint', after)
}
