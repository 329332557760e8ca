import { requirePermissions, type Permission } from './access/permissions.ts'
import type { Cloud } from './cloud.ts'
import { asObject, HttpError, integer, noContent, readJson } from './http.ts'
import type { Call, Route } from './router.ts'
import { objectOf, type Body } from './search/search.ts'
import type { CloudState } from './state.ts'

/** An action, with the permission it needs. */
interface Action {
  needs: Permission
  /** Checks the options, and returns the change. @throws HttpError 400: the options are invalid */
  read(options: Body): (state: CloudState, ids: readonly number[]) => void
}

const ACTIONS: Readonly<Record<string, Action>> = {
  QUARANTINE: {
    needs: 'device.quarantine EXECUTE',
    read(options) {
      const on = toggleOf(options)
      return (state, ids) => {
        const others = (state.quarantined ?? []).filter(id => !ids.includes(id))
        state.quarantined = on ? [...others, ...ids] : others
      }
    },
  },
}

/**
 * "Device actions" of the Devices API: `{"action_type", "device_id": [ids], "options"}`, answered with 204. Nothing is done unless all
 * devices exist.
 */
export function deviceActionCalls(cloud: Cloud): Route[] {
  return [
    {
      method: 'POST',
      path: '/appservices/v6/orgs/{org}/device_actions',
      // Each action has its own permission.
      needs: [],
      handle: call => act(cloud, call),
    },
  ]
}

async function act(cloud: Cloud, { request, caller }: Call): Promise<Response> {
  const body = objectOf(await readJson(request))
  const type = body['action_type']
  const action = typeof type === 'string' && Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined
  if (action === undefined)
    throw new HttpError(400, `Unsupported action_type ${JSON.stringify(type ?? null)}: it is one of ${Object.keys(ACTIONS).join(', ')}`)
  requirePermissions(caller, [action.needs])
  const ids = idsOf(body['device_id'])
  const apply = action.read(asObject(body['options']) ?? {})
  const missing = ids.find(id => !cloud.devices.has(id))
  if (missing !== undefined) throw new HttpError(404, `Device ${missing} not found`)
  await cloud.state.update(state => apply(state, ids))
  return noContent()
}

/** Reads device ids: numbers, or strings of digits as some clients send them. */
function idsOf(value: unknown): number[] {
  const ids = Array.isArray(value) ? value.map(integer) : []
  const known = ids.filter(id => id !== undefined)
  if (ids.length === 0 || known.length < ids.length) throw new HttpError(400, 'device_id must be a list of device ids')
  return [...new Set(known)]
}

function toggleOf({ toggle }: Body): boolean {
  if (toggle !== 'ON' && toggle !== 'OFF') throw new HttpError(400, 'options.toggle must be ON or OFF')
  return toggle === 'ON'
}
