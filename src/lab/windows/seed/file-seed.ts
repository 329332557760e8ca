import { ATTRIBUTE } from '../fs/attributes.ts'
import { bytesBody, type Body, textBody } from '../fs/body.ts'
import { executableHead } from '../fs/executable.ts'
import type { FileNode, Guard } from '../fs/node.ts'
import { shortName } from '../fs/short-names.ts'
import { foldCase, type SeedNode } from '../overlay.ts'
import { DAY, hash, pick } from './hash.ts'

/** The explicit facts of a seed file; the rest is derived from its name. Times are in epoch milliseconds, the size in bytes. */
export interface FileFacts {
  size?: number
  text?: string
  bytes?: () => Uint8Array
  created?: number
  written?: number
  /** Attributes other than DIRECTORY and ARCHIVE. */
  attributes?: number
  guard?: Guard
  target?: string
  streams?: Record<string, string>
  remade?: true
  /** An executable's original file name, when it differs from its file name; two files with the same `origin` have the same bytes. */
  origin?: string
}

/** Joins lines as in a Windows text file. */
export function textLines(...lines: string[]): string {
  return lines.map(line => `${line}\r\n`).join('')
}

interface Entry extends FileFacts {
  name: string
  directory: boolean
}

interface Directory {
  entries: Map<string, Entry>
  /** Adds its entries when somebody first looks into it. */
  pending: (() => void)[]
}

const EXECUTABLE = /\.(exe|com|dll|sys|scr|cpl|ocx|mui|efi)$/i
/** The header of an event log file. */
export const EVTX_HEAD = Buffer.from(
  'ElfFile\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u0001\0\0\0\0\0\0\0\x80\0\0\0\u0001\0\u0003\0\0\x10\u0001\0',
  'latin1',
)
/** Returns the first bytes, by which tools recognize a file of that kind. */
const MAGIC: [RegExp, Buffer][] = [
  [/\.evtx$/i, EVTX_HEAD],
  [/\.pf$/i, Buffer.from('MAM\x04', 'latin1')],
  [/\.lnk$/i, Buffer.from('4c0000000114020000000000c000000000000046', 'hex')],
  [/\.(docx|docm|xlsx|xlsm|pptx|zip)$/i, Buffer.from('504b030414000600', 'hex')],
  [/\.pdf$/i, Buffer.from('%PDF-1.7\r\n', 'latin1')],
  [/\.(png)$/i, Buffer.from('89504e470d0a1a0a', 'hex')],
  [/\.(jpg|jpeg)$/i, Buffer.from('ffd8ffe000104a464946', 'hex')],
  [/\.(msi|doc|xls|msg)$/i, Buffer.from('d0cf11e0a1b11ae1', 'hex')],
  [/\.(ttf)$/i, Buffer.from('00010000', 'hex')],
  [/(^|\\)(system|software|sam|security|default|ntuser\.dat|usrclass\.dat)$/i, Buffer.from('regf', 'latin1')],
]

const NO_CHILDREN = () => new Map<string, SeedNode<FileNode>>()

/** A file or directory of the seed. Its facts are made when they are looked at: of the hundreds of files in a directory, hardly one is. */
class SeedFile implements SeedNode<FileNode> {
  private made: FileNode | undefined
  private known: ReadonlyMap<string, SeedNode<FileNode>> | undefined
  private readonly facts: () => FileNode
  private readonly list: () => ReadonlyMap<string, SeedNode<FileNode>>

  /** @param now make the facts at once: those of a directory depend on what is known of its files at this time */
  constructor(facts: () => FileNode, list: () => ReadonlyMap<string, SeedNode<FileNode>>, now: boolean) {
    this.facts = facts
    this.list = list
    if (now) this.made = facts()
  }

  get node(): FileNode {
    return (this.made ??= this.facts())
  }

  get children(): ReadonlyMap<string, SeedNode<FileNode>> {
    return (this.known ??= this.list())
  }
}

/** Collects the seed's files; their nodes are made only when somebody looks into their directory. */
export class FileSeed {
  private readonly directories = new Map<string, Directory>()
  private readonly installed: number

  /** @param installed the time of files without an explicit one, epoch milliseconds */
  constructor(installed: number) {
    this.installed = installed
    this.directories.set('', { entries: new Map(), pending: [] })
  }

  /** Adds a directory and its parents; a repeated call adds facts. */
  directory(path: string, facts: FileFacts = {}): this {
    const key = foldCase(path)
    if (!this.directories.has(key)) this.directories.set(key, { entries: new Map(), pending: [] })
    this.entry(path, { ...facts, directory: true })
    return this
  }

