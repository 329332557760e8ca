import type { Named } from '../overlay.ts'
import { ATTRIBUTE } from './attributes.ts'
import type { Body } from './body.ts'

/**
 * Why a file can't be read or changed.
 * - `denied`: not even SYSTEM may open it or list it
 * - `locked`: another process has it open without sharing
 * - `protected`: owned by TrustedInstaller: it can be read but not changed
 */
export type Guard = 'denied' | 'locked' | 'protected'

/** A file, directory, junction or drive. Plain JSON; times are in epoch milliseconds. */
export interface FileNode extends Named {
  /** 8.3 name, upper case; '' when the name itself is one. */
  short: string
  attributes: number
  created: number
  accessed: number
  written: number
  /** Of files. */
  body?: Body
  /** Of junctions: the absolute path of the target. */
  target?: string
  guard?: Guard
  /** Whether `create directory` replaces this directory by an empty one, as long as nothing in it was changed. */
  remade?: true
  /** Alternate data streams: texts by name. They exist only in the seed; nothing here writes them. */
  streams?: Record<string, string>
}

export const isDirectory = (node: FileNode) => (node.attributes & ATTRIBUTE.DIRECTORY) !== 0
export const isReadOnly = (node: FileNode) => (node.attributes & ATTRIBUTE.READONLY) !== 0
export const sizeOf = (node: FileNode) => node.body?.size ?? 0
