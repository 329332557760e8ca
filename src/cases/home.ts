import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { CaseFolder } from '../core/case-folder.ts'
import type { CaseHome, CaseOperation, RecordedDevice } from '../core/case-record.ts'
import { CbcError } from '../core/errors.ts'
import { isRecord } from '../core/is-record.ts'
import type { LocalFiles, LocalFolder, LocalTarget } from '../core/ports.ts'
import { safeName } from '../core/safe-name.ts'
import { sha256Of } from '../core/sha256.ts'
import { fileNameKey } from '../core/text/file-name-key.ts'

/** A name of a device is far shorter. */
const MAX_CLAIM_BYTES = 4096
/** How many files of one name are kept beside each other. */
const MAX_SAME = 10_000

/**
 * Opens the place of a device in a case for one command: `files/WIN-FIN-01`, and `results/WIN-FIN-01` for what is no file of the endpoint.
 * @param announce called with each file before it has its name; where that fails, the file does not appear
 */
export function homeOf(device: RecordedDevice, folder: CaseFolder, local: LocalFiles, announce: CaseOperation['kept']): CaseHome {
  const made = new Map<string, Promise<LocalFolder>>()
  let claimed: Promise<string> | undefined
  const once = (key: string, make: () => Promise<LocalFolder>) => {
    const opened = made.get(key) ?? make()
    made.set(key, opened)
    return opened
  }
  const top = (kind: 'files' | 'results') =>
    once(kind, async () =>
      evidence(await local.folder(join(folder.path, kind, await (claimed ??= claim(device, folder)))), local, announce),
    )
  return {
    async folder(names) {
      let at = await top('files')
      for (const [depth, name] of names.entries()) {
        const parent = at
        at = await once(JSON.stringify(names.slice(0, depth + 1)), () => parent.folder(name))
      }
      return at
    },
    results: () => top('results'),
  }
}

/**
 * Returns the name of a device's folders, which no other device of the case has: its name, with its id where another device has that name.
 * The first device to claim a name has it, whichever process and machine it comes from.
 */
async function claim({ id, name = '' }: RecordedDevice, folder: CaseFolder): Promise<string> {
  const plain = safeName(name)
  const candidates = name === '' ? [] : /^[\w.-]+$/.test(name) && plain === name ? [name, `${name}-${id}`] : [`${plain}-${id}`]
  for (const wanted of [...candidates, String(id), `device-${id}`]) {
    const file = `devices/${fileNameKey(wanted)}.json`
    if (await folder.writeNew(file, Buffer.from(`${JSON.stringify({ folder: wanted, id, name })}\n`))) return wanted
    const holder = claimIn(await folder.text(file))
    if (holder?.id === id) return holder.folder
  }
  throw new CbcError('refused', `${folder.path}: all names for the folder of device ${id} are taken`, { device_id: id })
}

/** Whether a file says no more than which device has a folder's name: that is no evidence, and no line tells of it. */
export async function isClaim(folder: CaseFolder, { file, size }: { file: string; size: number }): Promise<boolean> {
  if (!/^devices\/[^/]+\.json$/.test(file) || size > MAX_CLAIM_BYTES) return false
  return claimIn(await folder.text(file)) !== undefined
}

function claimIn(text = ''): { id: number; folder: string } | undefined {
  try {
    const read: unknown = JSON.parse(text)
    if (!isRecord(read)) return undefined
    const { id, folder } = read
    return typeof id === 'number' && typeof folder === 'string' && safeName(folder) === folder ? { id, folder } : undefined
  } catch {
    return undefined
  }
}

/** A folder in which nothing is overwritten: the same bytes are kept once, others under another name. */
function evidence(folder: LocalFolder, local: LocalFiles, announce: CaseOperation['kept']): LocalFolder {
  return {
    ...folder,
    async create(name, _overwrite, resume) {
      const others: string[] = []
      while (others.length < MAX_SAME) {
        try {
          return keptOnce(await folder.create(name, false, resume), others, local, announce)
        } catch (error) {
          const taken = error instanceof CbcError ? error.facts.taken : undefined
          if (taken === undefined) throw error
          others.push(taken)
        }
      }
      throw new CbcError('refused', `${join(folder.path, name)}: too many files have this name`)
    },
    folder: async name => evidence(await folder.folder(name), local, announce),
  }
}

/**
 * Returns a target that is announced before it has its name. It turns out to be one of the files of its name that are there already, if that
 * has the same bytes.
 */
function keptOnce(target: LocalTarget, others: readonly string[], local: LocalFiles, announce: CaseOperation['kept']): LocalTarget {
  // What is resumed was not seen whole: only the command's last line tells of it.
  if (target.held !== undefined) return target
  let hash = createHash('sha256')
  let size = 0
  let same: string | undefined
  const { drop } = target
  return {
    ...target,
    get path() {
      return same ?? target.path
    },
    async write(chunk) {
      hash.update(chunk)
      size += chunk.length
      await target.write(chunk)
    },
    async commit(modified) {
      const sha256 = hash.digest('hex')
      same = await sameAs(others, size, sha256, local)
      if (same !== undefined) return await target.discard()
      await announce({ local_path: target.path, size, sha256 })
      await target.commit(modified)
    },
    ...(drop === undefined
      ? {}
      : {
          async drop() {
            hash = createHash('sha256')
            size = 0
            await drop()
          },
        }),
  }
}

async function sameAs(others: readonly string[], size: number, sha256: string, local: LocalFiles): Promise<string | undefined> {
  for (const other of others) {
    const file = await local.open(other).catch(() => undefined)
    if (file?.size === size && (await sha256Of(file.bytes())) === sha256) return other
  }
  return undefined
}
