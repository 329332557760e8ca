import { foldCase } from '../overlay.ts'
import type { LogEvent } from './event.ts'

export interface EventLogsOptions {
  /** All events until the lab was created, in the order of time, and the names of all logs. */
  seed: { logs: readonly string[]; events: readonly LogEvent[] }
  /** When a log was last cleared, epoch milliseconds, by its name. */
  cleared: Readonly<Record<string, number>>
  computer: string
  /** Records that a log is cleared now. */
  clear(log: string): void
}

/** Clearing a log leaves one event: in the Security log itself, or in System for the other logs. */
const CLEARED = {
  Security: { id: 1102, provider: 'Microsoft-Windows-Eventlog' },
  System: { id: 104, provider: 'Microsoft-Windows-Eventlog' },
}

/** The current event logs. */
export class EventLogs {
  private readonly options: EventLogsOptions

  constructor(options: EventLogsOptions) {
    this.options = options
  }

  /** The names of all logs. */
  names(): string[] {
    return [...this.options.seed.logs].sort((a, b) => (foldCase(a) < foldCase(b) ? -1 : 1))
  }

  /** Returns the exact spelling of a log's name; undefined when there is no such log. */
  find(name: string): string | undefined {
    return this.options.seed.logs.find(one => foldCase(one) === foldCase(name))
  }

  /** Returns the events of a log, the oldest first. @param ever whether cleared events are included */
  list(log: string, ever = false): LogEvent[] {
    const { seed, cleared } = this.options
    const since = ever ? -Infinity : (cleared[log] ?? -Infinity)
    return [...seed.events.filter(event => event.log === log && event.time > since), ...this.traces(log, ever)]
  }

  /** Empties a log. */
  clear(log: string): void {
    this.options.clear(log)
  }

  private traces(log: string, ever: boolean): LogEvent[] {
    if (log !== 'Security' && log !== 'System') return []
    const { cleared, computer, seed } = this.options
    const since = ever ? -Infinity : (cleared[log] ?? -Infinity)
    const record = seed.events.filter(event => event.log === log).length
    return Object.entries(cleared)
      .filter(([name, time]) => (name === 'Security') === (log === 'Security') && time >= since)
      .map(([name, time], at) => ({
        ...CLEARED[log],
        log,
        record: record + 1 + at,
        level: 4,
        task: 'Log clear',
        time,
        computer,
        data: [
          ['SubjectUserName', 'SYSTEM'],
          ['Channel', name],
        ],
        message: log === 'Security' ? 'The audit log was cleared.' : `The ${name} log file was cleared.`,
      }))
  }
}
