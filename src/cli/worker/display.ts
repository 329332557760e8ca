import { isJson } from '../../core/format.ts'
import type { Clock, Output, Progress } from '../../core/ports.ts'
import { formatDuration } from '../../core/quantity.ts'
import { isoTime } from '../../core/time.ts'
import type { Globals } from '../../engine/globals.ts'
import type { WorkerEvent } from '../../queue/worker-options.ts'
import { escapeLine } from '../../ui/escape.ts'
import { jsonLine } from '../../ui/json.ts'
import { clearing } from '../../ui/progress.ts'

interface DisplayOptions {
  stdout: Output
  stderr: Output
  progress: Progress
  clock: Clock
  globals: Globals
}

/** Shows what happens at a worker: a line an event, as text or as JSON, and on a terminal what it is doing now. */
export function workerDisplay({ stdout, stderr, progress, clock, globals }: DisplayOptions): (event: WorkerEvent) => void {
  const asJson = globals.output === 'ndjson' || isJson(globals.output)
  const lines = clearing(stdout, progress)
  const words = clearing(stderr, progress)
  const counts = { running: 0, done: 0, failed: 0, unknown: 0, offline: 0 }
  let last = Promise.resolve()
  const write = (output: Output, text: string) => {
    // A log that nobody reads any more doesn't end the work.
    last = last.then(() => output.write(text)).catch(() => {})
  }
  return event => {
    if (event.event === 'begun') counts.running += 1
    if (event.event === 'ended' || event.event === 'put off') counts.running = Math.max(0, counts.running - 1)
    if (event.event === 'ended') counts[event.state] += 1
    const time = String(isoTime(clock.now()))
    if (asJson) write(lines, jsonLine({ time, ...factsOf(event) }))
    else if (globals.quiet !== true || event.event === 'away') {
      const isNotice = event.event === 'away' || event.event === 'back' || event.event === 'ignored'
      write(isNotice ? words : lines, escapeLine(isNotice ? `cbc: ${inWords(event)}` : `${time.slice(11, 19)} ${inWords(event)}`) + '\n')
    }
    if (event.event !== 'ended all') progress.step(`worker: ${statusOf(counts)}`)
    else progress.end()
  }
}

function statusOf(counts: Record<string, number>): string {
  const shown = Object.entries(counts).filter(([name, count]) => count > 0 || name === 'running' || name === 'done')
  return shown.map(([name, count]) => `${name} ${count}`).join(', ')
}

function factsOf(event: WorkerEvent): Record<string, unknown> {
  switch (event.event) {
    case 'away':
      return { event: 'away', error: event.why }
    case 'begun':
      return { event: 'begun', ...deviceFacts(event), taken_over: event.takenOver }
    case 'ended': {
      const { state, ms, error } = event
      return { event: 'ended', ...deviceFacts(event), state, duration_ms: ms, ...(error === undefined ? {} : { error }) }
    }
    case 'put off':
      return { event: 'put_off', ...deviceFacts(event), why: event.why }
    case 'ended all':
      return { event: 'end' }
    default:
      return { ...event }
  }
}

function deviceFacts({ run, device }: Extract<WorkerEvent, { run: string }>): Record<string, unknown> {
  return { run, device_id: device.id, device_name: device.name ?? null }
}

function inWords(event: WorkerEvent): string {
  switch (event.event) {
    case 'away':
      return `${event.why.message}; waiting for it`
    case 'back':
      return 'the queue server is back'
    case 'ready':
      return `worker ${event.name} takes devices from ${event.server}, ${event.parallel} at a time`
    case 'begun':
      return `${nameOf(event)}: ${event.takenOver ? 'taken over from a worker that is gone' : 'begun'}`
    case 'ended':
      return `${nameOf(event)}: ${event.state} in ${formatDuration(event.ms)}${event.error === undefined ? '' : `: ${event.error.message}`}`
    case 'put off':
      return `${nameOf(event)}: later: ${event.why}`
    case 'ignored':
      return event.why
    case 'ending':
      return `ending: ${event.running} at work`
    case 'ended all':
      return 'ended'
  }
}

function nameOf({ run, device }: Extract<WorkerEvent, { run: string }>): string {
  return `${run} ${device.name ?? `device ${device.id}`}`
}
