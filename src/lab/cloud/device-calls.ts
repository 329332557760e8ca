import type { Cloud } from './cloud.ts'
import { searchableDevices } from './device-search.ts'
import { deviceView, type DeviceView } from './device-view.ts'
import { HttpError, json, readJson } from './http.ts'
import { RETIRED } from './retired.ts'
import type { RosterDevice } from './roster.ts'
import type { Route } from './router.ts'
import { objectOf, parseSearch, runSearch } from './search/search.ts'

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

async function search(cloud: Cloud, body: unknown): Promise<{ results: DeviceView[], num_found: number }> {
  const wanted = parseSearch(body, searchableDevices(cloud.clock.now()))
  wanted.start = Math.max(0, wanted.start - cloud.behaviour.deviceSearchStart)
  const all = await views(cloud)
  const { found, page } = runSearch(wanted, asksForRetired(body) ? all : all.filter(({ status }) => status !== 'DEREGISTERED'))
  return { results: page, num_found: found.length }
}

/** Those that are no longer there are found only by who asks for them. */
function asksForRetired(body: unknown): boolean {
  const { status, id } = objectOf(objectOf(body)['criteria'] ?? {})
  return [status].flat().some(wanted => wanted === 'DEREGISTERED' || wanted === 'ALL') || (Array.isArray(id) && id.length > 0)
}

/** The devices as they are now, and those that once were: all of them, or those that are wanted. */
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
