import { byId, el } from './dom.ts'
import { KINDS, type Item, type Kind } from './model.ts'

/** Which items are shown. Times are milliseconds since 1970. */
export interface Filter {
  device: string
  who: string
  kind: Kind | ''
  words: string
  /** What the timeline shows; undefined: the whole case. */
  range: { from: number; to: number } | undefined
}

/** How long to wait for the next key before a search, milliseconds. */
const PAUSE = 150

/** The form above the timeline. It tells its listeners whenever other items are to be shown. */
export class Filters {
  readonly #items: readonly Item[]
  readonly #filter: Filter = { device: '', who: '', kind: '', words: '', range: undefined }
  readonly #listeners: ((shown: readonly Item[], inRange: readonly Item[]) => void)[] = []
  readonly #count = byId('shown')
  #pause = 0

  constructor(items: readonly Item[]) {
    this.#items = items
    const device = select('Device', distinct(items, 'device'))
    const who = select('Analyst', distinct(items, 'who'))
    const kind = select('Kind', Object.entries(KINDS))
    const words = el('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' })
    byId('filters').append(device.field, who.field, kind.field, el('label', {}, 'Search ', words))
    device.choice.addEventListener('change', () => this.#set({ device: device.choice.value }))
    who.choice.addEventListener('change', () => this.#set({ who: who.choice.value }))
    kind.choice.addEventListener('change', () => this.#set({ kind: kind.choice.value as Kind | '' }))
    words.addEventListener('input', () => {
      clearTimeout(this.#pause)
      this.#pause = window.setTimeout(() => this.#set({ words: words.value.toLowerCase().trim() }), PAUSE)
    })
    byId('filters').addEventListener('submit', event => event.preventDefault())
  }

  /** @param listener gets the items that are shown, and those that would be if the timeline showed the whole case */
  onChange(listener: (shown: readonly Item[], ofAllTime: readonly Item[]) => void): void {
    this.#listeners.push(listener)
  }

  get range(): Filter['range'] {
    return this.#filter.range
  }

  setRange(range: Filter['range']): void {
    this.#set({ range })
  }

  apply(): void {
    const found = this.#filter.words === '' ? undefined : resultsWith(this.#filter.words)
    const ofAllTime = this.#items.filter(item => this.#matches(item, found))
    const { range } = this.#filter
    const shown = range === undefined ? ofAllTime : ofAllTime.filter(({ at }) => at !== undefined && at >= range.from && at <= range.to)
    this.#count.textContent = `${shown.length.toLocaleString('en-GB')} of ${this.#items.length.toLocaleString('en-GB')} events`
    for (const listener of this.#listeners) listener(shown, ofAllTime)
  }

  #set(part: Partial<Filter>): void {
    Object.assign(this.#filter, part)
    this.apply()
  }

  #matches({ device, who, kinds, text, entry }: Item, results: ReadonlySet<string> | undefined): boolean {
    const wanted = this.#filter
    if (wanted.device !== '' && device !== wanted.device) return false
    if (wanted.who !== '' && who !== wanted.who) return false
    if (wanted.kind !== '' && !kinds.has(wanted.kind)) return false
    return results === undefined || text.includes(wanted.words) || results.has(entry.result?.sha256 ?? '')
  }
}

/** The results in the page that have some words. */
function resultsWith(words: string): Set<string> {
  const pattern = new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i')
  const found = new Set<string>()
  for (const element of document.querySelectorAll<HTMLElement>('script[data-result]'))
    if (pattern.test(element.textContent ?? '')) found.add(element.dataset['result'] ?? '')
  return found
}

function distinct(items: readonly Item[], field: 'device' | 'who'): [string, string][] {
  const names = new Set(items.map(item => item[field]).filter(name => name !== ''))
  return [...names].sort().map(name => [name, name])
}

function select(label: string, choices: readonly (readonly [value: string, text: string])[]) {
  const choice = el('select', { id: `filter-${label.toLowerCase()}` }, el('option', { value: '' }, 'all'))
  for (const [value, text] of choices) choice.append(el('option', { value }, text))
  return { choice, field: el('label', {}, `${label} `, choice) }
}
