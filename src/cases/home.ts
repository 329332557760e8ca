import type { CaseFolder } from '../core/case-folder.ts'
import type { CaseHome, CaseOperation, RecordedDevice } from '../core/case-record.ts'
import { CbcError } from '../core/errors.ts'
import { evidenceFolder } from '../core/evidence-folder.ts'
import { isRecord } from '../core/is-record.ts'
import type { LocalFiles, LocalFolder } from '../core/ports.ts'
import { safeName } from '../core/safe-name.ts'
import { fileNameKey } from '../core/text/file-name-key.ts'

/** A name of a device is far shorter. */
const MAX_CLAIM_BYTES = 4096

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
    once(kind, async () => {
      const name = await (claimed ??= claim(device, folder))
      // Folder by folder: a link that somebody put there would lead out of the case.
      const place = await (await local.folder(folder.path, undefined, folder.shared)).folder(kind)
      return evidenceFolder(await place.folder(name), local, announce)
    })
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
