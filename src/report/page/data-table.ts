import { el, isPrinting, onPrint, type Child } from './dom.ts'

/** A column of a table. */
export interface TableColumn<Row> {
  title: string
  /** The class of its cells. */
  name: string
  cell(row: Row): Child
  /** What rows are sorted by. */
  key(row: Row): string | number
}

export interface TableOptions<Row> {
  /** The class of the table, which decides the widths of its columns (page.css). */
  name: string
  label: string
  columns: readonly TableColumn<Row>[]
  /** What a row shows when it is opened. The column of that name holds the button. */
  detail?: { column: string; show(row: Row): Node }
  /** What is said where there are no rows. */
  none: string
}

/** Rows that are drawn together. */
const ROWS_OF_BLOCK = 50
/** How far outside of the visible part blocks are drawn, pixels. */
const MARGIN = '800px'

/**
 * A table of any number of rows, of which those are drawn that are in view, or near it: a hundred thousand of them would keep a browser busy
 * for long, when they are drawn and whenever something moves. In print all are drawn.
 */
export class DataTable<Row> {
  readonly element: HTMLElement
  readonly #options: TableOptions<Row>
  readonly #body = el('div', { role: 'presentation' })
  readonly #table: HTMLElement
  readonly #none: HTMLElement
  readonly #scroll: HTMLElement
  readonly #heads = new Map<TableColumn<Row>, HTMLElement>()
  readonly #observer: IntersectionObserver
  #given: readonly Row[] = []
  #rows: readonly Row[] = []
  #sorted: { column: TableColumn<Row>; down: boolean } | undefined
  #blocks: HTMLElement[] = []
  /** All rows are open but those that were turned, or none is but those. */
  #allOpen = false
  readonly #turned = new Set<Row>()
  /** The row that Tab leads to. */
  #current = 0

