import { CbcError } from '../core/errors.ts'
import { SILENT } from '../core/ports.ts'
import { shellLine } from './command-line.ts'
import { execute } from './exec.ts'
import type { Work } from './files.ts'
import { Planned, type RemoteSession } from './session.ts'

/** Milliseconds that the lookup may take: it isn't worth waiting for longer. */
const LOOKUP_TIMEOUT_MS = 20_000
const MIB = 1024 ** 2
/** How many characters of a line are examined. */
const LONGEST_LINE = 1000
/** Digits with the group separators of any language; a character of another code page arrives as U+FFFD. */
const GROUPED = "\\d[\\d.,' \\u00a0\\u202f\\ufffd]*"

/** Sizes in bytes; absent when the endpoint doesn't say. */
export interface FreeSpace {
  /** Free on the disk of a directory. */
  free?: number
  /** Physical memory. */
  memory?: number
}

/**
 * Finds out how much room there is for a memory dump, by means of the system's own programs ("create process").
 * @param directory absolute, on the endpoint
 * @returns an empty object when programs can't be run, or print something unexpected
 * @throws CbcError interrupted
 */
export async function readFreeSpace(session: RemoteSession, directory: string, work: Work): Promise<FreeSpace> {
  const { windows } = session.paths
  // The program runs in the directory: a name that isn't part of the command line can't be taken for a command.
  const line = windows ? 'dir /-c /a & echo --- & systeminfo' : 'df -Pk .; echo ---; cat /proc/meminfo'
  try {
    const { output } = await execute(
      session,
      shellLine([line], windows),
      { directory },
      { ...work, progress: SILENT, timeoutMs: LOOKUP_TIMEOUT_MS },
    )
    return (windows ? readWindowsFreeSpace : readPosixFreeSpace)(Buffer.from(output).toString())
  } catch (error) {
    work.signal.throwIfAborted()
    if (!(error instanceof CbcError) && !(error instanceof Planned)) throw error
    return {}
  }
}

/** Reads the last number of `dir` and the first line of `systeminfo` that is in megabytes, in every language of Windows. */
export function readWindowsFreeSpace(text: string): FreeSpace {
  const [listing = '', about = ''] = text.split(/^--- *\r?$/m)
  const last = lines(listing.trimEnd()).at(-1) ?? ''
  const megabytes = lines(about)
    .map(line => new RegExp(`:\\s+(${GROUPED})M[BoОБ]\\s*$`).exec(line)?.[1])
    .find(found => found !== undefined)
  // "2 Dir(s)  65,927,745,536 bytes free": two numbers, whatever the words are.
  const free = new RegExp(`\\d\\D*?\\s(${GROUPED})\\D*$`).exec(last)?.[1]
  return freeSpaceOf(free, 1, megabytes, MIB)
}

/** Reads the fourth column of `df -Pk` and the first line of /proc/meminfo. */
export function readPosixFreeSpace(text: string): FreeSpace {
  const [disk = '', about = ''] = text.split(/^---$/m)
  const free = /^\S.*?\s\d+\s+\d+\s+(\d+)\s+\d+%/m.exec(lines(disk).join('\n'))?.[1]
  return freeSpaceOf(free, 1024, /^MemTotal:\s+(\d+) kB/m.exec(about)?.[1], 1024)
}

/** Splits into lines and cuts long ones: the lines of these programs are short, but matching one of megabytes could take hours. */
function lines(text: string): string[] {
  return text.split(/\r?\n/).map(line => line.slice(0, LONGEST_LINE))
}

function freeSpaceOf(free: string | undefined, freeUnit: number, memory: string | undefined, memoryUnit: number): FreeSpace {
  const bytes = (text: string, unit: number) => Number(text.replace(/\D/g, '')) * unit
  return {
    ...(free === undefined ? {} : { free: bytes(free, freeUnit) }),
    ...(memory === undefined ? {} : { memory: bytes(memory, memoryUnit) }),
  }
}
