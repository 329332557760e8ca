/** What is looked at on an endpoint. */
export const KINDS = ['process', 'autostart', 'service', 'task', 'subscription', 'connection', 'account', 'file'] as const
export type Kind = (typeof KINDS)[number]

/** Something that was found on an endpoint, and that rules judge. */
export interface Item {
  kind: Kind
  /** Its name for people: `svchost.exe, pid 7312`. */
  subject: string
  /** What rules look at, by name. */
  facts: Readonly<Record<string, string>>
  /** The process that it is, or that owns it. */
  pid?: number
  /** The program or file that it is about. */
  path?: string
  /** The registry key that it stands in, and the name of the value. */
  key?: string
  value?: string
  command_line?: string
  /** The script that was encoded in the command line. */
  decoded?: string
  /** The programs that started it, the first of them first. */
  chain?: readonly string[]
  user?: string
  /** When it began or was written, ISO 8601. */
  time?: string
}

/** What was gathered on an endpoint. */
export interface Gathered {
  items: Item[]
  /** What could not be looked at, and why. */
  missed: { what: string; why: string }[]
}

/** Whether a program is the system's own, which says nothing by itself. */
export function isOwn(path = ''): boolean {
  return /^(?:[a-z]:\\windows\\system32\\|[a-z]:\\program files|\/system\/|\/usr\/|\/s?bin\/)/i.test(path)
}
