import { usage } from '../core/errors.ts'
import { trimEnd } from '../core/text/trim.ts'
import { isWindowsName } from '../core/windows-names.ts'

/** Words that cmd.exe reads as switches: `/s`, `/s/q`, `/a:h`, `/a-d`, `/od`, `/-c`, `/?`. */
const CMD_SWITCHES = /^(\/(\?|-?[a-z\d]|[a-z]:[^\\/]*|a[-adhilorsv]+|o[-degns]+|t[acw]))+$/i

/** Splits a word into switches of cmd.exe in one form: `/s`, `/od`; undefined when it isn't one. On Windows such a word is never a path. */
export function cmdSwitches(word: string): string[] | undefined {
  return CMD_SWITCHES.test(word)
    ? word
        .toLowerCase()
        .split(/(?=\/)/)
        .map(one => one.replace(/^(\/[a-z]):/, '$1'))
    : undefined
}

/**
 * Remote paths according to section 5 of the contract: absolute, relative to the remote directory, or drive-relative; `/` is accepted on
 * Windows.
 */
export class RemotePaths {
  readonly windows: boolean
  readonly separator: '\\' | '/'

  constructor(windows: boolean) {
    this.windows = windows
    this.separator = windows ? '\\' : '/'
  }

  /** Returns the path style of an endpoint, judging by its session's drives and working directory. */
  static of(session: {
    drives?: readonly string[] | null
    current_working_directory?: string | null
    supported_commands?: readonly string[] | null
  }): RemotePaths {
    const hints = [session.current_working_directory, ...(session.drives ?? [])].filter(
      (hint): hint is string => typeof hint === 'string' && hint !== '',
    )
    if (hints.length > 0) return new RemotePaths(hints.some(hint => /^[A-Za-z]:|^\\\\/.test(hint)))
    return new RemotePaths(session.supported_commands?.includes('reg enum key') ?? true)
  }

  /**
   * Returns the absolute, normalized form of what a user typed.
   * @param directory the remote directory, absolute
   * @param typed     a trailing separator is kept, because it asks for a directory's content
   * @throws CbcError usage: on Windows, it is a switch of cmd.exe
   */
  resolve(directory: string, typed: string): string {
    return this.windows
      ? this.#resolveWindows(directory, typed)
      : normalized('/', (typed.startsWith('/') ? typed : `${directory}/${typed}`).split('/'), '/', typed)
  }

  #resolveWindows(directory: string, typed: string): string {
    if (cmdSwitches(typed) !== undefined)
      throw usage(`${typed}: is a switch of cmd.exe, not a path`, `a path of that name is written ${typed.replaceAll('/', '\\')}`)
    const text = typed.replaceAll('/', '\\')
    // \\?\ and \\.\ turn off the endpoint's own normalization, so nothing is normalized here either.
    if (/^\\\\[?.]\\/.test(text)) return text
    // A server without a share is not relative to any drive.
    if (/^\\\\[^\\]+\\*$/.test(text)) return trimEnd(text, '\\')
    const [drive, rest] = splitDrive(text)
    const [here, hereRest] = splitDrive(directory)
    if (drive === '')
      return text.startsWith('\\')
        ? normalized(`${here}\\`, rest.split('\\'), '\\', text)
        : normalized(`${here}\\`, `${hereRest}\\${text}`.split('\\'), '\\', text)
    if (rest === '') return `${drive}\\`
    return normalized(`${drive}\\`, rest.split('\\'), '\\', text)
  }

  /** The part after the last separator; the whole path at a root. */
  base(path: string): string {
    const bare = this.bare(path)
    return this.isRoot(bare) ? bare : bare.slice(bare.lastIndexOf(this.separator) + 1)
  }

  /** Whether a name can be that of an entry, which is one part of a path. */
  isName(name: string): boolean {
    return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !(this.windows && name.includes('\\'))
  }

  /** Whether a new file can have this name, and is then found under it. */
  canBeMade(name: string): boolean {
    return this.windows ? isWindowsName(name) : this.isName(name)
  }

  /** The directory that holds `path`, without a trailing separator unless it is a root. */
  parent(path: string): string {
    const bare = this.bare(path)
    if (this.isRoot(bare)) return bare
    const cut = bare.lastIndexOf(this.separator)
    const parent = bare.slice(0, cut)
    return this.isRoot(parent + this.separator) ? parent + this.separator : parent
  }

  join(directory: string, name: string): string {
    return directory.endsWith(this.separator) ? directory + name : directory + this.separator + name
  }

  /** Returns a path with the trailing separator that makes "directory list" list the content. */
  listing(path: string): string {
    return path.endsWith(this.separator) ? path : path + this.separator
  }

  /** Returns a path without trailing separators, except at a root. */
  bare(path: string): string {
    let bare = path
    while (bare.endsWith(this.separator) && !this.isRoot(bare)) bare = bare.slice(0, -1)
    return bare
  }

  isRoot(path: string): boolean {
    return this.windows ? /^([A-Za-z]:|\\\\[^\\]+(\\[^\\]+)?)\\?$/.test(path) : path === '/' || path === ''
  }

  /** Whether any part contains `*` or `?`. */
  isPattern(path: string): boolean {
    return this.parts(path).parts.some(part => this.isPatternPart(part))
  }

  isPatternPart(part: string): boolean {
    return /[*?]/.test(part)
  }

  /** Splits an absolute path into its root and the names below it. */
  parts(path: string): { root: string; parts: string[] } {
    const root = this.windows ? (/^(?:\\\\[?.]\\[^\\]+|\\\\[^\\]+(?:\\[^\\]+)?|[A-Za-z]:)\\?/.exec(path)?.[0] ?? '') : '/'
    return {
      root: this.listing(root),
      parts: path
        .slice(root.length)
        .split(this.separator)
        .filter(part => part !== ''),
    }
  }

  /** Returns the path for a temporary file ("Temporary files"). */
  temporary(name: string): string {
    return this.windows ? `C:\\Windows\\Temp\\${name}` : `/tmp/${name}`
  }
}

/** Splits a path into its drive or share and the rest. */
function splitDrive(path: string): [string, string] {
  const [, drive, server, share, rest] = /^(?:([A-Za-z]:)|(\\\\[^\\]+)\\+([^\\]+))(.*)$/s.exec(path) ?? []
  return rest === undefined ? ['', path] : [drive ?? `${server}\\${share}`, rest]
}

function normalized(root: string, parts: string[], separator: string, typed: string): string {
  const kept: string[] = []
  for (const part of parts) {
    if (part === '' || part === '.') continue
    if (part === '..') kept.pop()
    else kept.push(part)
  }
  const path = root + kept.join(separator)
  return kept.length > 0 && typed.endsWith(separator) ? path + separator : path
}
