import { createHash } from 'node:crypto'
import { CbcError } from '../../core/errors.ts'
import { SILENT } from '../../core/ports.ts'
import { fieldsOf, list as listResult, object, type Column, type Row } from '../../core/result.ts'
import { concurrentMap } from '../../core/concurrent-map.ts'
import { matching } from '../../remote/expand.ts'
import { statForOpening } from '../../remote/files.ts'
import { locate } from '../../remote/locate.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { Planned } from '../../remote/session.ts'
import { fetchBytes, type TransferWork } from '../../remote/transfer.ts'
import { PATH, SHA256, SIZE } from '../columns.ts'
import { defineVerb, LONG_WORK_TIMEOUT_MS, many, type Context } from '../define.ts'

const HASHES: Column[] = [PATH, SIZE, SHA256, { key: 'sha1', priority: 3 }, { key: 'md5', priority: 2 }]

export const hash = defineVerb({
  name: 'hash',
  summary: 'print the hashes of files: SHA-256, SHA-1 and MD5',
  details: 'The file is read once as it arrives, and is not stored anywhere.',
  examples: [
    { line: 'hash C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'one file' },
    { line: 'hash C:\\Windows\\System32\\drivers\\etc\\*', does: 'all files that a pattern matches' },
  ],
  effect: 'read',
  fields: fieldsOf(HASHES),
  needs: ['get file', 'directory list'],
  identity: { key: ['path'] },
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: { path: many('remote-path', 'files or patterns') },
  options: {},
  async run({ path }, context) {
    const { session, directory, progress, signal, timeoutMs } = context
    const places = await Promise.all(path.map(typed => locate(session, directory, typed, context)))
    const [only] = places
    if (places.length === 1 && only !== undefined && !session.paths.isPattern(only))
      return object(await digest(only, { signal, progress, timeoutMs }, context), HASHES)
    const rows = concurrentMap(expand(places, context), async place => {
      if (typeof place !== 'string') return place
      try {
        return await digest(place, { signal, progress: SILENT, timeoutMs }, context)
      } catch (error) {
        // A dry run continues with the next file.
        if (error instanceof Planned) return {}
        if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
        return { path: place, error }
      }
    })
    return listResult(rows, HASHES, 'no files match')
  },
})

/** Yields the paths given, with patterns replaced by the files they match. A pattern that fails is a row. */
async function* expand(places: string[], { session, signal }: Context): AsyncGenerator<string | Row> {
  for (const place of places) {
    if (!session.paths.isPattern(place)) yield place
    else {
      try {
        for (const found of await matching(session, place, { signal })) {
          if (found.error !== undefined) yield found
          else if (!isDirectory(found)) yield found.path
        }
      } catch (error) {
        if (places.length === 1 || !(error instanceof CbcError) || error.code === 'interrupted') throw error
        yield { path: place, error }
      }
    }
  }
}

async function digest(place: string, work: TransferWork, { session, notice }: Context): Promise<Row> {
  const found = await statForOpening(session, place, work)
  if (found !== undefined && isDirectory(found)) throw new CbcError('remote', `${place}: is a directory`, { device_id: session.device.id })
  const [sha256, sha1, md5] = [createHash('sha256'), createHash('sha1'), createHash('md5')]
  const listed = found?.size ?? undefined
  let size = 0
  let whole = false
  for await (const chunk of fetchBytes(
    session,
    place,
    {},
    {
      ...work,
      expected: listed,
      differs: () => {
        whole = true
      },
    },
  )) {
    if (size === 0) work.progress.step(session.paths.base(place), listed)
    size += chunk.length
    work.progress.at(size)
    for (const one of [sha256, sha1, md5]) one.update(chunk)
  }
  // The hash of an incomplete file would be worse than none.
  if (listed !== undefined && size !== listed && !whole && (await statForOpening(session, place, work))?.size !== size) {
    throw new CbcError('network', `${place}: got ${size} of ${listed} bytes`, {
      hint: 'the file may be changing: try again',
      device_id: session.device.id,
    })
  }
  if (listed !== undefined && size !== listed) notice(`${place}: ${size} bytes were read, but the endpoint lists ${listed}`)
  return { path: place, size, sha256: sha256.digest('hex'), sha1: sha1.digest('hex'), md5: md5.digest('hex') }
}
