import { seeded } from '../../behaviour/seeded.ts'
import { RETIRED } from '../retired.ts'
import type { RosterDevice } from '../roster.ts'
import { CATALOG, type CatalogEntry, type Product, type Vendor } from './catalog.ts'

/** A USB device that was seen in the organization before the lab was created. */
export interface UsbDevice {
  id: number
  vendor: Vendor
  product: Product
  /** Empty when it has none. */
  serial: string
  /** The number of the volume that it was last mounted as. */
  volume: number
  /** The endpoints that it was seen on, the latest first; at least one. */
  sightings: readonly [Sighting, ...Sighting[]]
}

/** A USB device on an endpoint. Times are milliseconds before the lab was created. */
export interface Sighting {
  id: number
  endpoint: RosterDevice
  first: number
  last: number
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Ids ascend from the oldest to the newest device. Their first sightings are the interval apart, give or take the jitter. */
const FIRST_ID = 700
const SIGHTING_INTERVAL_MS = 0.7 * DAY_MS
const SIGHTING_JITTER_MS = 0.6 * DAY_MS
const FIRST_SIGHTING = 100

/** The device of the Device Control document's examples, with the same intervals between its times. */
const EXAMPLE = { id: 774, product: '0x5581', serial: '4C531001331122115172', volume: 30, last: 52 * DAY_MS + 2 * HOUR_MS }

/**
 * Makes the USB devices that the organization's endpoints have seen; always the same for the same endpoints.
 * @param roster the organization's devices; only those with Windows report USB devices ("Requirements")
 */
export function makeInventory(roster: Iterable<RosterDevice>): UsbDevice[] {
  const endpoints = [...roster].filter(({ endpoint }) => endpoint.kind === 'windows')
  const chance = seeded(EXAMPLE.id)
  const others = CATALOG.filter(({ product }) => product.id !== EXAMPLE.product)
  const products = shuffled(
    others.flatMap(entry => Array.from({ length: entry.devices }, () => entry)),
    chance,
  )
  const [before, count] = [EXAMPLE.id - FIRST_ID, products.length + 1]
  const ids = { sighting: FIRST_SIGHTING }
  const made = products.map((entry, index) => {
    const place = index < before ? index : index + 1
    return makeDevice(
      entry,
      FIRST_ID + place,
      (count - place) * SIGHTING_INTERVAL_MS - chance() * SIGHTING_JITTER_MS,
      endpoints,
      chance,
      ids,
    )
  })
  return [...made.slice(0, before), [exampleDevice()], ...made.slice(before)].flat()
}

function exampleDevice(): UsbDevice {
  const { vendor, product } = CATALOG.find(({ product }) => product.id === EXAMPLE.product) as CatalogEntry
  const [latest, earlier] = RETIRED as [RosterDevice, RosterDevice]
  const second = { id: 53, endpoint: latest, first: EXAMPLE.last + 4231 * SECOND_MS, last: EXAMPLE.last }
  const left = second.first + 867 * SECOND_MS
  return {
    id: EXAMPLE.id,
    vendor,
    product,
    serial: EXAMPLE.serial,
    volume: EXAMPLE.volume,
    sightings: [second, { id: 50, endpoint: earlier, first: left + 74_939 * SECOND_MS, last: left }],
  }
}

/**
 * Makes a device, or none when no endpoint could have seen it.
 * @param age how long before the lab was created it was first seen, ms
 */
function makeDevice(
  { vendor, product, serial, common }: CatalogEntry,
  id: number,
  age: number,
  endpoints: readonly RosterDevice[],
  chance: () => number,
  ids: { sighting: number },
): UsbDevice[] {
  // An unreachable endpoint has reported nothing since its last contact.
  const reporting = endpoints.filter(({ contact }) => contact * MINUTE_MS < age)
  const sightings = pickSome(reporting, chance).map((endpoint, index) => {
    const silent = endpoint.contact * MINUTE_MS
    const first = index === 0 ? age : silent + chance() * (age - silent)
    return { id: ids.sighting++, endpoint, first, last: silent + chance() ** 2 * (first - silent) }
  })
  const [latest, ...earlier] = sightings.sort((a, b) => a.last - b.last)
  if (latest === undefined) return []
  const drawn = serial.replace(/[#%&]/g, kind => digit(kind, chance))
  return [{ id, vendor, product, serial: common ?? drawn, volume: 3 + Math.floor(chance() * 40), sightings: [latest, ...earlier] }]
}

/** Picks one endpoint, sometimes two or three different ones. */
function pickSome(endpoints: readonly RosterDevice[], chance: () => number): RosterDevice[] {
  const luck = chance()
  const wanted = luck < 0.7 ? 1 : luck < 0.9 ? 2 : 3
  const picked = new Set<RosterDevice>()
  for (let i = 0; i < wanted; i++) {
    const endpoint = endpoints[Math.floor(chance() * endpoints.length)]
    if (endpoint !== undefined) picked.add(endpoint)
  }
  return [...picked]
}

function digit(kind: string, chance: () => number): string {
  const base = kind === '#' ? 16 : kind === '%' ? 10 : 36
  return Math.floor(chance() * base)
    .toString(base)
    .toUpperCase()
}

function shuffled<T>(items: readonly T[], chance: () => number): T[] {
  return items
    .map(item => ({ item, place: chance() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
