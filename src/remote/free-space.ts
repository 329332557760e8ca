import { CbcError } from '../core/errors.ts'
import { SILENT } from '../core/ports.ts'
import { shellLine } from './command-line.ts'
import { execute } from './exec.ts'
import type { Work } from './files.ts'
import { Planned, type RemoteSession } from './session.ts'

/** Milliseconds that looking may take: it is no reason to wait. */
const LOOKUP_TIMEOUT_MS = 20_000
const MIB = 1024 ** 2
/** Characters of a line that are looked at. */
const LONGEST_LINE = 1000
/** Digits with whatever a language puts between them; a character of another code page comes as U+FFFD. */
const GROUPED = "\\d[\\d.,' \\u00a0\\u202f\\ufffd]*"

/** Bytes; undefined where the endpoint doesn't tell. */
export interface Room {
  /** Free on the disk of a directory. */
  free?: number
  /** Physical memory. */
  memory?: number
}

/**
 * How much room there is for a dump of the memory, by what the system's own programs say ("create process").
 * @param directory absolute, on the endpoint
 * @returns nothing known where programs can't be run, or say something else
 * @throws CbcError interrupted
 */
export async function roomFor(session: RemoteSession, directory: string, work: Work): Promise<Room> {
  const { windows } = session.paths
  // The program runs in the directory: a name that is in no line can't be a command.
  const line = windows ? 'dir /-c /a & echo --- & systeminfo' : 'df -Pk .; echo ---; cat /proc/meminfo'
  try {
    const { output } = await execute(
      session,
      shellLine([line], windows),
      { directory },
      { ...work, progress: SILENT, patience: LOOKUP_TIMEOUT_MS },
    )
    return (windows ? windowsRoom : posixRoom)(Buffer.from(output).toString())
  } catch (error) {
    work.signal.throwIfAborted()
    if (!(error instanceof CbcError) && !(error instanceof Planned)) throw error
    return {}
  }
}

/** The last number of `dir`, and the first line of `systeminfo` that is megabytes: in every language of Windows. */
export function windowsRoom(text: string): Room {
  const [listing = '', about = ''] = text.split(/^--- *\r?$/m)
  const last = lines(listing.trimEnd()).at(-1) ?? ''
  const megabytes = lines(about)
    .map(line => new RegExp(`:\\s+(${GROUPED})M[BoОБ]\\s*$`).exec(line)?.[1])
    .find(found => found !== undefined)
  // "2 Dir(s)  65,927,745,536 bytes free": two numbers, whatever the words are.
  const free = new RegExp(`\\d\\D*?\\s(${GROUPED})\\D*$`).exec(last)?.[1]
  return room(free, 1, megabytes, MIB)
}

/** The fourth column of `df -Pk`, and the first line of /proc/meminfo. */
export function posixRoom(text: string): Room {
  const [disk = '', about = ''] = text.split(/^---$/m)
  const free = /^\S.*?\s\d+\s+\d+\s+(\d+)\s+\d+%/m.exec(lines(disk).join('\n'))?.[1]
  return room(free, 1024, /^MemTotal:\s+(\d+) kB/m.exec(about)?.[1], 1024)
}

/** A line of these programs is short. An endpoint can send one of megabytes, in which it takes hours to look for numbers. */
function lines(text: string): string[] {
  return text.split(/\r?\n/).map(line => line.slice(0, LONGEST_LINE))
}

function room(free: string | undefined, freeUnit: number, memory: string | undefined, memoryUnit: number): Room {
  const bytes = (text: string, unit: number) => Number(text.replace(/\D/g, '')) * unit
  return {
    ...(free === undefined ? {} : { free: bytes(free, freeUnit) }),
    ...(memory === undefined ? {} : { memory: bytes(memory, memoryUnit) }),
  }
}
