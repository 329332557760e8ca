import { CbcError, usage } from '../../core/errors.ts'
import { parseCount } from '../../core/quantity.ts'
import { statForOpening } from '../../remote/files.ts'
import { locateOne } from '../../remote/locate.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { fetchBytes } from '../../remote/transfer.ts'
import { LONG_WORK_TIMEOUT_MS, required, value, type Context } from '../define.ts'
import { CONTENT_FIELDS } from './content.ts'

const count = (name: string) => ({ parse: (text: string) => parseCount(text, name) })

/** Options that select a part of a file. */
const RANGE = {
  offset: value('--offset <bytes>', 'start at this offset', count('--offset')),
  length: value('--length <bytes>', 'number of bytes', count('--length')),
}
const ENDS = {
  head: value('--head <bytes>', 'only the first bytes', count('--head')),
  tail: value('--tail <bytes>', 'only the last bytes', count('--tail')),
}

/** What a verb that prints a file, or a part of it, has in common with the others. */
export const PRINTS_CONTENT = {
  effect: 'read',
  fields: CONTENT_FIELDS,
  needs: ['get file', 'directory list'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: { path: required('remote-path', 'file on the endpoint') },
  options: { ...RANGE, ...ENDS },
} as const

export interface Part {
  offset?: number | undefined
  length?: number | undefined
  head?: number | undefined
  tail?: number | undefined
}

/** @throws CbcError usage: the options select more than one part */
export function checkPart(verb: string, { offset, length, head, tail }: Part): void {
  const asked = [head, tail, offset ?? length].filter(option => option !== undefined)
  if (asked.length > 1) throw usage(`${verb}: --head, --tail and --offset/--length exclude each other`)
}

/**
 * Opens the selected part of a file. Only that part is fetched.
 * @returns its bytes as they arrive, the file's path, and the offset of the part
 */
export async function openPart(
  typed: string,
  { offset, length, head, tail }: Part,
  context: Context,
): Promise<{ path: string; from: number; bytes: AsyncIterable<Uint8Array> }> {
  const { session, directory, progress, signal, timeoutMs, notice } = context
  const path = session.paths.bare(await locateOne(session, directory, typed, context))
  const found = await statForOpening(session, path, { signal })
  if (found !== undefined && isDirectory(found))
    throw new CbcError('remote', `${path}: is a directory`, { hint: `ls ${path}`, device_id: session.device.id })
  // Files in /proc are listed with size 0, and streams are not listed at all: their size is only known once they are read.
  const listed = found?.size ?? undefined
  const size = listed === 0 ? undefined : listed
  if (size === undefined && tail !== undefined)
    throw new CbcError('remote', `${path}: the endpoint lists no size, so its last bytes can't be found`, {
      hint: 'use --offset',
      device_id: session.device.id,
    })
  const from = tail === undefined ? (offset ?? 0) : Math.max(0, (size ?? 0) - tail)
  const wanted = tail === undefined ? (length ?? head) : (size ?? 0) - from
  const range = { offset: from, ...(wanted === undefined ? {} : { length: wanted }) }
  const least = Math.min(wanted ?? Infinity, Math.max(0, (size ?? 0) - from))
  const differs = (bytes: number) => {
    notice(`${path}: ${from + bytes} bytes were read, but the endpoint lists ${listed ?? 'none'}`)
  }
  const expected = wanted === undefined && listed !== undefined ? listed - from : undefined
  const nothing = wanted === 0 || (size !== undefined && from >= size)
  return {
    path,
    from,
    bytes: nothing ? none() : fetchBytes(session, path, range, { signal, progress, timeoutMs, least, expected, differs }),
  }
}

async function* none(): AsyncIterable<Uint8Array> {}
