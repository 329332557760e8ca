import type { Cloud } from './cloud.ts'
import { parseQuery, type DeviceTest } from './device-query.ts'
import { deviceView, type DeviceView } from './device-view.ts'
import { asObject, HttpError, json, readJson } from './http.ts'
import type { Route } from './router.ts'

const DEVICES = '/appservices/v6/orgs/{org}/devices'

/** "Neighbouring APIs": rows is at most 10,000. */
const MAX_ROWS = 10_000
const DEFAULT_ROWS = 20

/** Device search and get. */
export function deviceCalls(cloud: Cloud): Route[] {
  return [
    { method: 'POST', path: `${DEVICES}/_search`, handle: async ({ request }) => json(200, search(await views(cloud), await readJson(request))) },
    {
      method: 'GET',
      path: `${DEVICES}/{device}`,
      async handle({ params: { device = '' } }) {
        const view = (await views(cloud)).find(({ id }) => String(id) === device)
        if (view === undefined) throw new HttpError(404, `Device ${device} not found`)
        return json(200, view)
      },
    },
  ]
}

async function views(cloud: Cloud): Promise<DeviceView[]> {
  await cloud.born()
  const now = cloud.clock.now()
  return cloud.state.read(state => [...cloud.devices.values()].map(device => deviceView(device, state, now)))
}

function search(devices: DeviceView[], json: unknown): { results: DeviceView[], num_found: number } {
  const body = asObject(json)
  if (body === undefined) throw new HttpError(400, 'Body must be a JSON object')
  const { query = '' } = body
  if (query !== null && typeof query !== 'string') throw new HttpError(400, 'query must be a string')
  const start = whole(body, 'start', 0)
  const rows = whole(body, 'rows', DEFAULT_ROWS)
  if (rows > MAX_ROWS) throw new HttpError(400, `rows must be at most ${MAX_ROWS}`)
  const tests = [parseQuery(query ?? ''), ...criteria(body['criteria'])]
  const found = devices.filter(device => tests.every(test => test(device))).sort(order(body['sort']))
  return { results: found.slice(start, start + rows), num_found: found.length }
}

/** Criteria: a field with a list of values, one of which it has. */
function criteria(given: unknown): DeviceTest[] {
  const object = asObject(given ?? {})
  if (object === undefined) throw new HttpError(400, 'criteria must be an object')
  return Object.entries(object).filter(([, wanted]) => wanted !== null).map(([field, wanted]) => {
    const values = Array.isArray(wanted) ? wanted.map(String) : undefined
    if (values === undefined) throw new HttpError(400, `criteria.${field} must be a list`)
    return device => values.length === 0 || (field === 'status' ? hasStatus(device, values) : hasField(device, field, values))
  })
}

function hasField(device: DeviceView, field: string, values: string[]): boolean {
  if (!Object.hasOwn(device, field)) throw new HttpError(400, `Unknown criterion ${field}`)
  const value = device[field as keyof DeviceView]
  return Array.isArray(value) ? value.some(item => values.includes(item)) : values.includes(String(value))
}

/** ALL and ACTIVE are no status of their own: every device, and every one that is registered. */
function hasStatus({ status }: DeviceView, values: string[]): boolean {
  return values.includes('ALL') || values.includes(status) || (values.includes('ACTIVE') && status === 'REGISTERED')
}

function order(sort: unknown): (a: DeviceView, b: DeviceView) => number {
  if (sort == null) return () => 0
  if (!Array.isArray(sort)) throw new HttpError(400, 'sort must be a list')
  const keys = sort.map(asObject).map(key => {
    const field = key?.['field']
    if (typeof field !== 'string') throw new HttpError(400, 'sort must hold a field')
    const direction = String(key?.['order'] ?? 'ASC').toUpperCase()
    if (direction !== 'ASC' && direction !== 'DESC') throw new HttpError(400, `Unknown sort order ${direction}`)
    return { field: field as keyof DeviceView, sign: direction === 'ASC' ? 1 : -1 }
  })
  return (a, b) => {
    for (const { field, sign } of keys) {
      const [x, y] = [a[field] ?? '', b[field] ?? '']
      if (x < y) return -sign
      if (x > y) return sign
    }
    return 0
  }
}

function whole(body: Record<string, unknown>, name: string, otherwise: number): number {
  const value = body[name] ?? otherwise
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new HttpError(400, `${name} must be an integer, 0 or more`)
  return value
}
