import type { CaseFolder } from '../../../core/case-folder.ts'
import { CbcError } from '../../../core/errors.ts'
import { parseTime } from '../../../core/time.ts'
import { zip, type ZipEntry } from '../../zip/writer.ts'
import type { ExportOptions } from '../options.ts'
import { collection, json, micros } from './collection.ts'
import { devicesOf, type CaseDevice } from './devices.ts'
import { huntId } from './ids.ts'

/**
 * Yields a case as a zip that Velociraptor imports (`import_collection`): that of one device is a collection; of several, a hunt with a
 * folder a device.
 * @throws CbcError not_found: there is no device in the case
 */
export async function* velociraptor(folder: CaseFolder, options: ExportOptions): AsyncGenerator<Uint8Array> {
  const devices = await devicesOf(folder, options.moment)
  const [device] = devices
  if (device === undefined) throw new CbcError('not_found', `${folder.path}: no command of the case was on a device`)
  yield* zip(devices.length === 1 ? collection(folder, device, options) : hunt(folder, devices, options))
}

async function* hunt(folder: CaseFolder, devices: readonly CaseDevice[], options: ExportOptions): AsyncGenerator<ZipEntry> {
  const times = devices.flatMap(({ first, last }) => [first, last]).sort()
  const [begun, ended] = [times.at(0) ?? '', times.at(-1) ?? '']
  const info = {
    hunt_id: huntId(options.moment.head.sha256),
    hunt_description: `Case of ${devices.length} devices`,
    create_time: micros(begun),
    start_time: micros(begun),
    expires: micros(ended),
    creator: 'cbc',
    start_request: { artifacts: [] },
  }
  yield { name: 'hunt_info.json', modified: parseTime(ended) ?? NaN, bytes: json(info) }
  for (const device of devices)
    for await (const entry of collection(folder, device, options)) yield { ...entry, name: `${device.folder}/${entry.name}` }
}
