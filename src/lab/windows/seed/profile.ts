import type { WindowsRole } from './role.ts'

export interface User {
  name: string
  fullName: string
  /** `CORP` for users of the domain, the computer's name for local ones. */
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

/** The facts of a computer that several of its parts tell. Times in epoch milliseconds, sizes in bytes. */
export interface Profile {
  role: WindowsRole
  name: string
  domain: string
  dnsSuffix: string
  born: number
  booted: number
  installed: number
  /** Who is logged in at the desktop. */
  user: User
  /** Local accounts. */
  locals: { user: User, comment: string, active: boolean }[]
  administrators: string[]
  os: { caption: string, product: string, build: number, revision: number, edition: string }
  model: { maker: string, name: string, serial: string, bios: string }
  network: { ip: string, mask: string, mac: string, gateway: string, dns: string[], adapter: string }
  /** Bytes free and in all, by drive (`C:`). */
  free: Record<string, number>
  volumes: Record<string, { label: string, serial: string, size: number }>
  memory: number
  /** Size of what `memdump` writes: the kernel's pages, not all of the memory, so that it can be fetched in a demonstration. */
  dumpSize: number
  connections: Connection[]
  shares: { name: string, path: string, remark: string }[]
}
