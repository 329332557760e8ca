import { devicesNamed, isGlob } from '../api/device-names.ts'
import { isRetired } from '../api/presence.ts'
import type { Device, Devices } from '../api/devices.ts'
import { quoteIt } from '../core/missing-backslashes.ts'
import { CbcError, usage } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import { nearest } from '../core/nearest.ts'
import { isoTime, parseTime } from '../core/time.ts'
import { concurrentMap } from '../core/concurrent-map.ts'
import { append } from '../core/lists.ts'
import type { Target } from '../remote/lifecycle.ts'
import { readSelector, type Part, type SelectorSources } from './selector.ts'

/** How many devices a message names. */
const MAX_SHOWN_DEVICES = 10
/** How many devices are searched for a similar name: those with the latest contact. */
const MAX_COMPARED_DEVICES = 1000

/**
 * Finds the one device that the user means, section 3 of the contract.
 * @throws CbcError usage: several devices, or an invalid selector; not_found; io: a list can't be read
 */
export async function resolveDevice(devices: Devices, typed: string, sources: SelectorSources, signal: AbortSignal): Promise<Target> {
  const found = await resolveDevices(devices, typed, sources, signal)
  const [only] = found
  if (found.length === 1 && only !== undefined) return only
  throw usage(`"${typed}" fits ${found.length} devices: ${listed(found.map(nameAndId))}; this command takes one`, 'give its name or id')
}

/**
 * Finds the devices that the user means, in the order typed, each once.
 * @param typed one text, or several
 * @returns at least one; the name is missing where only an id was typed
 * @throws CbcError usage: a name fits several devices, or a selector is invalid; not_found: something fits none; io: a list can't be read
 */
export async function resolveDevices(
  devices: Devices,
  typed: string | readonly string[],
  sources: SelectorSources,
  signal: AbortSignal,
): Promise<Target[]> {
  const parts = (await Promise.all([typed].flat().map(text => readSelector(text, sources)))).flat()
  const found = new Map<number, Target>()
  const missing: Part[] = []
  let at = 0
  for await (const targets of concurrentMap(parts, part => find(devices, part, sources, signal))) {
    if (targets.length === 0) append(missing, parts.slice(at, at + 1))
    for (const target of targets) found.set(target.id, { ...found.get(target.id), ...target })
    at += 1
  }
  if (missing.length > 0) throw noSuchDevice(missing, await similar(devices, missing, signal))
  return [...found.values()]
}

/**
 * Returns the device from the Devices API, or what is known of it where that may not be read.
 * @param tell called in that case with the reason and a hint
 */
export async function describeDevice(devices: Devices, target: Target, signal: AbortSignal, tell?: (why: string) => void): Promise<Row> {
  try {
    return { ...(await devices.get(target.id, { signal })) }
  } catch (error) {
    if (!(error instanceof CbcError) || (error.code !== 'auth' && error.code !== 'not_found')) throw error
    tell?.([error.message, error.facts.hint].filter(part => part !== undefined).join('; '))
    return { id: target.id, name: target.name ?? null }
  }
}

/** Finds names similar to those that no device has, as far as devices may be read. */
async function similar(devices: Devices, parts: readonly Part[], signal: AbortSignal): Promise<string[]> {
  const wanted = parts.flatMap(part => (part.kind === 'name' && !isGlob(part.name) ? [part.name] : []))
  if (wanted.length === 0) return []
  try {
    const { results } = await devices.search(
      { rows: MAX_COMPARED_DEVICES, sort: [{ field: 'last_contact_time', order: 'DESC' }] },
      { signal },
    )
    const names = results.filter(device => !isRetired(device)).map(({ name }) => name)
    return [...new Set(wanted.flatMap(name => nearest(name, names)))]
  } catch (error) {
    if (signal.aborted || !(error instanceof CbcError)) throw error
    return []
  }
}

/**
 * Finds the devices of one part of a selector; an id is not looked up. For a name or a pattern, retired devices count only where there are
 * no others.
 */
