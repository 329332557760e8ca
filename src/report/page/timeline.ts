import { byId, el, svg } from './dom.ts'
import type { Filters } from './filter.ts'
import { utc, type Item } from './model.ts'

interface Range {
  from: number
  to: number
}

/** Devices with a lane of their own; the others share one. */
const MOST_LANES = 16
const LANE = 36
const LABEL = 14
const AXIS = 22
/** Width of a bar, pixels: what happened within it is one bar. */
const BAR = 4
/** The shortest time that the timeline shows, milliseconds. */
const SHORTEST = 1000
/** How much a step of the zoom shows of what was shown before, and how far a step to the side goes. */
const ZOOM = 0.5
const STEP = 0.25
/** Distances of the marks of the axis: 1 s to 1 year, milliseconds. */
const TICKS = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000, 31_536_000].map(seconds => seconds * 1000)
const TICK_PIXELS = 110

/** What a bar shows first where it stands for several events. */
const RANKS = ['trouble', 'destroy', 'change', 'case', 'read'] as const

/** The drawing of what happened when, a lane a device. What it shows is the time that everything below it is filtered by. */
export class Timeline {
  readonly #filters: Filters
  readonly #whole: Range
  readonly #host = byId('timeline-drawing')
  readonly #status = byId('timeline-status')
  #items: readonly Item[] = []
  #dragged: { from: number; to: number; box: SVGElement } | undefined

  constructor(items: readonly Item[], filters: Filters) {
    this.#filters = filters
    this.#whole = wholeOf(items)
    filters.onChange((_, ofAllTime) => {
      this.#items = ofAllTime
      this.#draw()
    })
    new ResizeObserver(() => this.#draw()).observe(this.#host)
    this.#addButtons()
    this.#host.addEventListener('keydown', event => this.#onKey(event))
    this.#host.addEventListener('pointerdown', event => this.#onDown(event))
    this.#host.addEventListener('pointermove', event => this.#onMove(event))
    this.#host.addEventListener('pointerup', () => this.#onUp())
  }

  get #range(): Range {
    return this.#filters.range ?? this.#whole
  }

