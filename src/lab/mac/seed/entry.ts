import { type Body, bytesBody, textBody } from '../../windows/fs/body.ts'
import { once } from '../../windows/lazy.ts'
import { foldCase, type SeedNode } from '../../windows/overlay.ts'
import { DAY, hash, pick } from '../../windows/seed/hash.ts'
import type { MacNode } from '../node.ts'

/** What a file holds: a text, bytes, an executable of that name, or so many bytes after the first ones. Made on first use. */
export type Content = { text: string } | { bytes: () => Uint8Array } | { program: string } | { head?: string; size: number }

/** An entry of a fresh disk. What is left out follows from its path. */
export interface Entry {
  path: string
  mode?: number
  /** Epoch milliseconds. */
  written?: number
  content?: Content
  target?: string
}

/** First bytes, by which tools recognize a file of that kind. */
export const SQLITE = { head: 'SQLite format 3\0', size: 24_576 }
export const BINARY_PLIST = { head: 'bplist00', size: 2_048 }

/** Of a 64-bit program for macOS; the name of the program follows. */
const MACH_O = Buffer.from('cffaedfe0c000001000000000200000018000000900600008500200000000000', 'hex')
const NAME_AT = 32

export const directory = (path: string, more: Partial<Entry> = {}): Entry => ({ path, ...more })
export const file = (path: string, content: Content, more: Partial<Entry> = {}): Entry => ({ path, content, ...more })
export const link = (path: string, target: string): Entry => ({ path, target })
export const program = (path: string, name = path.slice(path.lastIndexOf('/') + 1)): Entry => file(path, { program: name }, { mode: 0o755 })

/** Returns the name of the program that an executable's first bytes are of; undefined where they are of none. */
export function programIn(head: Buffer): string | undefined {
  if (!head.subarray(0, 4).equals(MACH_O.subarray(0, 4))) return undefined
  const end = head.indexOf(0, NAME_AT)
  return head.toString('utf8', NAME_AT, end < 0 ? head.length : end)
}

/** Arranges entries as a tree, with the directories above them. @param installed the time of entries without one, epoch milliseconds */
export function treeOf(entries: readonly Entry[], installed: number): SeedNode<MacNode> {
  const root = new Branch({ path: '' }, installed)
  for (const entry of entries) {
    let at = root
    const parts = entry.path.split('/').slice(1)
    parts.forEach((name, index) => {
      const path = `/${parts.slice(0, index + 1).join('/')}`
      const own = index === parts.length - 1 ? entry : undefined
      let next = at.children.get(foldCase(name))
      if (next === undefined || own !== undefined) {
        const made = new Branch(own ?? { path }, installed)
        for (const [key, child] of next?.children ?? []) made.children.set(key, child)
        at.children.set(foldCase(name), (next = made))
      }
      at = next
    })
  }
  return root
}

/** An entry with what is below it. Its facts are made when they are looked at. */
class Branch implements SeedNode<MacNode> {
  readonly children = new Map<string, Branch>()
  readonly #node: () => MacNode

  constructor(entry: Entry, installed: number) {
    this.#node = once(() => nodeOf(entry, installed))
  }

  get node(): MacNode {
    return this.#node()
  }
}

function nodeOf({ path, mode, written, content, target }: Entry, installed: number): MacNode {
  const time = written ?? installed - pick(path, 0, DAY)
  const kind = target !== undefined ? 'link' : content === undefined ? 'directory' : 'file'
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    kind,
    mode: mode ?? (kind === 'file' ? 0o644 : 0o755),
    owner: /^\/Users\/(?!Shared(?:\/|$))([^/]+)/.exec(path)?.[1] ?? 'root',
    created: time,
    accessed: time,
    written: time,
    ...(target === undefined ? {} : { target }),
    ...(content === undefined ? {} : { body: bodyOf(path, content) }),
  }
}

function bodyOf(path: string, content: Content): Body {
  if ('text' in content) return textBody(content.text)
  if ('bytes' in content) return bytesBody(content.bytes())
  if ('program' in content) {
    const head = Buffer.concat([MACH_O.subarray(0, NAME_AT), Buffer.from(`${content.program}\0`)])
    return { kind: 'headed', head: head.toString('base64'), seed: hash(content.program), size: pick(content.program, 48, 900) * 1024 }
  }
  const { head = '', size } = content
  return { kind: 'headed', head: Buffer.from(head, 'latin1').toString('base64'), seed: hash(path), size }
}