async function find(devices: Devices, part: Part, { notice }: SelectorSources, signal: AbortSignal): Promise<Target[]> {
  if (part.kind === 'id') return [{ id: part.id }]
  const found = await collect(
    part.kind === 'query' ? devices.all({ query: part.query }, { signal }) : devicesNamed(devices, part.name, {}, { signal }),
  )
  if (part.kind === 'query') return found.map(target)
  const active = found.filter(device => !isRetired(device))
  const counted = active.length > 0 ? active : found
  if (part.kind === 'name' && counted.length > 1) throw ambiguous(part.name, counted)
  if (part.kind === 'name' && counted.length < found.length)
    notice?.(`"${part.name}" is ${listed(counted.map(described))}; ignored: ${listed(found.filter(isRetired).map(described))}`)
  return counted.map(target)
}

function target({ id, name, os }: Found): Target {
  return { id, name, ...(os === undefined ? {} : { os }) }
}

/** A device's operating system, with its version where that is known. */
export function systemOf({ os, os_version: version }: { os?: unknown; os_version?: unknown }): string | undefined {
  return [version, os].find((text): text is string => typeof text === 'string' && text !== '')
}

/** The part of each device that is kept, because there may be many. */
interface Found extends Required<Omit<Target, 'os'>> {
  os: string | undefined
  status: string | undefined
  last_contact_time: unknown
}

async function collect(devices: AsyncIterable<Device>): Promise<Found[]> {
  const all: Found[] = []
  for await (const device of devices) {
    const { id, name, status, last_contact_time } = device
    all.push({ id, name, os: systemOf(device), status, last_contact_time })
  }
  return all
}

/** Names a device together with what distinguishes it from others of its name. */
function described({ id, name, status, last_contact_time: time }: Found): string {
  const contact = parseTime(time) === undefined ? undefined : `last contact ${String(isoTime(time))}`
  return `${name} (${[id, status, contact].filter(fact => fact !== undefined).join(', ')})`
}

/** The error for a name that fits several devices: what distinguishes them, the latest contact first, and what to type. */
function ambiguous(name: string, found: readonly Found[]): CbcError {
  const latest = [...found].sort((a, b) => (parseTime(b.last_contact_time) ?? 0) - (parseTime(a.last_contact_time) ?? 0))
  const names = new Set(found.map(device => device.name.toLowerCase()))
  return usage(
    `"${name}" fits ${found.length} devices: ${listed(latest.map(described))}`,
    names.size === found.length
      ? 'give the id, or the name with its domain'
      : `give the id of the right one: ${listed(latest.map(({ id }) => String(id)))}`,
  )
}

function noSuchDevice(parts: readonly Part[], like: readonly string[]): CbcError {
  const texts = parts.map(part => (part.kind === 'id' ? String(part.id) : part.kind === 'query' ? `query:${part.query}` : part.name))
  const shown = `${texts.slice(0, MAX_SHOWN_DEVICES).join(', ')}${texts.length > MAX_SHOWN_DEVICES ? `, … (${texts.length} in all)` : ''}`
  // `LAB\KIOSK-01` whose backslash a shell has removed.
  const eaten = like.find(name => name.includes('\\') && texts.some(text => text.toLowerCase() === name.replaceAll('\\', '').toLowerCase()))
  return new CbcError('not_found', `${shown}: no such device${parts.length > 1 ? 's' : ''}`, {
    hint:
      eaten !== undefined
        ? quoteIt(eaten)
        : `${like.length === 0 ? '' : `did you mean ${like.slice(0, MAX_SHOWN_DEVICES).join(', ')}? `}\`cbc device list\` shows all devices`,
  })
}

function nameAndId({ id, name }: Target): string {
  return name === undefined || name === '' ? String(id) : `${name} (${id})`
}

function listed(texts: readonly string[]): string {
  return `${texts.slice(0, MAX_SHOWN_DEVICES).join(', ')}${texts.length > MAX_SHOWN_DEVICES ? ', …' : ''}`
}