  constructor(options: TableOptions<Row>) {
    this.#options = options
    const head = el('div', { role: 'row', class: 'row head', 'aria-rowindex': '1' })
    for (const column of options.columns) head.append(this.#head(column))
    this.#table = el(
      'div',
      { role: 'table', 'aria-label': options.label, class: `table ${options.name}` },
      el('div', { role: 'rowgroup' }, head),
      this.#body,
    )
    this.#none = el('p', { class: 'none' }, options.none)
    this.#scroll = el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': options.label }, this.#table, this.#none)
    this.element = el('div', {}, options.detail === undefined ? undefined : this.#openAllButton(), this.#scroll)
    this.#observer = new IntersectionObserver(
      seen => {
        for (const { isIntersecting, target } of seen)
          if (isIntersecting) this.#fill(target as HTMLElement)
          else this.#empty(target as HTMLElement)
      },
      { root: this.#scroll, rootMargin: `${MARGIN} 0px` },
    )
    this.#scroll.addEventListener('keydown', event => this.#move(event))
    onPrint(
      () => this.#fillAll(),
      () => this.#observe(),
    )
  }

  /** Shows other rows. */
  show(rows: readonly Row[]): void {
    this.#given = rows
    const { column, down } = this.#sorted ?? {}
    this.#rows = column === undefined ? rows : sorted(rows, column, down === true)
    this.#blocks = []
    this.#current = 0
    for (let first = 0; first < this.#rows.length; first += ROWS_OF_BLOCK) {
      const block = el('div', { role: 'rowgroup', class: 'block', 'data-first': String(first) })
      block.style.setProperty('--rows', String(Math.min(ROWS_OF_BLOCK, this.#rows.length - first)))
      this.#blocks.push(block)
    }
    this.#body.replaceChildren(...this.#blocks)
    this.#table.setAttribute('aria-rowcount', String(this.#rows.length + 1))
    this.#table.hidden = this.#rows.length === 0
    this.#none.hidden = this.#rows.length > 0
    this.#scroll.scrollTop = 0
    if (this.#blocks[0] !== undefined) this.#fill(this.#blocks[0])
    this.#observe()
    if (isPrinting()) this.#fillAll()
  }

  /** Has the observer say of each block whether it is in view: now, and whenever that changes. */
  #observe(): void {
    this.#observer.disconnect()
    for (const block of this.#blocks) this.#observer.observe(block)
  }

  #openAllButton(): HTMLElement {
    const button = el('button', { type: 'button', 'aria-pressed': 'false' }, 'Open all')
    button.addEventListener('click', () => {
      this.#allOpen = !this.#allOpen
      this.#turned.clear()
      button.setAttribute('aria-pressed', String(this.#allOpen))
      this.show(this.#given)
    })
    return el('div', { class: 'table-buttons' }, button)
  }

  #head(column: TableColumn<Row>): HTMLElement {
    const button = el('button', { type: 'button' }, column.title)
    const head = el('span', { role: 'columnheader', class: column.name, 'aria-sort': 'none' }, button)
    this.#heads.set(column, head)
    button.addEventListener('click', () => this.#sort(column))
    return head
  }

  #sort(column: TableColumn<Row>): void {
    const down = this.#sorted?.column === column && !this.#sorted.down
    this.#sorted = { column, down }
    for (const [other, head] of this.#heads) head.setAttribute('aria-sort', other !== column ? 'none' : down ? 'descending' : 'ascending')
    this.show(this.#given)
  }

  #fillAll(): void {
    for (const block of this.#blocks) this.#fill(block)
  }

  #fill(block: HTMLElement): void {
    if (block.childElementCount > 0) return
    const first = Number(block.dataset['first'])
    const rows = this.#rows.slice(first, first + ROWS_OF_BLOCK).map((row, index) => this.#row(row, first + index))
    block.append(...rows.flat())
  }

  /** Takes the rows out of a block that is out of view, whose height stays as it is. */
  #empty(block: HTMLElement): void {
    if (block.childElementCount === 0 || isPrinting() || block.contains(document.activeElement)) return
    block.style.setProperty('--height', `${block.getBoundingClientRect().height}px`)
    block.replaceChildren()
  }

  #isOpen(row: Row): boolean {
    return this.#allOpen !== this.#turned.has(row)
  }

  /** @returns the row, and what it shows when it is open */
  #row(row: Row, index: number): HTMLElement[] {
    const { columns, detail } = this.#options
    const element = el('div', { role: 'row', class: 'row', 'aria-rowindex': String(index + 2) })
    for (const column of columns) {
      const cell = column.cell(row)
      const isOpener = detail !== undefined && column.name === detail.column
      element.append(el('span', { role: 'cell', class: column.name }, isOpener ? this.#opener(element, cell, row, index) : cell))
    }
    return detail !== undefined && this.#isOpen(row) ? [element, this.#detail(row)] : [element]
  }

  /** The button that opens a row. Of all of them, Tab reaches one; arrows lead to the others. */
  #opener(element: HTMLElement, label: Child, row: Row, index: number): HTMLElement {
    const expanded = { 'aria-expanded': String(this.#isOpen(row)) }
    const button = el('button', { type: 'button', class: 'opener', tabindex: index === this.#current ? '0' : '-1', ...expanded }, label)
    button.addEventListener('click', () => {
      if (!this.#turned.delete(row)) this.#turned.add(row)
      const isOpen = this.#isOpen(row)
      button.setAttribute('aria-expanded', String(isOpen))
      if (isOpen) element.after(this.#detail(row))
      else element.nextElementSibling?.remove()
    })
    return button
  }

  #detail(row: Row): HTMLElement {
    const { columns, detail } = this.#options
    const cell = el('div', { role: 'cell', 'aria-colspan': String(columns.length) }, detail?.show(row))
    return el('div', { role: 'row', class: 'detail' }, cell)
  }

  #move(event: KeyboardEvent): void {
    const current = event.target
    if (!(current instanceof HTMLElement) || !current.classList.contains('opener')) return
    const index = Number(current.closest('.row')?.getAttribute('aria-rowindex')) - 2
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: this.#rows.length - 1 }[event.key]
    const block = this.#blocks[Math.floor((to ?? -1) / ROWS_OF_BLOCK)]
    if (to === undefined || block === undefined) return
    event.preventDefault()
    this.#fill(block)
    const next = block.querySelector<HTMLElement>(`[aria-rowindex="${to + 2}"] .opener`)
    current.tabIndex = -1
    this.#current = to
    if (next !== null) next.tabIndex = 0
    next?.focus()
  }
}

function sorted<Row>(rows: readonly Row[], { key }: TableColumn<Row>, down: boolean): Row[] {
  const keyed = rows.map(row => ({ row, key: key(row) }))
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  if (down) keyed.reverse()
  return keyed.map(({ row }) => row)
}