  file(path: string, facts: FileFacts = {}): this {
    this.entry(path, { ...facts, directory: false })
    return this
  }

  /** Defers adding the entries of a directory (but nothing further below) until somebody looks into it. */
  later(path: string, addEntries: () => void): this {
    if (!this.directories.has(foldCase(path))) this.directory(path)
    this.directories.get(foldCase(path))?.pending.push(addEntries)
    return this
  }

  /** Adds many files to a directory: names separated by blanks (`~` is a blank in a name), each optionally as `name:size`. */
  many(directory: string, names: string, facts: FileFacts = {}): this {
    return this.later(directory, () => {
      for (const word of names.trim().split(/\s+/)) {
        const [name = '', size] = word.split(':')
        this.file(`${directory}\\${name.replaceAll('~', ' ')}`, size === undefined ? facts : { ...facts, size: Number(size) })
      }
    })
  }

  /** The root of all drives. */
  build(): SeedNode<FileNode> {
    return this.node('', { name: '', directory: true }, '')
  }

  private entry(path: string, entry: Omit<Entry, 'name'>): void {
    const cut = path.lastIndexOf('\\')
    const parent = cut < 0 ? '' : path.slice(0, cut)
    const name = path.slice(cut + 1)
    if (!this.directories.has(foldCase(parent))) this.directory(parent)
    const siblings = this.directories.get(foldCase(parent))?.entries
    siblings?.set(foldCase(name), { ...siblings.get(foldCase(name)), ...entry, name })
  }

  private entriesOf(path: string): Entry[] {
    const directory = this.directories.get(foldCase(path))
    for (const addEntries of directory?.pending.splice(0) ?? []) addEntries()
    return [...(directory?.entries.values() ?? [])]
  }

  private node(path: string, entry: Entry, short: string): SeedNode<FileNode> {
    const children = entry.directory ? () => this.childrenOf(path) : NO_CHILDREN
    return new SeedFile(() => this.facts(path, entry, short), children, entry.directory)
  }

  /** Returns when an entry of a directory was last written; 0 when that isn't known. */
  private lastChange(path: string): number {
    let last = 0
    for (const { written = 0, directory } of this.directories.get(foldCase(path))?.entries.values() ?? [])
      if (!directory) last = Math.max(last, written)
    return last
  }

  private childrenOf(path: string): Map<string, SeedNode<FileNode>> {
    const entries = this.entriesOf(path)
    const used = new Set(entries.map(({ name }) => name.toUpperCase()))
    return new Map(
      entries.map(entry => {
        const short = path === '' ? '' : shortName(entry.name, candidate => used.has(candidate))
        if (short !== '') used.add(short)
        return [foldCase(entry.name), this.node(path === '' ? entry.name : `${path}\\${entry.name}`, entry, short)]
      }),
    )
  }

  private facts(path: string, entry: Entry, short: string): FileNode {
    const { name, directory, guard, target, streams, remade } = entry
    const created = entry.created ?? entry.written ?? this.installed - pick(path, 0, DAY)
    const written = entry.written ?? (directory ? Math.max(created, this.lastChange(path)) : created)
    const kind = directory ? ATTRIBUTE.DIRECTORY : ATTRIBUTE.ARCHIVE
    return {
      name,
      short,
      created,
      written,
      accessed: Math.max(created, written),
      attributes: kind | (entry.attributes ?? 0) | (target === undefined ? 0 : ATTRIBUTE.REPARSE_POINT),
      ...(directory ? {} : { body: bodyOf(path, entry) }),
      ...(guard === undefined ? {} : { guard }),
      ...(target === undefined ? {} : { target }),
      ...(streams === undefined ? {} : { streams }),
      ...(remade === undefined ? {} : { remade }),
    }
  }
}

function bodyOf(path: string, { name, text, bytes, size, origin }: Entry): Body {
  if (text !== undefined) return textBody(text)
  if (bytes !== undefined) return bytesBody(bytes())
  const identity = origin ?? name
  const seed = hash(foldCase(origin ?? path))
  const length = size ?? pick(foldCase(name), 12, 900) * 1024
  if (EXECUTABLE.test(name))
    return { kind: 'headed', head: executableHead(identity).toString('base64'), seed, size: Math.max(length, 2048) }
  const magic = MAGIC.find(([pattern]) => pattern.test(path))?.[1]
  return magic === undefined || length < magic.length
    ? { kind: 'generated', seed, size: length }
    : { kind: 'headed', head: magic.toString('base64'), seed, size: length }
}
