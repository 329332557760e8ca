import type { Cloud } from '../cloud.ts'
import { json, readJson } from '../http.ts'
import type { Route } from '../router.ts'
import { facet } from '../search/facet.ts'
import { parseSearch, runSearch } from '../search/search.ts'
import type { DeviceControl } from './device-control.ts'
import { FACETS, parseFacets, SEARCHABLE_DEVICES, type SeenDevice } from './device-search.ts'
import { sightingView, usbDeviceView } from './device-view.ts'
import { productsSeen } from './products.ts'

const DEVICES = '/device_control/v3/orgs/{org}/devices'
const NEEDS = ['external-device.manage READ'] as const

/** The calls under "USB Devices" and "Products". */
export function usbDeviceCalls(cloud: Cloud, control: DeviceControl): Route[] {
  return [
    {
      method: 'POST',
      path: `${DEVICES}/_search`,
      needs: NEEDS,
      async handle({ request }) {
        const search = parseSearch(await readJson(request), SEARCHABLE_DEVICES)
        const { found, page } = runSearch(search, await devicesSeen(cloud, control))
        return json(200, { ...counts(cloud, found, page), results: page.map(({ view }) => view) })
      },
    },
    {
      method: 'POST',
      path: `${DEVICES}/_facet`,
      needs: NEEDS,
      async handle({ request }) {
        const { test, fields, rows } = parseFacets(await readJson(request))
        const devices = (await devicesSeen(cloud, control)).filter(test)
        return json(200, { terms: fields.map(field => facet(devices, FACETS, field, rows)) })
      },
    },
    {
      method: 'GET',
      path: `${DEVICES}/{device}`,
      needs: NEEDS,
      async handle({ params }) {
        const device = control.device(params['device'] ?? '')
        return json(200, usbDeviceView(device, await control.approvals(), await cloud.born()))
      },
    },
    {
      method: 'GET',
      path: `${DEVICES}/{device}/endpoints`,
      needs: NEEDS,
      async handle({ params }) {
        const { sightings } = control.device(params['device'] ?? '')
        const born = await cloud.born()
        return json(200, { results: sightings.map(sighting => sightingView(sighting, born)) })
      },
    },
    {
      method: 'GET',
      path: '/device_control/v3/orgs/{org}/products',
      needs: NEEDS,
      handle: () => json(200, { results: productsSeen(control.devices) }),
    },
  ]
}

/** Returns the counts of a search's results. */
export function counts(
  { behaviour }: Cloud,
  found: readonly unknown[],
  page: readonly unknown[],
): { num_found: number; num_available: number } {
  return { num_found: behaviour.numFound === 'page' ? page.length : found.length, num_available: found.length }
}

/** Returns all USB devices as the service shows them now, ordered by id. */
export async function devicesSeen(cloud: Cloud, control: DeviceControl): Promise<SeenDevice[]> {
  const [approvals, born] = [await control.approvals(), await cloud.born()]
  return control.devices.map(device => ({ device, view: usbDeviceView(device, approvals, born) }))
}
