/** The systems that endpoints have, as ForensicArtifacts names them. */
export const PLATFORMS = ['Windows', 'Linux', 'Darwin'] as const
export type Platform = (typeof PLATFORMS)[number]

/** Where a definition comes from: `kape:` stands before the name of a KAPE target where a name could be either. */
type SetName = 'forensic-artifacts' | 'kape'

/** A pattern of files. */
export interface FilePattern {
  /** A path with variables and patterns in any of its parts. */
  path: string
  separator: '\\' | '/'
  /** KAPE: what the names of files below `path` have to fit; absent: `path` is that of the files. */
  mask?: string
  /** KAPE: at any depth below `path`. */
  recursive?: boolean
}

/** One way in which a definition says where something is. */
export type Source = { platforms: readonly string[] } & (
  | { type: 'files'; /** False: only the entries are wanted. */ content: boolean; patterns: readonly FilePattern[] }
  | { type: 'keys'; keys: readonly string[] }
  | { type: 'values'; pairs: readonly { key: string; value: string }[] }
  | { type: 'command'; cmd: string; args: readonly string[] }
  | { type: 'wmi'; query: string; namespace: string }
  | { type: 'group'; names: readonly string[] }
  | { type: 'raw'; path: string }
)

/** What a name of a collection stands for. */
export interface Definition {
  name: string
  aliases: readonly string[]
  set: SetName
  /** What it is, in a sentence or more. */
  doc: string
  /** Where it is found; none: everywhere. */
  platforms: readonly string[]
  sources: readonly Source[]
  urls: readonly string[]
  /** The file that it is from, and its line there. */
  file: string
  line: number
}

/** What is wrong with a file of definitions, and where. */
export interface Fault {
  file: string
  line: number
  column: number
  message: string
}

/** The most paths, keys or names of one source. */
export const MAX_ITEMS = 2000
/** The most characters of a path, an expression or a command. */
export const MAX_CHARS = 4000

/** Whether something is meant for a platform. */
export function isFor(platforms: readonly string[], platform: Platform): boolean {
  return platforms.length === 0 || platforms.some(one => one.toLowerCase() === platform.toLowerCase())
}
