import { CbcError, usage } from '../../core/errors.ts'
import { formatSize } from '../../core/quantity.ts'
import { fieldsOf, object, type Column, type Row } from '../../core/result.ts'
import { leftoverNotice } from '../../remote/cleanup.ts'
import { dumpMemory, dumpPath, type Dump } from '../../remote/memory.ts'
import { readFreeSpace } from '../../remote/free-space.ts'
import { locateNew } from '../../remote/locate.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { noteTemporary, removeTemporary, strikeTemporary } from '../../remote/temporary.ts'
import { DURATION, LOCAL_PATH, PATH, SHA256, SIZE } from '../columns.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, optional, value, type Context } from '../define.ts'
import { downloadDump } from './download-dump.ts'

const COLUMNS: Column[] = [PATH, SIZE, LOCAL_PATH, SHA256, DURATION]

export const memdump = defineVerb({
  name: 'memdump',
  summary: "dump the endpoint's kernel memory to a file there, and download it",
  details:
    "Without a path, the file is written to the endpoint's temporary directory. First, programs of the endpoint are used to check that the disk has enough space. With --get, the dump is downloaded, " +
    "its size is compared, and also its SHA-256 if a program of the endpoint can compute it. Only then is the endpoint's file deleted. If you cancel the download, the dump and the partial download are kept, and the command that resumes it is printed; with --no-keep both are removed.",
  examples: [
    { line: 'memdump C:\\Windows\\Temp\\memory.dmp', does: 'to a file on the endpoint, with progress' },
    { line: 'memdump --compress --get memory.zip', does: 'download it, and delete it on the endpoint' },
  ],
  effect: 'change',
  brings: 'file',
  fields: fieldsOf(COLUMNS),
  needs: ['memdump'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: { remote: optional('remote-path', 'file to write on the endpoint, or a directory for it') },
  options: {
    compress: flag('--compress', 'compress it; .zip is appended to the file name'),
    get: value('--get <local>', 'download to this local file, then delete it on the endpoint', { kind: 'local-path' }),
    force: flag('-f, --force', 'overwrite the local file'),
    noKeep: flag('--no-keep', 'when cancelled, keep neither a .part file nor the dump'),
    unchecked: flag('--no-space-check', "don't check whether the disk has enough space"),
  },
  check({ get, force }) {
    if (get === '' || get === '-') throw usage('memdump: --get needs a file', 'name a local file or directory')
    if (force && get === undefined) throw usage('memdump: --force needs --get')
  },
  async plan({ remote, compress }, context) {
    const wanted = await place(remote, context)
    const what = `write the memory of ${context.session.label} to a file there`
    return { targets: wanted, exact: { what, to: [dumpPath(wanted, compress)] } }
  },
  async run({ remote, compress, get, force, noKeep, unchecked }, context, wanted) {
    const { session, local, clock, progress, notice, signal, timeoutMs, lineOf } = context
    const work = { signal, progress, timeoutMs }
    const from = clock.monotonic()
    const target =
      get === undefined || session.planning ? undefined : await local.create(get, session.paths.base(dumpPath(wanted, compress)), force)
    // Discarded on failure, until the download takes over.
    let unused = target
    try {
      if (!unchecked) await checkRoom(wanted, context)
      const dump = await dumpTo(session, wanted, compress, { temporary: remote === undefined, taken: get !== undefined, lineOf }, work)
      if (get !== undefined && target === undefined) planDownload(session, dump)
      unused = undefined
      const taken = target === undefined ? undefined : await downloadDump(session, dump, target, { ...work, noKeep }, lineOf)
      if (taken?.compared === 'size')
        notice(`memdump: the endpoint can't compute the dump's SHA-256; only the size of ${dump.path} was compared`)
      if (target !== undefined && taken !== undefined)
        context.moved?.({ path: dump.path, local_path: target.path, size: taken.size, sha256: taken.sha256 })
      const value: Row = {
        path: dump.path,
        ...(dump.size === undefined ? {} : { size: dump.size }),
        ...(target === undefined || taken === undefined ? {} : { size: taken.size, local_path: target.path, sha256: taken.sha256 }),
        duration_ms: clock.monotonic() - from,
      }
      const left = taken?.left === undefined ? [] : [{ path: dump.path, error: taken.left }]
      return {
        ...object(
          value,
          COLUMNS.filter(({ key }) => key in value),
        ),
        failed: left,
      }
    } catch (error) {
      await unused?.discard()
      throw error
    } finally {
      progress.end()
    }
  },
})

/** Returns the file to write. If a directory or nothing is given, the file name is generated. */
async function place(remote: string | undefined, context: Context): Promise<string> {
  const { session, directory, random } = context
  const { paths } = session
  const name = `memory-${random.uuid().slice(0, 8)}.dmp`
  if (remote === undefined) return paths.temporary(name)
  const path = await locateNew(session, directory, remote, context)
  return path.endsWith(paths.separator) ? paths.join(path, name) : path
}

/** Checks the free space. @throws CbcError refused: it is less than the size of the memory */
async function checkRoom(wanted: string, { session, progress, notice, signal }: Context): Promise<void> {
  progress.step(`Checking free space on ${session.label}`)
  const { free, memory } = await readFreeSpace(session, session.paths.parent(wanted), { signal })
  if (session.planning) return
  if (free === undefined || memory === undefined)
    return notice(`memdump: can't determine whether ${session.label} has room for the dump; continuing`)
  if (free >= memory) return
  throw new CbcError('refused', `memdump ${wanted}: only ${formatSize(free)} are free there, but the memory has ${formatSize(memory)}`, {
    hint: 'choose a path on another disk, or use --no-space-check',
    device_id: session.device.id,
  })
}

/** Dumps the memory. A temporary file is recorded for gc until it is deleted: after a failure here, or after the download. */
async function dumpTo(
  session: RemoteSession,
  wanted: string,
  compress: boolean,
  { temporary, taken, lineOf }: { temporary: boolean; taken: boolean } & Pick<Context, 'lineOf'>,
  work: Parameters<typeof dumpMemory>[3],
): Promise<Dump> {
  const path = dumpPath(wanted, compress)
  if (temporary) noteTemporary(session, path)
  try {
    const dump = await dumpMemory(session, wanted, compress, work)
    if (!taken) strikeTemporary(session, path)
    return dump
  } catch (error) {
    if (session.planning) throw error
    if (temporary) await removeTemporary(session, path, work)
    else if (mayHaveWritten(error))
      session.notice(
        leftoverNotice(
          new CbcError('remote', `perhaps a part of ${path}`),
          `\`${lineOf(['rm', path])}\` deletes it`,
          ` on ${session.label}`,
        ),
      )
    throw error
  }
}

/** Whether a dump that failed may have begun: the endpoint did not refuse it, and nobody waited for its end. */
function mayHaveWritten(error: unknown): boolean {
  return error instanceof CbcError && ['interrupted', 'timeout', 'network', 'unknown_outcome'].includes(error.code)
}

/** Plans the download and deletion in a dry run. */
function planDownload(session: RemoteSession, { path }: Dump): void {
  session.plan({ name: 'get file', path })
  session.plan({ name: 'delete file', path })
}
