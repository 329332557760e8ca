import { createHash } from 'node:crypto'
import { CbcError, usage } from '../../core/errors.ts'
import { SILENT, type LocalTarget } from '../../core/ports.ts'
import { list as listResult, object, type Result, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { concurrentMap } from '../../core/concurrent-map.ts'
import { list, stat } from '../../remote/files.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { Planned } from '../../remote/session.ts'
import { download, fetchBytes } from '../../remote/transfer.ts'
import { TRANSFER } from '../columns.ts'
import { defineVerb, flag, HOURS, optional, required, type Context } from '../define.ts'
import { content } from './content.ts'
import { incoming, type Incoming } from './download-plan.ts'

interface Wishes {
  local?: string | undefined
  recursive: boolean
  resume: boolean
  force: boolean
  keepCloudCopy: boolean
}

export const get = defineVerb({
  name: 'get',
  summary: 'download files',
  details: 'The bytes go to <local>.part, are checked against the size that the endpoint lists, get its modification time, and only then the final name. '
    + 'The copy in the cloud is deleted after. <local> may be a directory; - writes to standard output. Of a pattern, and with -r, each file that fails is told of '
    + 'and the others still come. A download that was cut leaves its .part, and --resume goes on with it.',
  examples: [
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'into the working directory, under its own name' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts evidence.txt --force', does: 'under another name, replacing what is there' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\*', does: 'all files that a pattern matches' },
    { line: 'get -r C:\\Users\\Public evidence', does: 'a directory with all below it' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts --resume', does: 'the rest of a download that was cut' },
  ],
  effect: 'read',
  needs: ['get file', 'directory list'],
  patience: HOURS,
  arguments: { remote: required('remote-path', 'file, directory or pattern on the endpoint'), local: optional('local-path', 'where to, default: the working directory') },
  options: {
    recursive: flag('-r, --recursive', 'directories with all below them; links are not followed'),
    resume: flag('--resume', 'go on with the .part of a download that was cut'),
    force: flag('-f, --force', 'overwrite local files'),
    keepCloudCopy: flag('--keep-cloud-copy', 'leave the copy in the cloud'),
  },
  check({ local, recursive, resume }) {
    if (local === '-' && (recursive || resume)) throw usage(`get: ${recursive ? '-r' : '--resume'} and - exclude each other`)
  },
  async run({ remote, ...wishes }, context) {
    const { session, directory, signal } = context
    const path = session.paths.resolve(directory, remote)
    if (session.paths.isPattern(path)) {
      if (wishes.local === '-') throw usage('get: a pattern and - exclude each other')
      const found = await list(session, path, false, { signal })
      if (found.length === 0) throw new CbcError('not_found', `${path}: nothing matches`, { device_id: session.device.id })
      return several(incoming(context, found, await context.local.folder(wishes.local ?? '.'), wishes.recursive), wishes, context)
    }
    const found = await stat(session, path, { signal })
    if (!isDirectory(found)) return await single(found, wishes, context)
    if (!wishes.recursive) throw new CbcError('remote', `${found.path}: is a directory`, { hint: 'get it with -r', device_id: session.device.id })
    const folder = await context.local.folder(wishes.local ?? '.', session.paths.isRoot(found.path) ? found.path.replace(/\W/g, '') : found.filename)
    return several(incoming(context, found, folder, true), wishes, context)
  },
})

async function single(found: Entry, { local, resume, force, keepCloudCopy }: Wishes, context: Context): Promise<Result> {
  const { session, progress, signal, patience, clock } = context
  const { path } = found
  const work = { signal, progress, patience, keepCloudCopy }
  if (local === '-') {
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    return { kind: 'bytes', bytes: fetchBytes(session, path, {}, work), object: bytes => ({ path, size: bytes.length, sha256: sha256(bytes), ...content(bytes) }) }
  }
  const from = clock.monotonic()
  const target = await context.local.create(local ?? '.', session.paths.base(path), force, resume)
  return object(await fetched(found, target, from, work, context), TRANSFER)
}

/** Files one beside the other, each with its row. */
function several(files: AsyncIterable<Incoming>, { resume, force, keepCloudCopy }: Wishes, context: Context): Result {
  const { session, progress, signal, patience, clock } = context
  // Side by side they would all draw the same bar.
  const work = { signal, progress: SILENT, patience, keepCloudCopy }
  let done = 0
  const one = async (file: Incoming): Promise<Row | undefined> => {
    if ('error' in file) return { path: file.path, error: file.error }
    const { entry, folder } = file
    const from = clock.monotonic()
    try {
      const row = await fetched(entry, await folder.create(entry.filename, force, resume), from, work, context)
      progress.step(`Getting files from ${session.label}: ${++done}`)
      return row
    } catch (error) {
      // A dry run goes on to the next.
      if (error instanceof Planned) return undefined
      if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
      return { path: entry.path, error }
    }
  }
  async function* rows(): AsyncGenerator<Row> {
    try {
      for await (const row of concurrentMap(files, one)) if (row !== undefined) yield row
    } finally {
      progress.end()
    }
  }
  return listResult(rows(), TRANSFER)
}

async function fetched(found: Entry, target: LocalTarget, from: number, work: Parameters<typeof download>[4], { session, clock }: Context): Promise<Row> {
  const modified = parseTime(found['last_write_time'])
  const { size, sha256 } = await download(session, found.path, target, { size: found.size, ...(modified === undefined ? {} : { modified }) }, work)
  return { path: found.path, local_path: target.path, size, sha256, duration_ms: clock.monotonic() - from }
}
