import { CbcError } from '../../core/errors.ts'
import { decodeOutput } from '../../core/text/program-output.ts'
import { parseTime } from '../../core/time.ts'
import { contents, statIfThere } from '../../remote/files.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { walk } from '../../remote/walk.ts'
import type { Context } from '../define.ts'
import { openPart } from '../file/byte-range.ts'
import type { Gathered } from './item.ts'

/** A folder that is looked through, and how many levels below it. */
export interface Place {
  path: string
  depth: number
}

/** How many folders of a place are looked through at most. */
const MAX_FOLDERS = 200
/** The part of a file that is read, bytes. */
const MAX_READ = 64 * 1024

/** Looks for something; that it isn't there, or can't be read, is no failure of the whole. @param missed is told what can't be read */
export async function looking<T>(
  what: string,
  missed: Gathered['missed'],
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CbcError) || signal.aborted || ['network', 'auth', 'interrupted'].includes(error.code)) throw error
    if (error.code !== 'not_found') missed.push({ what, why: error.message })
    return undefined
  }
}

/** Returns the files of a place. @param missed is told of folders that could not be read, and of an end before all of them were */
export async function filesBelow({ path, depth }: Place, { session, signal }: Context, missed: Gathered['missed']): Promise<Entry[]> {
  const found: Entry[] = []
  const errors: Error[] = []
  await looking(path, missed, signal, async () => {
    for await (const { entries } of walk(session, path, { depth, most: MAX_FOLDERS }, { signal }))
      for (const entry of entries)
        if (entry.error !== undefined) errors.push(entry.error)
        else if (!isDirectory(entry)) found.push(entry)
  })
  const [error, ...more] = errors
  if (error !== undefined)
    missed.push({ what: `part of ${path}`, why: more.length === 0 ? error.message : `${error.message}, and ${more.length} more` })
  return found
}

/** Returns the files of a folder, or the one file that a path names. */
export async function filesAt(path: string, { session, signal }: Context, missed: Gathered['missed']): Promise<Entry[]> {
  const found = await looking(path, missed, signal, async () => {
    const entry = await statIfThere(session, path, { signal })
    if (entry === undefined || !isDirectory(entry)) return entry === undefined ? [] : [entry]
    return (await contents(session, path, { signal })).entries.filter(one => !isDirectory(one))
  })
  return found ?? []
}

/** Returns the beginning of a file as text; undefined where it can't be read. */
export async function textOf({ path, size }: Entry, context: Context, missed: Gathered['missed']): Promise<string | undefined> {
  if (size === 0) return ''
  return await looking(path, missed, context.signal, async () => {
    const { bytes } = await openPart(path, { head: MAX_READ }, context)
    let text = ''
    for await (const part of decodeOutput(bytes)) text += part
    return text
  })
}

/** Whether something was written within so many milliseconds before now. */
export function isRecent(entry: Entry, { clock }: Context, sinceMs: number): boolean {
  const times = [entry['last_write_time'], entry['create_time']].flatMap(time => parseTime(time) ?? [])
  return times.some(time => time >= clock.now() - sinceMs)
}
