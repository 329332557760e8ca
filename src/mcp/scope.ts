import { CbcError, usage } from '../core/errors.ts'
import { firstOf } from '../core/lists.ts'
import type { Devices } from '../api/devices.ts'
import { resolveDevice, resolveDevices } from '../engine/devices.ts'
import type { Target } from '../engine/remote-job.ts'
import type { SelectorSources } from '../engine/selector.ts'

/** How many devices a message names. */
const MAX_NAMED = 10

/** Which devices an assistant may name. */
export interface Scope {
  /** The devices that were named at the start; undefined: all of the organization. */
  readonly only: readonly Target[] | undefined
  /**
   * Finds the device that an assistant names: its id or its name.
   * @throws CbcError refused: it is none of those named at the start; usage, not_found
   */
  device(typed: string, signal: AbortSignal): Promise<Target>
}

/** A list of devices in a file, or on stdin, is this machine's. */
export const NO_LISTS: SelectorSources = {
  file: async () => refuseList(),
  stdin: async () => refuseList(),
}

function refuseList(): never {
  throw new CbcError('refused', 'an assistant can not name a list of devices in a file', { hint: 'give an id or a name' })
}

/** Every device of the organization. */
export function everyDevice(devices: Devices): Scope {
  return { only: undefined, device: async (typed, signal) => await resolveDevice(devices, typed, NO_LISTS, signal) }
}

/**
 * The devices that selectors stand for now, and no other: later the same words may stand for other devices.
 * @throws CbcError usage, not_found, io: as for the devices of a command
 */
export async function onlyDevices(
  devices: Devices,
  selectors: readonly string[],
  sources: SelectorSources,
  signal: AbortSignal,
): Promise<Scope> {
  const found = await resolveDevices(devices, selectors, sources, signal)
  const only: Target[] = []
  for (const target of found) only.push(target.name === undefined ? await named(devices, target.id, signal) : target)
  return { only, device: async typed => among(only, typed) }
}

/** A device that was named by its id: that it exists is certain only once it was looked up. */
async function named(devices: Devices, id: number, signal: AbortSignal): Promise<Target> {
  try {
    const { name } = await devices.get(id, { signal })
    return { id, name }
  } catch (error) {
    // Not every key may read devices.
    if (error instanceof CbcError && error.code === 'auth') return { id }
    throw error
  }
}

function among(only: readonly Target[], typed: string): Target {
  const wanted = typed.trim().toLowerCase()
  const found = only.filter(({ id, name = '' }) => String(id) === wanted || name.toLowerCase() === wanted || withoutDomain(name) === wanted)
  const [device] = found
  if (found.length > 1) throw usage(`"${typed}" fits ${found.length} devices`, `give the id: ${found.map(({ id }) => id).join(', ')}`)
  if (device !== undefined) return device
  const all = firstOf(
    only.map(({ id, name }) => (name === undefined ? String(id) : `${name} (${id})`)),
    MAX_NAMED,
  )
  throw new CbcError('refused', `"${typed}" is not one of the devices that this server was started for`, {
    hint: `these are ${all.join(', ')}`,
  })
}

function withoutDomain(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1).toLowerCase()
}
