import { CbcError } from '../core/errors.ts'
import { glob } from '../core/glob.ts'
import type { Device, Devices, DeviceSearch } from './devices.ts'
import type { CallOptions } from './live-response.ts'

/** Whether a name is a pattern. */
export function isGlob(name: string): boolean {
  return /[*?]/.test(name)
}

/** Makes a test for a name or a pattern: in any case, and the domain may be omitted. */
function nameMatcher(pattern: string): (device: Device) => boolean {
  const fits = glob(pattern, true)
  return ({ name }) => fits(name) || fits(withoutDomain(name))
}

/**
 * Yields the devices that have a name or match a pattern, as pages come in. The service narrows the search as far as its queries can, and
 * its results are filtered here, because services differ in what they count as part of a name.
 * @param pattern `WIN-FIN-01`, `CORP\KIOSK-01`, `WIN-*`
 * @param search further conditions
 */
export async function* devicesNamed(
  devices: Devices,
  pattern: string,
  search: Pick<DeviceSearch, 'query' | 'criteria' | 'sort'>,
  options: CallOptions,
): AsyncGenerator<Device> {
  const fits = nameMatcher(pattern)
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
      // Not every service accepts every wildcard.
      const refused = error instanceof CbcError && error.facts.http_status === 400
      if (any || !refused || at === attempts.length - 1) throw error
    }
    if (any) return
  }
}

/**
 * Returns queries that find at least the devices of a name, each to be tried where the one before found none: the exact name, then any
 * prefix before it; for a pattern, in the end, all devices.
 */
function queriesOf(name: string): (string | undefined)[] {
  if (!isGlob(name)) return [`name:${quoted(name)}`, `name:${wildcardQuery(name)}`]
  const pattern = wildcardQuery(name)
  return pattern === '*' ? [undefined] : [`name:${pattern}`, undefined]
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
}

/** A pattern in which a star replaces every character with another meaning in a query. */
function wildcardQuery(name: string): string {
  return `*${name.replace(/[^\w.?-]+/g, '*')}`.replace(/\*+/g, '*')
}

function withoutDomain(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1)
}
