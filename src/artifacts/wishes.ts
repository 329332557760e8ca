import { CbcError, usage } from '../core/errors.ts'
import { append } from '../core/lists.ts'
import { isFor, type Definition, type FilePattern, type Platform, type Source } from './definition.ts'
import { pastJunctions } from './junctions.ts'
import { cannotPlan, MAX_LEVELS, readMask, readPath, type Part } from './pattern.ts'
import { expand, type Variables } from './variables.ts'

/** Files that an artifact asks for, by a path that begins with a drive on Windows. */
interface FileWish {
  artifact: Definition
  /** Only the entry is wanted. */
  entryOnly: boolean
  parts: Part[]
}

/** Registry keys that an artifact asks for, or one of their values. */
export interface KeyWish {
  artifact: Definition
  /** The parts of the path, the hive first. */
  parts: Part[]
  /** The wanted value, `''` for the default value; absent: the whole key. */
  value?: Part
}

/** A program whose output an artifact asks for. */
export type ProgramWish = { artifact: Definition } & (
  { type: 'command'; cmd: string; args: readonly string[] } | { type: 'wmi'; query: string; namespace: string }
)

/** Something that an artifact asks for and that can't be had. */
interface Unplanned {
  artifact: Definition
  path: string
  why: string
}

/** Everything that a collection asks for on an endpoint. */
export interface Wishes {
  artifacts: readonly Definition[]
  files: FileWish[]
  keys: KeyWish[]
  programs: ProgramWish[]
  unplanned: Unplanned[]
}

/** The most patterns of a collection: both public sets together have a tenth of it for a few users. */
const MAX_PATTERNS = 100_000
/** Files that only a raw read of the disk gives: those of NTFS itself, and memory on disk. */
const RAW =
  /^[a-z]:\\+(?:\$(?:MFT|MFTMirr|LogFile|Volume|AttrDef|Bitmap|Boot|BadClus|Secure|UpCase|Extend)(?:[:\\]|$)|(?:pagefile|hiberfil|swapfile)\.sys$)/i
const NEEDS_RAW_ACCESS = 'needs raw access to the disk, which Live Response does not give'

/**
 * Says what artifacts ask for on an endpoint, with all variables replaced.
 * @param artifacts as `Catalog.resolve` returns them
 * @throws CbcError usage: more than can be followed
 */
export function wishesOf(artifacts: readonly Definition[], platform: Platform, variables: Variables): Wishes {
  const wishes: Wishes = { artifacts, files: [], keys: [], programs: [], unplanned: [] }
  for (const artifact of artifacts)
    for (const source of artifact.sources) if (isFor(source.platforms, platform)) addSource(wishes, artifact, source, platform, variables)
  return wishes
}

function addSource(wishes: Wishes, artifact: Definition, source: Source, platform: Platform, variables: Variables): void {
  const windows = platform === 'Windows'
  /** Reads one path, and records why that can't be done. */
  const trying = (path: string, read: () => void) => {
    // Each path may stand for one of each user.
    if (wishes.files.length + wishes.keys.length > MAX_PATTERNS)
      throw usage(`more than ${MAX_PATTERNS.toLocaleString('en')} patterns`, 'name fewer artifacts')
    try {
      read()
    } catch (error) {
      if (!(error instanceof CbcError)) throw error
      wishes.unplanned.push({ artifact, path, why: error.message })
    }
  }
  switch (source.type) {
    case 'files':
      for (const pattern of source.patterns)
        trying(pattern.path, () => {
          append(
            wishes.files,
            readFiles(pattern, windows, variables).map(parts => ({ artifact, entryOnly: !source.content, parts })),
          )
        })
      return
    case 'keys':
      for (const key of source.keys)
        trying(key, () =>
          append(
            wishes.keys,
            readKeys(key, windows, variables).flatMap(parts => [{ parts }, ...valuesBeside(parts)].map(wish => ({ artifact, ...wish }))),
          ),
        )
      return
    case 'values':
      for (const { key, value } of source.pairs)
        trying(`${key}\\${value}`, () => {
          const wanted = readValue(value)
          append(
            wishes.keys,
            readKeys(key, windows, variables).map(parts => ({ artifact, parts, value: wanted })),
          )
        })
      return
    case 'command':
      wishes.programs.push({ artifact, type: 'command', cmd: source.cmd, args: source.args })
      return
    case 'wmi':
      trying(source.query, () => {
        for (const query of expand(source.query, variables))
          wishes.programs.push({ artifact, type: 'wmi', query, namespace: source.namespace })
      })
      return
    case 'raw':
      wishes.unplanned.push({ artifact, path: source.path, why: NEEDS_RAW_ACCESS })
      return
    case 'group':
  }
}

/** @throws CbcError usage: it can't be followed */
function readFiles({ path, separator, mask, recursive = false }: FilePattern, windows: boolean, variables: Variables): Part[][] {
  // A path of Windows in a definition for several systems.
  if (!windows && separator === '\\') return []
  const isKape = mask !== undefined
  const places = isKape ? [path.replace(/%users?%/gi, '*')] : expand(path, variables)
  return places.flatMap(place => {
    const whole = windows ? absolute(place.replaceAll('/', '\\'), variables) : place
    if (windows && RAW.test(whole)) throw cannotPlan(NEEDS_RAW_ACCESS)
    if (!windows && !whole.startsWith('/')) throw cannotPlan('not an absolute path')
    const parts = readPath(whole, windows ? '\\' : '/', windows, !isKape)
    if (isKape && recursive) parts.push({ kind: 'deep', levels: MAX_LEVELS })
    if (isKape) parts.push(readMask(mask))
    if (parts.length === (windows ? 1 : 0)) throw cannotPlan('a whole drive')
    const direct = windows ? pastJunctions(parts) : undefined
    // Where there is a folder in place of the junction, it is looked into as well.
    return direct === undefined ? [parts] : [parts, direct]
  })
}

/** A path without a drive is one of the system's drive. */
function absolute(path: string, { system }: Variables): string {
  if (/^\\\\/.test(path)) throw cannotPlan('a path of another machine')
  const whole = path.startsWith('\\') ? `${system.get('environ_systemdrive') ?? 'C:'}${path}` : path
  if (!/^[a-z]:(?:\\|$)/i.test(whole)) throw cannotPlan('not an absolute path')
  return whole
}

/** @throws CbcError usage: it doesn't begin with a hive */
function readKeys(key: string, windows: boolean, variables: Variables): Part[][] {
  if (!windows) return []
  return expand(key, variables).map(place => {
    const parts = readPath(place, '\\', true)
    if (!/^HKEY_\w+$|^HK(?:LM|CU|U|CR|CC)$/i.test(place.split('\\', 1)[0] ?? ''))
      throw cannotPlan('does not begin with a hive of the registry')
    return parts
  })
}

/** In these sets a value is a leaf of the tree as a key is a branch: `Run\*` stands for the values of Run too. */
function valuesBeside(parts: Part[]): Pick<KeyWish, 'parts' | 'value'>[] {
  const last = parts.at(-1)
  if (last === undefined || last.kind === 'name') return []
  return [{ parts: parts.slice(0, -1), value: last.kind === 'deep' ? { kind: 'pattern', fits: () => true } : last }]
}

function readValue(value: string): Part {
  const [part = { kind: 'name', text: value } as const] = /[*?]/.test(value) ? readPath(value, '\0', true, false) : []
  return part
}
