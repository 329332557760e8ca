/** An entry of an event log. Plain JSON; its time is in epoch milliseconds. */
export interface LogEvent {
  log: string
  /** Number within its log, from 1. */
  record: number
  id: number
  provider: string
  /** Windows's numbers: 0 audit, 2 error, 3 warning, 4 information, 5 verbose. */
  level: number
  task: string
  time: number
  computer: string
  /** Named data, in order. */
  data: [name: string, value: string][]
  message: string
}

const LEVELS: Record<number, string> = { 0: 'Information', 1: 'Critical', 2: 'Error', 3: 'Warning', 4: 'Information', 5: 'Verbose' }

/** Returns the name of an event's level. */
export function levelName(event: LogEvent): string {
  return LEVELS[event.level] ?? 'Information'
}

/** Formats an event as Windows writes it in XML, on one line. */
export function eventXml({ log, record, id, provider, level, time, computer, data }: LogEvent): string {
  const keywords = level === 0 ? '0x8020000000000000' : '0x8000000000000000'
  const named = data.map(([name, value]) => `<Data Name='${escaped(name)}'>${escaped(value)}</Data>`).join('')
  return (
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${escaped(provider)}'/><EventID>${id}</EventID><Version>0</Version>` +
    `<Level>${level}</Level><Task>0</Task><Opcode>0</Opcode><Keywords>${keywords}</Keywords><TimeCreated SystemTime='${new Date(time).toISOString()}'/>` +
    `<EventRecordID>${record}</EventRecordID><Correlation/><Execution ProcessID='712' ThreadID='760'/><Channel>${escaped(log)}</Channel>` +
    `<Computer>${escaped(computer)}</Computer><Security/></System><EventData>${named}</EventData></Event>`
  )
}

function escaped(text: string): string {
  return text.replace(/[&<>']/g, char => `&#${char.charCodeAt(0)};`)
}
