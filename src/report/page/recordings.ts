import { formatSize } from '../../core/quantity.ts'
import { readCast, withoutPauses } from './cast.ts'
import { byId, data, el, onPrint } from './dom.ts'
import { lines } from './result.ts'
import { Player } from './player.ts'
import { Terminal } from './terminal.ts'

/** A recording as the page holds it (islands.ts). */
interface HeldRecording {
  file: string
  text: string
  bytes: number
  cut: boolean
}

/** The longest pause that is played, seconds. */
const LONGEST_PAUSE = 2

/** The terminal recordings, each read when it is opened. */
export function recordingsSection(): void {
  const section = byId('recordings')
  const islands = document.querySelectorAll('script[data-recording]')
  if (islands.length === 0) section.append(el('p', { class: 'none' }, 'No terminal was recorded.'))
  for (const island of islands) {
    const held = JSON.parse(island.textContent ?? '{}') as HeldRecording
    const details = el('details', { class: 'recording' }, el('summary', {}, data(held.file), ` (${formatSize(held.bytes)})`))
    const fill = () => details.childElementCount === 1 && details.append(recording(held))
    details.addEventListener('toggle', () => details.open && fill())
    // On paper, the text stands for the player.
    onPrint(() => {
      fill()
      for (const part of [details, ...details.querySelectorAll('details')]) part.open = true
    })
    section.append(details)
  }
}

function recording({ file, text, bytes, cut }: HeldRecording): HTMLElement {
  const cast = readCast(text)
  const terminal = new Terminal(cast.columns, cast.rows)
  for (const [, written] of cast.events) terminal.write(written)
  const note = cut
    ? el(
        'p',
        { class: 'note cut' },
        `The recording has ${formatSize(bytes)}; this page has its beginning. The whole is in the case: ${file}`,
      )
    : undefined
  const transcript = el('details', {}, el('summary', {}, 'As text'), lines(terminal.transcript().join('\n')))
  return el('div', { class: 'inner' }, new Player(withoutPauses(cast, LONGEST_PAUSE), file).element, note, transcript)
}
