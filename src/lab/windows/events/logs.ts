import { foldCase } from '../overlay.ts'
import type { LogEvent } from './event.ts'

export interface EventLogsOptions {
  /** All that happened until the lab was made, in the order of time, and the names of all logs. */
  seed: { logs: readonly string[]; events: readonly LogEvent[] }
  /** When a log was last cleared, epoch milliseconds, by its name. */
  cleared: Readonly<Record<string, number>>
  computer: string
  /** Remembers that a log is cleared now. */
  clear(log: string): void
}

/** Clearing a log leaves one trace: in the Security log itself, or for the others in System. */
const CLEARED = {
  Security: { id: 1102, provider: 'Microsoft-Windows-Eventlog' },
  System: { id: 104, provider: 'Microsoft-Windows-Eventlog' },
}

/** The event logs as they are now. */
export class EventLogs {
  private readonly options: EventLogsOptions

  constructor(options: EventLogsOptions) {
    this.options = options
  }

  /** The names of all logs. */
  names(): string[] {
    return [...this.options.seed.logs].sort((a, b) => (foldCase(a) < foldCase(b) ? -1 : 1))
  }

  /** The log's name as it is spelled; undefined when there is none of that name. */
  find(name: string): string | undefined {
    return this.options.seed.logs.find(one => foldCase(one) === foldCase(name))
  }

  /** What is in a log, the oldest first. @param ever what was cleared away, too */
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
