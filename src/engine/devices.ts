import type { Device, Devices } from '../api/devices.ts'
import { CbcError, usage } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import type { Target } from '../remote/lifecycle.ts'

/** As many devices as an ambiguous name shows. */
const SHOWN = 10

/**
 * The device that a user means: an id, or a name (case-insensitive, domain prefix optional), section 3 of the contract.
 * @throws CbcError usage: several, or no form of a device; not_found
 */
export async function resolveDevice(devices: Devices, typed: string, signal: AbortSignal): Promise<Target> {
  if (/^\d+$/.test(typed)) {
    const id = Number(typed)
    if (!Number.isSafeInteger(id) || id === 0) throw usage(`"${typed}" is not a device id`)
    return { id }
  }
  if (typed.trim() === '') throw usage('<device> is empty', 'give its name or id')
  if (/[,*?@]|^query:/.test(typed)) throw usage(`"${typed}" may mean several devices`, 'this command takes one: give its name or id')
  const bare = typed.slice(typed.lastIndexOf('\\') + 1)
  const found = (await search(devices, bare, signal)).filter(device => fits(device, typed))
  if (found.length === 1 && found[0] !== undefined) return { id: found[0].id, name: found[0].name }
  if (found.length === 0) throw new CbcError('not_found', `${typed}: no such device`, { hint: 'give its name or id as the console shows them' })
  const names = found.slice(0, SHOWN).map(device => `${device.name} (${device.id})`).join(', ')
  throw usage(`"${typed}" fits ${found.length} devices: ${names}${found.length > SHOWN ? ', …' : ''}`, 'give the id, or the name with its domain')
}

/** The device as the Devices API has it, or what is known where that may not be read. */
export async function describeDevice(devices: Devices, target: Target, signal: AbortSignal): Promise<Row> {
  try {
    return { ...await devices.get(target.id, { signal }) }
  } catch (error) {
    if (!(error instanceof CbcError) || (error.code !== 'auth' && error.code !== 'not_found')) throw error
    return { id: target.id, name: target.name ?? null }
  }
}

async function search(devices: Devices, name: string, signal: AbortSignal): Promise<Device[]> {
  const text = /^[\w.-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
  return (await devices.search({ query: `name:${text}`, rows: 1000 }, { signal })).results
}

function fits({ name }: Device, typed: string): boolean {
  const whole = String(name ?? '').toLowerCase()
  const wanted = typed.toLowerCase()
  return whole === wanted || whole.slice(whole.lastIndexOf('\\') + 1) === wanted
}
