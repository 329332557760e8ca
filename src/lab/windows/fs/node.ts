import type { Named } from '../overlay.ts'
import { ATTRIBUTE } from './attributes.ts'
import type { Body } from './body.ts'

/**
 * Why a file can't be had or changed.
 * - `denied`: not even SYSTEM may open it or list it
 * - `locked`: another process keeps it open without sharing
 * - `protected`: owned by TrustedInstaller: can be read, not changed
 */
export type Guard = 'denied' | 'locked' | 'protected'

/** A file, directory, junction or drive. Plain JSON; times in epoch milliseconds. */
export interface FileNode extends Named {
  /** 8.3 name, upper case; '' when the name is one itself. */
  short: string
  attributes: number
  created: number
  accessed: number
  written: number
  /** Of files. */
  body?: Body
  /** Of junctions: the absolute path that they lead to. */
  target?: string
  guard?: Guard
  /** A directory that `create directory` makes anew, empty, as long as nobody changed anything in it. */
  remade?: true
  /** Alternate data streams: texts by name. They come with the seed; nothing here writes them. */
  streams?: Record<string, string>
}

export const isDirectory = (node: FileNode) => (node.attributes & ATTRIBUTE.DIRECTORY) !== 0
export const isReadOnly = (node: FileNode) => (node.attributes & ATTRIBUTE.READONLY) !== 0
export const sizeOf = (node: FileNode) => node.body?.size ?? 0
