import { CbcError, usage } from '../../core/errors.ts'
import type { LocalSource } from '../../core/ports.ts'
import { fieldsOf, list as listResult, object, type Row } from '../../core/result.ts'
import { statIfThere } from '../../remote/files.ts'
import { locateNew } from '../../remote/locate.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { Planned } from '../../remote/session.ts'
import { upload } from '../../remote/transfer.ts'
import { TRANSFER } from '../columns.ts'
import { any, defineVerb, flag, LONG_WORK_TIMEOUT_MS, required, type Context } from '../define.ts'
import { makeAll } from './mkdir.ts'
import { checkSources, isLocalPattern, outgoing, placed, type Outgoing } from './upload-plan.ts'

export const put = defineVerb({
  name: 'put',
  summary: 'upload files',
  details:
    'A file is uploaded to the cloud and from there to the endpoint, where its size is checked. The copy in the cloud is then deleted. <remote> may be a directory. ' +
    'With more than two arguments, the last is a directory on the endpoint and all others are local. A file whose name would mean something else on the endpoint (a path, a stream, a device) is refused. With several files, each one that fails is reported, and the others are still uploaded.',
  examples: [
    { line: 'put README.md C:\\Windows\\Temp\\note.txt --force', does: 'under another name, overwriting an existing file' },
    { line: 'put *.md C:\\Windows\\Temp --force', does: 'all files that a pattern matches' },
    { line: 'put -r tools C:\\Windows\\Temp\\tools', does: 'a directory and everything below it' },
  ],
  effect: 'change',
  fields: fieldsOf(TRANSFER),
  needs: ['put file', 'directory list'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: {
    local: required('local-path', 'file, directory or pattern on this machine'),
    remote: any('remote-path', 'destination; default: the remote directory; more local files may precede it'),
  },
  options: {
    recursive: flag('-r, --recursive', 'upload directories and everything below; links are followed only to files inside them'),
    force: flag('-f, --force', 'overwrite files on the endpoint'),
  },
  check({ local, remote }) {
    if ([local, ...remote].includes('')) throw usage('put: a path is empty')
  },
  async checkLocal({ local, remote, recursive }, files) {
    await checkSources(files, sourcesOf(local, remote), recursive)
  },
  async run({ local, remote, recursive, force }, context) {
    const {
      session: { paths },
      directory,
    } = context
    const sources = sourcesOf(local, remote)
    const to = remote.at(-1)
    const typed = to === undefined ? paths.listing(directory) : await locateNew(context.session, directory, to, context)
    if (sources.length === 1 && !recursive && !(await isLocalPattern(context.local, local))) {
      const source = await context.local.open(local)
      return object(await send({ source, ...(await destination(source, typed, context)) }, force, context), TRANSFER)
    }
    const there = await statIfThere(context.session, typed, context)
    if (there !== undefined && !isDirectory(there))
      throw new CbcError('remote', `${typed}: is not a directory`, { device_id: context.session.device.id })
    return listResult(
      each(outgoing(context, sources, paths.bare(typed), there !== undefined, recursive), force, context),
      TRANSFER,
      'nothing to upload',
    )
  },
})

/** Returns the local arguments: of several, the last one is the destination. */
function sourcesOf(local: string, remote: readonly string[]): string[] {
  return [local, ...remote.slice(0, -1)]
}

/** Uploads one file after the other, since each changes the endpoint. */
async function* each(files: AsyncIterable<Outgoing>, force: boolean, context: Context): AsyncGenerator<Row> {
  const {
    session: { paths },
  } = context
  // Names that differ only in case are the same file on Windows.
  const taken = new Map<string, string>()
  const folders = new MadeFolders()
  try {
    for await (const file of files) {
      if ('error' in file) {
        yield file
        continue
      }
      const path = 'directory' in file ? file.directory : file.path
      folders.begin(paths.parent(path))
      try {
        if ('directory' in file) folders.made(await makeAll(context.session, path, context))
        else {
          const place = paths.windows ? path.toLowerCase() : path
          const other = taken.get(place)
          if (other !== undefined)
            throw new CbcError('refused', `${file.local}: would overwrite ${path}, which comes from ${other}`, {
              hint: 'upload it separately, under another name',
            })
          taken.set(place, file.local)
          yield await send({ source: await context.local.open(file.local), path, there: await lookUp(path, context) }, force, context)
        }
        folders.filled(paths.parent(path))
      } catch (error) {
        // A dry run continues with the next file.
        if (error instanceof Planned) continue
        if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
        yield 'directory' in file ? { path, error } : { path, local_path: file.local, error }
      }
    }
  } finally {
    for (const folder of folders.unfilled()) context.notice(`${folder}: was created but is empty, because no file could be uploaded to it`)
  }
}

/** Tracks the directories that were created for files. */
class MadeFolders {
  readonly #empty = new Set<string>()
  readonly #wanted = new Set<string>()

  /** Records that something is about to be uploaded into a directory. */
  begin(folder: string): void {
    this.#wanted.add(folder)
  }

  made(folders: readonly string[]): void {
    for (const folder of folders) this.#empty.add(folder)
    // Each contains the next, so only the last can be empty.
    for (const folder of folders.slice(0, -1)) this.filled(folder)
  }

  filled(folder: string): void {
    this.#empty.delete(folder)
  }

  /** The directories that were meant to receive files but stayed empty. */
  unfilled(): string[] {
    return [...this.#empty].filter(folder => this.#wanted.has(folder))
  }
}

/** What is at a path: its entry, undefined where there is nothing, or why that can't be told. */
type There = Entry | undefined | CbcError

async function lookUp(path: string, { session, signal }: Context): Promise<There> {
  return await statIfThere(session, path, { signal }).catch((error: unknown) => {
    if (!(error instanceof CbcError) || error.code !== 'remote') throw error
    return error
  })
}

/**
 * Returns the remote path of one file, and what is there. An existing directory receives it under its own name.
 * @throws CbcError refused: that name is not possible there
 */
async function destination({ name, path: local }: LocalSource, typed: string, context: Context): Promise<{ path: string; there: There }> {
  const { paths } = context.session
  if (!typed.endsWith(paths.separator)) {
    const there = await lookUp(typed, context)
    if (there === undefined || there instanceof CbcError || !isDirectory(there)) return { path: typed, there }
  }
  const path = placed(paths, typed, name, local)
  if (path instanceof CbcError) throw path
  return { path, there: await lookUp(path, context) }
}

/** Uploads one file. @param there what is at `path` @throws CbcError refused: it is empty, or exists on the endpoint */
async function send(
  { source, path, there }: { source: LocalSource; path: string; there: There },
  force: boolean,
  context: Context,
): Promise<Row> {
  const { session, signal, progress, timeoutMs, clock, notice } = context
  if (source.size === 0) throw new CbcError('refused', `${source.path}: is empty`, { hint: 'the service does not accept empty files' })
  const from = clock.monotonic()
  if (there instanceof CbcError && !force)
    throw there.with(there.message, { hint: "whether it exists can't be determined; --force writes it anyway" })
  const old = there instanceof CbcError ? undefined : there
  if (old !== undefined && isDirectory(old)) throw new CbcError('remote', `${path}: is a directory`, { device_id: session.device.id })
  if (old !== undefined && !force)
    throw new CbcError('refused', `${path}: exists on ${session.label}`, {
      hint: 'overwrite it with --force',
      device_id: session.device.id,
    })
  const { size, sha256, unseen } = await upload(session, source, path, { signal, progress, timeoutMs })
  if (unseen !== undefined) notice(`${path}: was written, but its size there could not be checked: ${unseen.message}`)
  context.moved?.({ path, local_path: source.path, size, sha256 })
  return { path, local_path: source.path, size, sha256, duration_ms: clock.monotonic() - from }
}
