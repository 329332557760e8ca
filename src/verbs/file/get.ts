import { createHash } from 'node:crypto'
import { asCbcError, CbcError, interrupted, usage } from '../../core/errors.ts'
import { SILENT, type LocalFolder, type LocalTarget } from '../../core/ports.ts'
import { fieldsOf, list as listResult, object, type Result, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { concurrentMap } from '../../core/concurrent-map.ts'
import { matching } from '../../remote/expand.ts'
import { look } from '../../remote/files.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { locate } from '../../remote/locate.ts'
import { Planned } from '../../remote/session.ts'
import { download, type DownloadWork } from '../../remote/download.ts'
import { fetchBytes } from '../../remote/transfer.ts'
import { TRANSFER } from '../columns.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, optional, required, type Context } from '../define.ts'
import { content, CONTENT_FIELDS } from './content.ts'
import { below, isHidden, matches, type Incoming } from './download-plan.ts'
import { localName } from './local-name.ts'

interface Wishes {
  local?: string | undefined
  recursive: boolean
  resume: boolean
  force: boolean
  keepCloudCopy: boolean
  noKeep: boolean
}

export const get = defineVerb({
  name: 'get',
  summary: 'download files',
  details:
    'The bytes go to <local>.part, are checked against the size that the endpoint lists, get its modification time, and only then the final name. ' +
    'The copy in the cloud is deleted after. <local> may be a directory; - writes to standard output. Of a pattern, and with -r, each file that fails is told of ' +
    'and the others still come. A download that was cut, or given up with Ctrl-C, leaves its .part and says what goes on with it (--no-keep: it leaves nothing), which bears the time of the file, and its size beside it (.part.json); --resume goes on with it while the endpoint lists that time and size and the end of the part is the same there, and else from the beginning.',
  examples: [
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'into the working directory, under its own name' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts evidence.txt --force', does: 'under another name, replacing what is there' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\*', does: 'all files that a pattern matches' },
    { line: 'get -r C:\\Users\\Public evidence', does: 'a directory with all below it' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts --resume', does: 'the rest of a download that was cut' },
  ],
  effect: 'read',
  fields: [...fieldsOf(TRANSFER), ...CONTENT_FIELDS],
  needs: ['get file', 'directory list'],
  patience: LONG_WORK_TIMEOUT_MS,
  arguments: {
    remote: required('remote-path', 'file, directory or pattern on the endpoint'),
    local: optional('local-path', 'where to, default: the working directory'),
  },
  options: {
    recursive: flag('-r, --recursive', 'directories with all below them; links are not followed'),
    resume: flag('--resume', 'go on with the .part of a download that was cut'),
    force: flag('-f, --force', 'overwrite local files'),
    keepCloudCopy: flag('--keep-cloud-copy', 'leave the copy in the cloud'),
    noKeep: flag('--no-keep', 'leave no .part of a download that is given up'),
  },
  check({ local, recursive, resume }) {
    if (local === '-' && (recursive || resume)) throw usage(`get: ${recursive ? '-r' : '--resume'} and - exclude each other`)
  },
  async run({ remote, ...wishes }, context) {
    const { session, directory, signal } = context
    const path = await locate(session, directory, remote, context)
    if (session.paths.isPattern(path)) return await matched(path, wishes, context)
    const asked = session.paths.bare(path)
    const found = await look(session, asked, { signal })
    const name = localName(session.paths, remote, asked)
    if (!wishes.recursive && (found === undefined || !isDirectory(found)))
      return await single({ path: asked, found }, name, wishes, context)
    if (!wishes.recursive)
      throw new CbcError('remote', `${asked}: is a directory`, { hint: 'get it with -r', device_id: session.device.id })
    if (found !== undefined && !isDirectory(found)) return await single({ path: asked, found }, name, wishes, context)
    return several(below(context, asked, await folderFor(wishes, context, name)), wishes, context)
  },
})

/** A file, and what the endpoint lists of it. */
interface Subject {
  path: string
  found: Entry | undefined
}

async function matched(pattern: string, wishes: Wishes, context: Context): Promise<Result> {
  const { session, signal, notice } = context
  if (wishes.local === '-') throw usage('get: a pattern and - exclude each other')
  const found: Entry[] = []
  for (const entry of await matching(session, pattern, { signal })) {
    if (entry.error === undefined && isHidden(context, pattern, entry))
      notice(`${entry.path}: is left out, since a pattern fits a leading dot only where that is typed`)
    else found.push(entry)
  }
  if (found.length === 0) throw new CbcError('not_found', `${pattern}: nothing matches this pattern`, { device_id: session.device.id })
  return several(matches(context, pattern, found, await folderFor(wishes, context), wishes.recursive), wishes, context)
}

/** A dry run makes no directory here. */
const UNMADE: LocalFolder = {
  path: '',
  create: async () => {
    throw new Planned()
  },
  folder: async () => UNMADE,
}

async function folderFor({ local = '.' }: Wishes, { session, local: files }: Context, name?: string): Promise<LocalFolder> {
  return session.planning ? UNMADE : await files.folder(local, name)
}

async function single(subject: Subject, name: string, wishes: Wishes, context: Context): Promise<Result> {
  const { local, resume, force, keepCloudCopy, noKeep } = wishes
  const { session, progress, signal, patience, clock } = context
  const { path } = subject
  const work = { signal, progress, patience, keepCloudCopy, noKeep }
  if (local === '-') {
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    return {
      kind: 'bytes',
      bytes: fetchBytes(session, path, {}, { ...work, expected: subject.found?.size ?? undefined }),
      object: bytes => ({ path, size: bytes.length, sha256: sha256(bytes), ...content(bytes) }),
    }
  }
  const from = clock.monotonic()
  // A dry run makes no file here, but says what would be in the way of one.
  await context.local.place(local ?? '.', name, force)
  if (session.planning) await drain(fetchBytes(session, path, {}, work))
  const target = await context.local.create(local ?? '.', name, force, resume)
  return object(await fetched(subject, target, from, work, wishes, context), TRANSFER)
}

/** Files one beside the other, each with its row. */
function several(files: AsyncIterable<Incoming>, wishes: Wishes, context: Context): Result {
  const { resume, force, keepCloudCopy, noKeep } = wishes
  const { session, progress, signal, patience, clock, notice } = context
  // Side by side they would all draw the same bar.
  const work = { signal, progress: SILENT, patience, keepCloudCopy, noKeep }
  let done = 0
  const one = async (file: Incoming): Promise<Row | undefined> => {
    if ('error' in file) return { path: file.path, error: file.error }
    const { entry, folder, name } = file
    const from = clock.monotonic()
    try {
      if (session.planning) await drain(fetchBytes(session, entry.path, {}, work))
      const row = await fetched({ path: entry.path, found: entry }, await folder.create(name, force, resume), from, work, wishes, context)
      progress.step(`Getting files from ${session.label}: ${++done}`)
      return row
    } catch (error) {
      // A dry run goes on to the next.
      if (error instanceof Planned) return undefined
      if (!(error instanceof CbcError)) throw error
      if (error.code !== 'interrupted') return { path: entry.path, error }
      // Of those that came side by side each is told.
      if (error.facts.hint !== undefined) notice(error.facts.hint)
      throw interrupted()
    }
  }
  async function* rows(): AsyncGenerator<Row> {
    try {
      for await (const row of concurrentMap(files, one)) if (row !== undefined) yield row
    } finally {
      progress.end()
    }
  }
  return listResult(rows(), TRANSFER, 'nothing to download')
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes) continue
}

/** @throws as `download`; where a `.part` is left, the hint says what goes on with it */
async function fetched(
  { path, found }: Subject,
  target: LocalTarget,
  from: number,
  work: DownloadWork,
  { force }: Wishes,
  { session, clock, lineOf }: Context,
): Promise<Row> {
  let kept = false
  const listed = { size: found?.size ?? undefined, modified: parseTime(found?.['last_write_time']) }
  const { size, sha256 } = await download(session, path, target, listed, {
    ...work,
    kept: () => {
      kept = true
    },
  }).catch((thrown: unknown) => {
    if (!kept) throw thrown
    const error = asCbcError(thrown)
    throw error.with(error.message, {
      hint: `go on with: ${lineOf(['get', '--resume', ...(force ? ['--force'] : []), path, target.path])}`,
    })
  })
  return { path, local_path: target.path, size, sha256, duration_ms: clock.monotonic() - from }
}
