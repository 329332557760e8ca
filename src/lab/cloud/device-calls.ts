import type { Cloud } from './cloud.ts'
import { writeCsv } from './csv.ts'
import { DEVICE_FACETS, searchableDevices } from './device-search.ts'
import { deviceView, type DeviceView } from './device-view.ts'
import { csv, HttpError, json, readJson } from './http.ts'
import { RETIRED } from './retired.ts'
import type { RosterDevice } from './roster.ts'
import type { Route } from './router.ts'
import { facet, parseTerms } from './search/facet.ts'
import { objectOf, parseFilter, parseSearch, runSearch, type Body } from './search/search.ts'

const DEVICES = '/appservices/v6/orgs/{org}/devices'

/** Device search and get ("Neighbouring APIs"). */
export function deviceCalls(cloud: Cloud): Route[] {
  return [
    {
      method: 'POST',
      path: `${DEVICES}/_search`,
      needs: ['device READ'],
      handle: async ({ request }) => json(200, await search(cloud, await readJson(request))),
    },
    {
      method: 'POST',
      path: `${DEVICES}/_facet`,
      needs: ['device READ'],
      handle: async ({ request }) => json(200, await facets(cloud, objectOf(await readJson(request)))),
    },
    {
      method: 'GET',
      path: `${DEVICES}/_search/download`,
      needs: ['device READ'],
      handle: async ({ url }) => csv(await download(cloud, url.searchParams)),
    },
    {
      method: 'GET',
      path: `${DEVICES}/{device}`,
      needs: ['device READ'],
      async handle({ params: { device = '' } }) {
        const [view] = await views(cloud, ({ id }) => String(id) === device)
        if (view === undefined) throw new HttpError(404, `Device ${device} not found`)
        return json(200, view)
      },
    },
  ]
}

async function search(cloud: Cloud, body: unknown): Promise<{ results: DeviceView[]; num_found: number }> {
  const wanted = parseSearch(body, searchableDevices(cloud.clock.now()))
  wanted.start = Math.max(0, wanted.start - cloud.behaviour.deviceSearchStart)
  const { found, page } = runSearch(wanted, await candidates(cloud, body))
  return { results: page, num_found: found.length }
}

/** Counts devices by fields, as the vendor's SDK requests it. */
async function facets(cloud: Cloud, body: Body) {
  const test = parseFilter(body, searchableDevices(cloud.clock.now()))
  const { fields, rows } = parseTerms(body, DEVICE_FACETS)
  const devices = (await candidates(cloud, body)).filter(test)
  return { results: fields.map(field => facet(devices, DEVICE_FACETS, field, rows)) }
}

/**
 * Returns all devices of some statuses as CSV, by the query parameters that the vendor's SDK sends.
 * @throws HttpError 400: the status is missing or unknown
 */
async function download(cloud: Cloud, params: URLSearchParams): Promise<string> {
  const list = (name: string) =>
    params
      .get(name)
      ?.split(',')
      .filter(value => value !== '') ?? []
  if (list('status').length === 0) throw new HttpError(400, 'status is missing')
  const criteria = Object.fromEntries(['status', 'ad_group_id', 'policy_id', 'target_priority'].map(name => [name, list(name)]))
  const field = params.get('sort_field')
  const sort = field === null ? [] : [{ field, order: params.get('sort_order') ?? 'ASC' }]
  const body = { criteria, query: params.get('query_string') ?? '', sort }
  const { found } = runSearch(parseSearch(body, searchableDevices(cloud.clock.now())), await candidates(cloud, body))
  const columns = Object.keys(found[0] ?? {}) as (keyof DeviceView)[]
  return writeCsv([columns, ...found.map(device => columns.map(column => [device[column]].flat().join(' ')))])
}

/** Whether a search includes retired devices: they are found only when asked for by status or id. */
function asksForRetired(body: unknown): boolean {
  const { status, id } = objectOf(objectOf(body)['criteria'] ?? {})
  return [status].flat().some(wanted => wanted === 'DEREGISTERED' || wanted === 'ALL') || (Array.isArray(id) && id.length > 0)
}

/** Returns the devices that a search may find. */
async function candidates(cloud: Cloud, body: unknown): Promise<DeviceView[]> {
  const all = await views(cloud)
  return asksForRetired(body) ? all : all.filter(({ status }) => status !== 'DEREGISTERED')
}

/** Returns current and retired devices as the API shows them now: all, or those that are wanted. */
async function views(cloud: Cloud, wanted: (device: RosterDevice) => boolean = () => true): Promise<DeviceView[]> {
  await cloud.born()
  const now = cloud.clock.now()
  return cloud.state.read(state => [
    ...[...cloud.devices.values()].filter(wanted).map(device => deviceView(device, state, cloud.presence, now)),
    ...RETIRED.filter(wanted).map(device => ({
      ...deviceView(device, state, cloud.presence, now),
      status: 'DEREGISTERED',
      sensor_states: ['INACTIVE', 'LIVE_RESPONSE_NOT_RUNNING'],
    })),
  ])
}
