import { CbcError, usage } from '../../core/errors.ts'
import { formatSize } from '../../core/quantity.ts'
import { fieldsOf, object, type Column, type Row } from '../../core/result.ts'
import { dumpMemory, dumpPath, type Dump } from '../../remote/memory.ts'
import { roomFor } from '../../remote/free-space.ts'
import { locateNew } from '../../remote/locate.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { noteTemporary, removeTemporary, strikeTemporary } from '../../remote/temporary.ts'
import { DURATION, LOCAL_PATH, PATH, SHA256, SIZE } from '../columns.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, optional, value, type Context } from '../define.ts'
import { takeDump } from './download-dump.ts'

const COLUMNS: Column[] = [PATH, SIZE, LOCAL_PATH, SHA256, DURATION]

export const memdump = defineVerb({
  name: 'memdump',
  summary: "dump the endpoint's kernel memory into a file on it, and download it",
  details:
    "Without a path the file goes to the endpoint's temporary directory. Before, the endpoint's own programs are asked whether there is room. With --get it is downloaded; " +
    "its size and its SHA-256, where a program of the endpoint can tell it, are compared, and only then the endpoint's file is deleted. Given up while it is downloaded, the dump and what came of it are kept, and the line that goes on is said; --no-keep: neither is.",
  examples: [
    { line: 'memdump C:\\Windows\\Temp\\memory.dmp', does: 'shows how far it is, and the file that it made' },
    { line: 'memdump --compress --get memory.zip', does: 'onto this machine, and off the endpoint' },
  ],
  effect: 'change',
  fields: fieldsOf(COLUMNS),
  needs: ['memdump'],
  patience: LONG_WORK_TIMEOUT_MS,
  arguments: { remote: optional('remote-path', 'file to write on the endpoint, or a directory for it') },
  options: {
    compress: flag('--compress', 'compress it; the file gets .zip appended'),
    get: value('--get <local>', 'download it there, and delete it on the endpoint', { kind: 'local-path' }),
    force: flag('-f, --force', 'overwrite the local file'),
    noKeep: flag('--no-keep', 'given up, leave neither a .part nor the dump'),
    unchecked: flag('--no-space-check', "don't ask whether there is room"),
  },
  check({ get, force }) {
    if (get === '' || get === '-') throw usage('memdump: --get needs a file', 'name a file or a directory of this machine')
    if (force && get === undefined) throw usage('memdump: --force is for the file of --get')
  },
  async run({ remote, compress, get, force, noKeep, unchecked }, context) {
    const { session, local, clock, progress, notice, signal, patience, lineOf } = context
    const work = { signal, progress, patience }
    const from = clock.monotonic()
    const wanted = await place(remote, context)
    const target =
      get === undefined || session.planning ? undefined : await local.create(get, session.paths.base(dumpPath(wanted, compress)), force)
    // Until it is being downloaded.
    let unused = target
    try {
      if (!unchecked) await checkRoom(wanted, context)
      const dump = await dumpTo(session, wanted, compress, { temporary: remote === undefined, taken: get !== undefined }, work)
      if (get !== undefined && target === undefined) planTaking(session, dump)
      unused = undefined
      const taken = target === undefined ? undefined : await takeDump(session, dump, target, { ...work, noKeep }, lineOf)
      if (taken?.compared === 'size')
        notice(`memdump: the endpoint can't tell the dump's SHA-256; ${dump.path} was compared by its size alone`)
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

/** The file to write. Where a directory is named, or nothing, its name is made up. */
async function place(remote: string | undefined, context: Context): Promise<string> {
  const { session, directory, random } = context
  const { paths } = session
  const name = `memory-${random.uuid().slice(0, 8)}.dmp`
  if (remote === undefined) return paths.temporary(name)
  const path = await locateNew(session, directory, remote, context)
  return path.endsWith(paths.separator) ? paths.join(path, name) : path
}

/** @throws CbcError refused: the disk has less room than the memory is large */
async function checkRoom(wanted: string, { session, progress, notice, signal }: Context): Promise<void> {
  progress.step(`Looking for room on ${session.label}`)
  const { free, memory } = await roomFor(session, session.paths.parent(wanted), { signal })
  if (session.planning) return
  if (free === undefined || memory === undefined)
    return notice(`memdump: whether ${session.label} has room for the dump can't be known; it goes on`)
  if (free >= memory) return
  throw new CbcError('refused', `memdump ${wanted}: ${formatSize(free)} are free there, and the memory has ${formatSize(memory)}`, {
    hint: 'name a place on another disk, or use --no-space-check',
    device_id: session.device.id,
  })
}

/** A dump under a name of ours that came to nothing is deleted, and noted until it is; so is one that is to be taken away. */
async function dumpTo(
  session: RemoteSession,
  wanted: string,
  compress: boolean,
  { temporary, taken }: { temporary: boolean; taken: boolean },
  work: Parameters<typeof dumpMemory>[3],
): Promise<Dump> {
  const path = dumpPath(wanted, compress)
  if (temporary) noteTemporary(session, path)
  try {
    const dump = await dumpMemory(session, wanted, compress, work)
    if (!taken) strikeTemporary(session, path)
    return dump
  } catch (error) {
    if (temporary && !session.planning) await removeTemporary(session, path, work)
    throw error
  }
}

/** The rest of a dry run. */
function planTaking(session: RemoteSession, { path }: Dump): void {
  session.plan({ name: 'get file', path })
  session.plan({ name: 'delete file', path })
}
