import { createHash } from 'node:crypto'
import { asCbcError, CbcError, interrupted, usage } from '../../core/errors.ts'
import { SILENT, type LocalFolder, type LocalTarget } from '../../core/ports.ts'
import { fieldsOf, list as listResult, object, type Result, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { concurrentMap } from '../../core/concurrent-map.ts'
import { matching } from '../../remote/expand.ts'
import { statForOpening } from '../../remote/files.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { locate } from '../../remote/locate.ts'
import { Planned } from '../../remote/session.ts'
import { download, type DownloadWork, type Listed } from '../../remote/download.ts'
import { fetchBytes } from '../../remote/transfer.ts'
import { TRANSFER } from '../columns.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, optional, required, type Context } from '../define.ts'
import { content, CONTENT_FIELDS } from './content.ts'
import { below, isHidden, matches, type Incoming } from './download-plan.ts'
import { cantOverwrite } from './cant-overwrite.ts'
import { fetchedBefore, isFetched, type Fetched } from './fetched-before.ts'
import { localName } from './local-name.ts'
import { localParts } from './local-parts.ts'

interface GetOptions {
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
    'The bytes are written to <local>.part and checked against the size that the endpoint lists. The file gets the modification time of the original, and only then its final name. ' +
    'The copy in the cloud is deleted afterwards. <local> may be a directory; - writes to standard output. With a pattern or -r, each file that fails is reported, and the others are still downloaded. ' +
    'A download that is cut off, or cancelled with Ctrl-C, leaves its .part file and prints the command that resumes it (with --no-keep it leaves nothing). A .part.json file next to it records the time and size of the original. ' +
    '--resume continues only if the endpoint still lists that time and size and the end of the .part file matches; otherwise it starts over. A file that is complete here, with that time and size, is not downloaded again.',
  examples: [
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'into the working directory, under the same name' },
    {
      line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts evidence.txt --force',
      does: 'under another name, overwriting an existing file',
    },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\*', does: 'all files that a pattern matches' },
    { line: 'get -r C:\\Users\\Public evidence', does: 'a directory and everything below it' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts --resume', does: 'the rest of an interrupted download' },
    { line: 'get -r C:\\Users\\Public evidence --resume', does: 'what is still missing of a directory' },
  ],
  effect: 'read',
  brings: 'folder',
  fields: [...fieldsOf(TRANSFER), ...CONTENT_FIELDS],
  needs: ['get file', 'directory list'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: {
    remote: required('remote-path', 'file, directory or pattern on the endpoint'),
    local: optional('local-path', 'destination; default: the working directory'),
  },
  options: {
    recursive: flag('-r, --recursive', 'download directories and everything below; links are not followed'),
    resume: flag('--resume', 'continue interrupted downloads from their .part files, and leave out what is complete'),
    force: flag('-f, --force', 'overwrite local files'),
    keepCloudCopy: flag('--keep-cloud-copy', 'leave the copy in the cloud'),
    noKeep: flag('--no-keep', 'leave no .part file when a download is cancelled'),
  },
  check({ local, recursive, resume }) {
    if (local === '-' && (recursive || resume)) throw usage(`get: ${recursive ? '-r' : '--resume'} and - exclude each other`)
  },
  async run({ remote, ...wishes }, context) {
    const { session, directory, signal } = context
    const path = await locate(session, directory, remote, context)
    if (session.paths.isPattern(path)) return await matched(path, wishes, context)
    const asked = session.paths.bare(path)
    const found = await statForOpening(session, asked, { signal })
    const name = localName(session.paths, remote, asked)
    if (!wishes.recursive && (found === undefined || !isDirectory(found)))
      return await single({ path: asked, found }, name, wishes, context)
    if (!wishes.recursive)
      throw new CbcError('remote', `${asked}: is a directory`, { hint: 'use -r to download it', device_id: session.device.id })
    if (found !== undefined && !isDirectory(found)) return await single({ path: asked, found }, name, wishes, context)
    return several(below(context, asked, await folderFor(wishes, context, localParts(session.paths, asked), name)), wishes, context)
  },
})

/** A file and its entry in the endpoint's directory listing. */
interface Subject {
  path: string
  found: Entry | undefined
}

async function matched(pattern: string, wishes: GetOptions, context: Context): Promise<Result> {
  const { session, signal, notice } = context
  if (wishes.local === '-') throw usage('get: a pattern and - exclude each other')
  const found: Entry[] = []
  for (const entry of await matching(session, pattern, { signal })) {
    if (entry.error === undefined && isHidden(context, pattern, entry))
      notice(`${entry.path}: skipped, because a pattern matches a leading dot only if you type it`)
    else found.push(entry)
  }
  if (found.length === 0) throw new CbcError('not_found', `${pattern}: nothing matches this pattern`, { device_id: session.device.id })
  const { parts } = session.paths.parts(pattern)
  const above = localParts(session.paths, pattern).slice(0, parts.findIndex(part => session.paths.isPatternPart(part)) - parts.length)
  const folder = await folderFor(wishes, context, above)
  return several(matches(context, pattern, found, folder, wishes.recursive), wishes, context)
}

/** Stands in for the local directory in a dry run, which creates none. */
const UNMADE: LocalFolder = {
  path: '',
  create: async () => {
    throw new Planned()
  },
  folder: async () => UNMADE,
}

/**
 * Returns the local folder that corresponds to a folder of the endpoint.
 * @param names its parts on the endpoint, for a case
 * @param name  what it is called in a folder that the user names
 */
async function folderFor(
  { local, force }: GetOptions,
  { session, local: files, home }: Context,
  names: readonly string[],
  name?: string,
): Promise<LocalFolder> {
  if (session.planning) return UNMADE
  if (local === undefined && home !== undefined) {
    if (force) throw cantOverwrite('get')
    return await home.folder(names)
  }
  return await files.folder(local ?? '.', name)
}

async function single(subject: Subject, name: string, wishes: GetOptions, context: Context): Promise<Result> {
  const { local, keepCloudCopy, noKeep } = wishes
  const { session, progress, signal, timeoutMs, clock } = context
  const { path } = subject
  const work = { signal, progress, timeoutMs, keepCloudCopy, noKeep }
  if (local === '-') {
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    return {
      kind: 'bytes',
      bytes: fetchBytes(session, path, {}, { ...work, expected: subject.found?.size ?? undefined }),
      object: bytes => ({ path, size: bytes.length, sha256: sha256(bytes), ...content(bytes) }),
    }
  }
  const from = clock.monotonic()
  const target = await targetFor(path, name, wishes, context, work).catch(async (error: unknown) => {
    const taken = wishes.resume && error instanceof CbcError ? error.facts.taken : undefined
    const there = taken === undefined ? undefined : await isFetched(taken, listedOf(subject), context.local)
    if (there === undefined) throw error
    return there
  })
  if (!('write' in target)) return object(known(subject, target, from, context), TRANSFER)
  return object(await fetched(subject, target, from, work, wishes, context), TRANSFER)
}

async function targetFor(path: string, name: string, wishes: GetOptions, context: Context, work: DownloadWork): Promise<LocalTarget> {
  const { local, force, resume } = wishes
  const { session } = context
  if (local === undefined && context.home !== undefined && !session.planning) {
    const names = localParts(session.paths, path)
    return await (await folderFor(wishes, context, names.slice(0, -1))).create(names.at(-1) ?? name, false, resume)
  }
  // A dry run creates no file, but reports what would prevent it.
  await context.local.place(local ?? '.', name, force)
  if (session.planning) await drain(fetchBytes(session, path, {}, work))
  return await context.local.create(local ?? '.', name, force, resume)
}

/** Downloads files side by side, with a row for each. */
function several(files: AsyncIterable<Incoming>, wishes: GetOptions, context: Context): Result {
  const { resume, force, keepCloudCopy, noKeep } = wishes
  const { session, progress, signal, timeoutMs, clock, notice } = context
  // Downloads that run side by side would all draw the same progress bar.
  const work = { signal, progress: SILENT, timeoutMs, keepCloudCopy, noKeep }
  let done = 0
  const one = async (file: Incoming): Promise<Row | undefined> => {
    if ('error' in file) return { path: file.path, error: file.error }
    const { entry, folder, name } = file
    const from = clock.monotonic()
    try {
      if (session.planning) await drain(fetchBytes(session, entry.path, {}, work))
      const subject = { path: entry.path, found: entry }
      const there = resume && !force ? await fetchedBefore(folder, name, listedOf(subject)) : undefined
      const row = there
        ? known(subject, there, from, context)
        : await fetched(subject, await folder.create(name, force, resume), from, work, wishes, context)
      progress.step(`Getting files from ${session.label}: ${++done}`)
      return row
    } catch (error) {
      // A dry run continues with the next file.
      if (error instanceof Planned) return undefined
      if (!(error instanceof CbcError)) throw error
      if (error.code !== 'interrupted') return { path: entry.path, error }
      // Several downloads may be interrupted at once: show how to resume each.
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

/** What the endpoint lists of a file. */
function listedOf({ found }: Subject): Listed {
  return { size: found?.size ?? undefined, modified: parseTime(found?.['last_write_time']) }
}

/** The row of a file that need not be fetched. */
function known({ path, found }: Subject, there: Fetched, from: number, { clock, moved }: Context): Row {
  moved?.({ path, ...there, entry: found })
  return { path, ...there, duration_ms: clock.monotonic() - from }
}

/** Downloads one file. @throws as `download`; if a `.part` is left, the hint has the command that resumes it */
async function fetched(
  subject: Subject,
  target: LocalTarget,
  from: number,
  work: DownloadWork,
  { force }: GetOptions,
  { session, clock, lineOf, moved }: Context,
): Promise<Row> {
  const { path, found } = subject
  let kept = false
  const { size, sha256 } = await download(session, path, target, listedOf(subject), {
    ...work,
    kept: () => {
      kept = true
    },
  }).catch((thrown: unknown) => {
    if (!kept) throw thrown
    const error = asCbcError(thrown)
    throw error.with(error.message, {
      hint: `resume with: ${lineOf(['get', '--resume', ...(force ? ['--force'] : []), path, target.path])}`,
    })
  })
  moved?.({ path, local_path: target.path, size, sha256, entry: found })
  return { path, local_path: target.path, size, sha256, duration_ms: clock.monotonic() - from }
}
