import { setTimeout } from 'node:timers/promises'
import { interrupted } from '../core/errors.ts'

/** Turns of the event loop without input after which none is pending: it arrives in the first turn, or through a relay in the second. */
const IDLE_TURNS = 3
/**
 * How long there must be no input until none is pending from any source, milliseconds: the Windows console is read by a separate thread,
 * which hands over its input only after some turns. Nobody notices this delay before a question.
 */
const QUIET_MS = 50

/**
 * Discards what was typed or pasted before now: it can't be the answer to a question that nobody has seen yet. A terminal is left in raw
 * mode for the question that follows, so that nothing typed in between is echoed.
 * @throws CbcError interrupted: Ctrl-C was in the discarded input, or the signal was aborted
 */
export async function discardPending(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> {
  let [received, cancelled] = [true, false]
  const discard = (data: Buffer | string) => {
    received = true
    cancelled ||= data.includes('\u0003')
  }
  // In line mode a terminal holds back an unfinished line.
  setRaw(input, true)
  input.on('data', discard)
  try {
    while (received && !cancelled) {
      received = false
      for (let turn = 0; turn < IDLE_TURNS; turn++) await new Promise(done => setImmediate(done))
      if (!received) await setTimeout(QUIET_MS)
      signal.throwIfAborted()
    }
    if (cancelled) throw interrupted()
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
