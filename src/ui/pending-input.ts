import { setTimeout } from 'node:timers/promises'
import { interrupted } from '../core/errors.ts'

/** Turns of the program without input after which none is waiting: what waits comes in the first one, through a relay in the one after. */
const IDLE_TURNS = 3
/**
 * Milliseconds without input after which none is waiting, wherever it comes from: the console of Windows is read by a thread of its own,
 * which hands over what
 * waits there only after some turns. Nobody notices them before a question.
 */
const QUIET_MS = 50

/**
 * Throws away what was typed or pasted before now: it is no answer to a question that nobody had seen yet. A terminal is left in raw mode,
 * for the question to follow: so nothing that is typed in between is shown.
 * @throws CbcError interrupted: Ctrl-C was among it, or the signal
 */
export async function discardPending(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> {
  let [came, left] = [true, false]
  const discard = (data: Buffer | string) => {
    came = true
    left ||= data.includes('\u0003')
  }
  // In line mode a terminal keeps back a line that isn't ended yet.
  setRaw(input, true)
  input.on('data', discard)
  try {
    while (came && !left) {
      came = false
      for (let turn = 0; turn < IDLE_TURNS; turn++) await new Promise(done => setImmediate(done))
      if (!came) await setTimeout(QUIET_MS)
      signal.throwIfAborted()
    }
    if (left) throw interrupted()
  } catch (error) {
    setRaw(input, false)
    throw error
  } finally {
    input.off('data', discard)
    input.pause()
  }
}

function setRaw(input: NodeJS.ReadableStream & Partial<Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode'>>, on: boolean): void {
  if (input.isTTY) input.setRawMode?.(on)
}
