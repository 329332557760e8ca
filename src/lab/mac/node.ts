import type { Body } from '../windows/fs/body.ts'
import type { Named } from '../windows/overlay.ts'

/** A file, directory or link of a Mac. Plain JSON; times are in epoch milliseconds. */
export interface MacNode extends Named {
  kind: 'file' | 'directory' | 'link'
  /** The permission bits. */
  mode: number
  owner: string
  created: number
  accessed: number
  written: number
  /** Of files. */
  body?: Body
  /** Of links. */
  target?: string
}
