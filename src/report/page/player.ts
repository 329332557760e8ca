import { el } from './dom.ts'
import type { Cast } from './cast.ts'
import { Terminal, type Cell } from './terminal.ts'
import { cssColour, type Style } from './terminal-style.ts'

const SPEEDS = ['0.5', '1', '2', '4', '8']

/** Plays a recording. It stands at its end until it is played, so that something is to be seen. */
export class Player {
  readonly element: HTMLElement
  readonly #cast: Cast
  readonly #screen: HTMLElement
  readonly #play = el('button', { type: 'button' }, 'Play')
  readonly #slider: HTMLInputElement
  readonly #clock = el('output', {})
  readonly #speed: HTMLSelectElement
  readonly #duration: number
  #terminal: Terminal
  /** Seconds that are played, and events of them. */
  #at = 0
  #done = 0
  /** When the last frame was drawn, milliseconds; undefined: it stands still. */
  #frame: number | undefined

  constructor(cast: Cast, name: string) {
    this.#cast = cast
    this.#duration = cast.events.at(-1)?.[0] ?? 0
    this.#terminal = new Terminal(cast.columns, cast.rows)
    this.#screen = el('div', { class: 'screen', role: 'img', 'aria-label': `Terminal recording ${name}. Its text follows below.` })
    this.#slider = el('input', { type: 'range', min: '0', max: String(this.#duration), step: 'any', 'aria-label': 'Position' })
    this.#speed = el('select', {}, ...SPEEDS.map(speed => el('option', { value: speed }, `${speed}×`)))
    this.#speed.value = '1'
    const controls = el('div', { class: 'controls' }, this.#play, this.#slider, this.#clock, el('label', {}, 'Speed ', this.#speed))
    this.element = el(
      'div',
      { class: 'player screen-only' },
      el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Terminal' }, this.#screen),
      controls,
    )
    this.#play.addEventListener('click', () => this.#toggle())
    this.#slider.addEventListener('input', () => this.#seek(Number(this.#slider.value)))
    this.#seek(this.#duration)
  }

  #toggle(): void {
    if (this.#frame !== undefined) return this.#stop()
    if (this.#at >= this.#duration) this.#seek(0)
    this.#play.textContent = 'Pause'
    this.#frame = performance.now()
    requestAnimationFrame(now => this.#next(now))
  }

  #stop(): void {
    this.#frame = undefined
    this.#play.textContent = 'Play'
  }

  #next(now: number): void {
    if (this.#frame === undefined) return
    const at = this.#at + (Math.max(now - this.#frame, 0) / 1000) * Number(this.#speed.value)
    this.#frame = now
    this.#seek(at)
    if (at >= this.#duration) this.#stop()
    else requestAnimationFrame(later => this.#next(later))
  }

  /** Shows the screen as it was after so many seconds. */
  #seek(seconds: number): void {
    if (seconds < this.#at) {
      this.#terminal = new Terminal(this.#cast.columns, this.#cast.rows)
      this.#done = 0
    }
    this.#at = Math.min(seconds, this.#duration)
    const { events } = this.#cast
    for (let event = events[this.#done]; event !== undefined && event[0] <= this.#at; event = events[this.#done]) {
      this.#terminal.write(event[1])
      this.#done += 1
    }
    this.#slider.value = String(this.#at)
    this.#clock.textContent = `${clock(this.#at)} / ${clock(this.#duration)}`
    draw(this.#screen, this.#terminal)
  }
}

/** `1:05`. */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}

function draw(host: HTMLElement, { screen, cursor, cursorShown }: Terminal): void {
  const rows = screen.map((line, row) => {
    const element = el('div', {})
    const at = cursorShown && cursor.row === row ? cursor.column : -1
    for (const run of runsOf(line, at)) element.append(span(run))
    return element
  })
  host.replaceChildren(...rows)
}

interface Run {
  text: string
  style: Style
  isCursor: boolean
}

/** Joins neighbours that look alike. */
function runsOf(line: readonly Cell[], cursor: number): Run[] {
  const runs: Run[] = []
  for (const [column, { text, style }] of line.entries()) {
    const last = runs.at(-1)
    const isCursor = column === cursor
    if (last !== undefined && last.style === style && !isCursor && !last.isCursor) last.text += text
    else runs.push({ text, style, isCursor })
  }
  return runs
}

/** Colours are set as properties, which the page's policy allows, and never as markup. */
function span({ text, style, isCursor }: Run): HTMLElement {
  const names = (['bold', 'dim', 'italic', 'underline', 'strike', 'inverse'] as const).filter(name => style[name])
  const element = document.createElement('span')
  element.className = [...names, ...(isCursor ? ['cursor'] : [])].join(' ')
  element.textContent = text
  if (style.colour !== undefined) element.style.setProperty('--cell-ink', cssColour(style.colour))
  if (style.background !== undefined) element.style.setProperty('--cell-ground', cssColour(style.background))
  return element
}