  #addButtons(): void {
    const actions: [label: string, sign: string, action: () => void][] = [
      ['Earlier', '←', () => this.#shift(-STEP)],
      ['Later', '→', () => this.#shift(STEP)],
      ['Zoom in', '+', () => this.#zoom(ZOOM)],
      ['Zoom out', '−', () => this.#zoom(1 / ZOOM)],
      ['Whole case', '', () => this.#filters.setRange(undefined)],
    ]
    for (const [label, sign, action] of actions) {
      const button = el(
        'button',
        { type: 'button', ...(sign === '' ? {} : { 'aria-label': label, title: label }) },
        sign === '' ? label : sign,
      )
      button.addEventListener('click', action)
      byId('timeline-buttons').append(button)
    }
  }

  #zoom(factor: number, around?: number): void {
    const { from, to } = this.#range
    const middle = around ?? (from + to) / 2
    this.#set({ from: middle - (middle - from) * factor, to: middle + (to - middle) * factor })
  }

  #shift(part: number): void {
    const { from, to } = this.#range
    const by = (to - from) * part
    const kept = Math.max(this.#whole.from - from, Math.min(by, this.#whole.to - to))
    this.#set({ from: from + kept, to: to + kept })
  }

  #set({ from, to }: Range): void {
    const middle = (from + to) / 2
    const length = Math.max(to - from, SHORTEST)
    const range = { from: Math.max(middle - length / 2, this.#whole.from), to: Math.min(middle + length / 2, this.#whole.to) }
    const isWhole = range.from <= this.#whole.from && range.to >= this.#whole.to
    this.#filters.setRange(isWhole ? undefined : range)
  }

  #onKey(event: KeyboardEvent): void {
    const action = {
      ArrowLeft: () => this.#shift(-STEP),
      ArrowRight: () => this.#shift(STEP),
      '+': () => this.#zoom(ZOOM),
      '-': () => this.#zoom(1 / ZOOM),
      '0': () => this.#filters.setRange(undefined),
      Escape: () => this.#filters.setRange(undefined),
    }[event.key]
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    action()
  }

  #onDown(event: PointerEvent): void {
    const drawing = this.#host.querySelector('svg')
    if (drawing === null || event.button !== 0) return
    const at = event.clientX - drawing.getBoundingClientRect().left
    const box = svg('rect', { class: 'selection', y: '0', height: String(drawing.clientHeight), x: String(at), width: '0' })
    drawing.append(box)
    this.#dragged = { from: at, to: at, box }
    this.#host.setPointerCapture(event.pointerId)
  }

  #onMove(event: PointerEvent): void {
    const drawing = this.#host.querySelector('svg')
    if (this.#dragged === undefined || drawing === null) return
    this.#dragged.to = event.clientX - drawing.getBoundingClientRect().left
    const { from, to, box } = this.#dragged
    box.setAttribute('x', String(Math.min(from, to)))
    box.setAttribute('width', String(Math.abs(to - from)))
  }

  /** A drag shows that time; a click the time of a few bars around it. */
  #onUp(): void {
    if (this.#dragged === undefined) return
    const { from, to, box } = this.#dragged
    this.#dragged = undefined
    box.remove()
    if (Math.abs(to - from) > BAR) this.#set({ from: this.#timeAt(Math.min(from, to)), to: this.#timeAt(Math.max(from, to)) })
    else this.#zoom(ZOOM, this.#timeAt(to))
  }

  #timeAt(x: number): number {
    const { from, to } = this.#range
    return from + ((to - from) * x) / Math.max(this.#host.clientWidth, 1)
  }

  #draw(): void {
    const range = this.#range
    const width = this.#host.clientWidth
    const lanes = lanesOf(this.#items)
    const height = lanes.length * LANE + AXIS
    const drawing = svg('svg', { width: String(width), height: String(height), viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' })
    drawAxis(drawing, range, width, height)
    let shown = 0
    for (const [index, { label, items }] of lanes.entries()) {
      const base = (index + 1) * LANE
      drawing.append(svg('line', { class: 'lane', x1: '0', x2: String(width), y1: String(base), y2: String(base) }))
      shown += drawBars(drawing, items, range, width, base)
      drawing.append(svg('text', { class: 'lane-label', x: '2', y: String(base - LANE + LABEL - 2) }, label))
    }
    this.#host.replaceChildren(drawing)
    this.#status.textContent = `${utc(range.from)} to ${utc(range.to)} UTC, ${shown.toLocaleString('en-GB')} ${shown === 1 ? 'event' : 'events'}`
  }
}

function wholeOf(items: readonly Item[]): Range {
  const range = { from: Infinity, to: -Infinity }
  for (const { at } of items) {
    if (at === undefined) continue
    range.from = Math.min(range.from, at)
    range.to = Math.max(range.to, at)
  }
  if (range.from > range.to) return { from: 0, to: SHORTEST }
  const margin = Math.max((range.to - range.from) / 50, SHORTEST / 2)
  return { from: range.from - margin, to: range.to + margin }
}

/** The lanes, those of the devices on which most was done first. */
function lanesOf(items: readonly Item[]): { label: string; items: readonly Item[] }[] {
  const lanes = new Map<string, Item[]>()
  for (const item of items) {
    const lane = lanes.get(item.device)
    if (lane === undefined) lanes.set(item.device, [item])
    else lane.push(item)
  }
  const sorted = [...lanes]
    .sort((one, other) => other[1].length - one[1].length)
    .map(([device, own]) => ({ label: device === '' ? 'organization and case' : device, items: own }))
  if (sorted.length <= MOST_LANES) return sorted
  const rest = sorted.slice(MOST_LANES - 1)
  return [...sorted.slice(0, MOST_LANES - 1), { label: `${rest.length} further devices`, items: rest.flatMap(lane => lane.items) }]
}

/** @returns how many events the lane shows */
function drawBars(drawing: SVGElement, items: readonly Item[], { from, to }: Range, width: number, base: number): number {
  const bars = new Map<number, { count: number; rank: number }>()
  let shown = 0
  for (const { at, kinds } of items) {
    if (at === undefined || at < from || at > to) continue
    shown += 1
    const place = Math.floor(((at - from) / (to - from)) * (width / BAR))
    const rank = RANKS.findIndex(kind => kinds.has(kind))
    const bar = bars.get(place)
    if (bar === undefined) bars.set(place, { count: 1, rank })
    else {
      bar.count += 1
      bar.rank = Math.min(bar.rank, rank)
    }
  }
  for (const [place, { count, rank }] of bars) {
    const kind = RANKS[rank] ?? 'read'
    const height = Math.min(LANE - LABEL, 6 + 4 * Math.log2(count) + 2 * (RANKS.length - rank))
    const bar = svg('rect', {
      class: `bar ${kind}`,
      x: String(place * BAR),
      y: String(base - height),
      width: String(BAR - 1),
      height: String(height),
    })
    drawing.append(bar)
  }
  return shown
}

function drawAxis(drawing: SVGElement, { from, to }: Range, width: number, height: number): void {
  const most = Math.max(Math.floor(width / TICK_PIXELS), 1)
  const distance = TICKS.find(tick => (to - from) / tick <= most) ?? to - from
  for (let at = Math.ceil(from / distance) * distance; at <= to; at += distance) {
    const x = String(((at - from) / (to - from)) * width)
    const label =
      distance >= 86_400_000
        ? utc(at).slice(0, 10)
        : at % 86_400_000 === 0
          ? utc(at).slice(0, 16)
          : utc(at).slice(11, distance >= 60_000 ? 16 : 19)
    drawing.append(
      svg('line', { class: 'tick', x1: x, x2: x, y1: '0', y2: String(height - AXIS) }),
      svg('text', { class: 'tick-label', x, y: String(height - 6), 'text-anchor': 'middle' }, label),
    )
  }
}
