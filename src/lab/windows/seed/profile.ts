import type { WindowsRole } from './role.ts'

export interface User {
  name: string
  fullName: string
  /** The domain for domain users, the computer's name for local ones. */
  authority: string
  sid: string
}

/** One line of netstat. The process is named by its pid. */
export interface Connection {
  protocol: 'TCP' | 'UDP'
  local: string
  remote: string
  state: '' | 'LISTENING' | 'ESTABLISHED' | 'TIME_WAIT' | 'CLOSE_WAIT'
  pid: number
}

/** The inventory's facts about a computer. All programs on the computer must report the same. */
export interface InventoryRecord {
  /** Its device id, which the sensor reports. */
  id?: number
  /** Its IPv4 address. */
  address?: string
  /** The user who logged in last: `DOMAIN\\user`, or `COMPUTER\\user` when the computer is in no domain. */
  user?: string
  /** As in the inventory: `Windows 11 x64`. */
  os?: string
  sensorVersion?: string
  policy?: string
}

export interface OperatingSystem {
  caption: string
  /** Its name in the registry, which for Windows 11 is still Windows 10. */
  product: string
  build: number
  revision: number
  edition: string
}

/** The facts of a computer that several of its parts report. Times are in epoch milliseconds, sizes in bytes. */
export interface Profile {
  role: WindowsRole
  name: string
  /** The NetBIOS name of its domain, or of its workgroup. */
  domain: string
  /** Whether that is a domain. */
  joined: boolean
  /** '' when the computer is in no domain. */
  dnsSuffix: string
  born: number
  booted: number
  installed: number
  /** The user who is logged in at the desktop, or logged in last on a server. */
  user: User
  /** The account that a server's own service runs as. */
  service?: User
  /** Local accounts. */
  locals: { user: User; comment: string; active: boolean }[]
  administrators: string[]
  os: OperatingSystem
  sensor: { id: number; version: string; policy: string }
  model: { maker: string; name: string; serial: string; bios: string }
  network: { ip: string; mask: string; mac: string; gateway: string; dns: string[]; adapter: string }
  /** Free and total bytes, by drive (`C:`). */
  free: Record<string, number>
  volumes: Record<string, { label: string; serial: string; size: number }>
  memory: number
  /** Size of the file that `memdump` writes: the kernel's pages, not all memory, so that it can be downloaded in a demonstration. */
  dumpSize: number
  connections: Connection[]
  shares: { name: string; path: string; remark: string }[]
}
