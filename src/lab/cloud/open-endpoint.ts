import { HRESULT, SensorError, type Endpoint } from '../endpoint.ts'
import type { InventoryRecord } from '../windows/seed/profile.ts'
import { computerName, type OpenEndpoint, type RosterDevice } from './roster.ts'

/** The endpoint of a sensor without Live Response. */
const NO_LIVE_RESPONSE: Endpoint = {
  supportedCommands: [],
  drives: ['/'],
  directory: '/',
  run: async () => {
    throw new SensorError(HRESULT.NOT_SUPPORTED, 'not supported on this endpoint')
  },
}

/**
 * Returns a function that opens the machine behind a device of the roster: a simulated Windows machine of its role, a simulated
 * Mac, or this machine. Their code is loaded when the first one is opened.
 * @param local the root directory of the endpoint that is this machine
 */
export function endpointOpener(local: string | false): OpenEndpoint {
  return async (device, { document, ...tools }) => {
    const { name, endpoint } = device
    if (endpoint.kind === 'windows') {
      const { openWindowsEndpoint, initialWindowsState } = await import('../windows/index.ts')
      return openWindowsEndpoint({
        ...tools,
        role: endpoint.role,
        name: computerName(name),
        inventory: inventoryOf(device),
        document: document(initialWindowsState),
      })
    }
    if (endpoint.kind === 'mac') {
      const { openMacEndpoint, initialMacState } = await import('../mac/index.ts')
      return openMacEndpoint({ ...tools, inventory: inventoryOf(device), document: document(initialMacState) })
    }
    if (endpoint.kind === 'none') return NO_LIVE_RESPONSE
    if (local === false) throw new Error(`${name} has no directory`)
    const { openLinuxEndpoint, initialLinuxState } = await import('../linux/index.ts')
    return openLinuxEndpoint({ ...tools, directory: local, name, document: document(initialLinuxState) })
  }
}

function inventoryOf({
  id,
  name,
  last_internal_ip_address: address,
  login_user_name: user,
  os_version: os,
  sensor_version: sensorVersion,
  policy_name: policy,
}: RosterDevice): Required<InventoryRecord> & { name: string } {
  return { id, name: computerName(name), address, user, os, sensorVersion, policy }
}
