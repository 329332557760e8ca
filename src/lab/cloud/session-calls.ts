import { Dialect } from '../behaviour/dialect.ts'
import type { Cloud } from './cloud.ts'
import { asObject, HttpError, json, noContent, readJson, integer } from './http.ts'
import { lastContact } from './device-view.ts'
import type { Call, Route } from './router.ts'
import type { Sessions } from './sessions.ts'
import type { SessionRecord } from './state.ts'

const SESSIONS = '/appservices/v6/orgs/{org}/liveresponse/sessions'

/** "Session Management": the calls that start, get, list and close sessions, and disable Live Response. */
export function sessionCalls(cloud: Cloud, sessions: Sessions): Route[] {
  const dialect = new Dialect(cloud.behaviour)
  const view = async (record: SessionRecord) => dialect.session(await sessionView(cloud, sessions, record))
  const refresh = async ({ params }: Call) => json(200, await view(await sessions.touch(params['session'] ?? '')))
  return [
    {
      method: 'POST',
      path: SESSIONS,
      needs: ['org.liveresponse.session CREATE'],
      handle: async call => json(201, await view(await sessions.start(await deviceIdOf(call)))),
    },
    {
      method: 'GET',
      path: SESSIONS,
      needs: ['org.liveresponse.session READ'],
      async handle() {
        // A lab with other devices may use the same state.
        const records = (await sessions.list()).filter(({ device_id }) => cloud.devices.has(device_id))
        return records.length === 0 ? noContent() : json(200, await Promise.all(records.map(view)))
      },
    },
    {
      method: 'GET',
      path: `${SESSIONS}/{session}`,
      needs: ['org.liveresponse.session READ'],
      handle: refresh,
    },
    {
      // For older clients ("Values as servers really send them"); Get Session does the same.
      method: 'GET',
      path: `${SESSIONS}/{session}/keepalive`,
      needs: ['org.liveresponse.session READ'],
      handle: refresh,
    },
    {
      method: 'DELETE',
      path: `${SESSIONS}/{session}`,
      needs: ['org.liveresponse.session DELETE'],
      async handle({ params }) {
        await sessions.close(params['session'] ?? '')
        return noContent()
      },
    },
    {
      method: 'POST',
      path: '/appservices/v6/orgs/{org}/liveresponse/kill',
      needs: ['org.liveresponse DELETE'],
      handle: async call => json(200, dialect.session(await disable(cloud, sessions, await deviceIdsOf(call)))),
    },
  ]
}

/**
 * Returns a session as in the examples of "Start Session" and "Get Session by ID"; what only the sensor knows is null until it has checked
 * in.
 */
async function sessionView(cloud: Cloud, sessions: Sessions, record: SessionRecord) {
  const device = sessions.device(record.device_id)
  const endpoint = sessions.isActive(record) ? await cloud.endpoint(device) : undefined
  const now = cloud.clock.now()
  const checkIn =
    endpoint === undefined ? lastContact(device, cloud.presence, await cloud.born(), now) : (sessions.activeFrom(record) ?? now)
  return {
    current_working_directory: endpoint?.directory ?? null,
    supported_commands: endpoint?.supportedCommands ?? null,
    drives: endpoint?.drives ?? null,
    id: record.id,
    device_id: record.device_id,
    check_in_timeout: Math.round(cloud.behaviour.checkInTimeout / 1000),
    session_timeout: Math.round(cloud.behaviour.sessionTimeout / 1000),
    status: endpoint === undefined ? 'PENDING' : 'ACTIVE',
    current_command_index: await cloud.session(record).read(state => state.commands.length),
    create_time: new Date(record.created).toISOString(),
    device_check_in_time: new Date(checkIn).toISOString(),
  }
}

/**
 * "Disable Live Response". The document answers a list of ids with a single session, in a different shape (epoch seconds, an address):
 * that of the first device.
 */
async function disable(cloud: Cloud, sessions: Sessions, ids: number[]) {
  // Nothing is done unless all of them exist.
  const devices = [...new Set(ids)].map(id => sessions.device(id))
  const [record] = await sessions.disable(devices)
  const [device] = devices
  if (record === undefined || device === undefined) throw new HttpError(400, 'No device ids given')
  const endpoint = await cloud.endpoint(device)
  return {
    id: record.id,
    device_id: record.device_id,
    create_time: Math.floor(record.created / 1000),
    session_timeout: Math.round(cloud.behaviour.sessionTimeout / 1000),
    device_check_in_time: new Date(lastContact(device, cloud.presence, await cloud.born(), cloud.clock.now())).toISOString(),
    check_in_timeout: Math.round(cloud.behaviour.checkInTimeout / 1000),
    status: 'PENDING',
    current_command_index: 0,
    hostname: null,
    address: device.last_internal_ip_address,
    os_version: null,
    current_working_directory: endpoint.directory,
    supported_commands: endpoint.supportedCommands,
    drives: endpoint.drives,
  }
}

async function deviceIdOf({ request }: Call): Promise<number> {
  const id = integer(asObject(await readJson(request))?.['device_id'])
  if (id === undefined) throw new HttpError(400, 'device_id must be an integer')
  return id
}

async function deviceIdsOf({ request }: Call): Promise<number[]> {
  const ids = await readJson(request)
  const known = Array.isArray(ids) ? ids.map(integer).filter(id => id !== undefined) : []
  if (!Array.isArray(ids) || ids.length === 0 || known.length < ids.length) throw new HttpError(400, 'Body must be a list of device ids')
  return known
}
