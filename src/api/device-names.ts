import { CbcError } from '../core/errors.ts'
import { glob } from '../core/glob.ts'
import type { Device, Devices, DeviceSearch } from './devices.ts'
import type { CallOptions } from './live-response.ts'

/** Whether a name is a pattern. */
export function isGlob(name: string): boolean {
  return /[*?]/.test(name)
}

/** Whether a device has this name, or one that fits this pattern: whatever the case, and its domain may be left out. */
function named(pattern: string): (device: Device) => boolean {
  const fits = glob(pattern, true)
  return ({ name }) => fits(name) || fits(withoutDomain(name))
}

/**
 * The devices of a name or a pattern, as pages come in. The service narrows the search as far as its queries can, and what it finds is
 * looked at here: services differ in what they take for a part of a name.
 * @param pattern `WIN-FIN-01`, `CORP\KIOSK-01`, `WIN-*`
 * @param search  what else they must fit
 */
export async function* devicesNamed(
  devices: Devices,
  pattern: string,
  search: Pick<DeviceSearch, 'query' | 'criteria' | 'sort'>,
  options: CallOptions,
): AsyncGenerator<Device> {
  const fits = named(pattern)
  const attempts = queriesOf(withoutDomain(pattern))
  for (const [at, attempt] of attempts.entries()) {
    let any = false
    try {
      const query = [search.query, attempt].filter(part => part !== undefined)
      for await (const device of devices.all(
        { ...search, ...(query.length === 0 ? {} : { query: query.length === 1 ? query.join('') : `(${query.join(') AND (')})` }) },
        options,
      )) {
        if (!fits(device)) continue
        any = true
        yield device
      }
    } catch (error) {
      // Not every service takes every wildcard.
      const refused = error instanceof CbcError && error.facts.http_status === 400
      if (any || !refused || at === attempts.length - 1) throw error
    }
    if (any) return
  }
}

/**
 * Queries that find at least the devices of a name, each for where the one before it found none: exactly so, and with whatever in front; of
 * a pattern in the end all devices.
 */
function queriesOf(name: string): (string | undefined)[] {
  if (!isGlob(name)) return [`name:${quoted(name)}`, `name:${wild(name)}`]
  const pattern = wild(name)
  return pattern === '*' ? [undefined] : [`name:${pattern}`, undefined]
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
}

/** A pattern with only characters that mean nothing else in a query, and a star for those that do. */
function wild(name: string): string {
  return `*${name.replace(/[^\w.?-]+/g, '*')}`.replace(/\*+/g, '*')
}

function withoutDomain(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1)
}
