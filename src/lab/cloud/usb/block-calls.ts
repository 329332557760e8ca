import { asObject, HttpError, json, noContent, readJson } from '../http.ts'
import type { Route } from '../router.ts'
import type { DeviceControl } from './device-control.ts'
import type { Block, BlockFields, Permissions } from './state.ts'

const BLOCKS = '/device_control/v3/orgs/{org}/blocks'

/** The calls under "Blocks". */
export function blockCalls(control: DeviceControl): Route[] {
  return [
    {
      method: 'POST',
      path: `${BLOCKS}/_bulk`,
      needs: ['org.policies UPDATE', 'external-device.enforce UPDATE'],
      handle: async ({ request }) =>
        json(200, { results: (await control.blockPolicies(newBlocks(await readJson(request)))).map(blockView) }),
    },
    {
      method: 'GET',
      path: BLOCKS,
      needs: ['org.policies READ'],
      handle: async () => json(200, { results: (await control.blocks()).map(blockView) }),
    },
    {
      method: 'GET',
      path: `${BLOCKS}/{block}`,
      needs: ['org.policies READ'],
      handle: async ({ params }) => json(200, blockView(await control.block(params['block'] ?? ''))),
    },
    {
      method: 'PUT',
      path: `${BLOCKS}/{block}`,
      needs: ['org.policies UPDATE', 'external-device.enforce UPDATE'],
      handle: async ({ params, request }) =>
        json(200, blockView(await control.updateBlock(params['block'] ?? '', blockFields(await readJson(request), 'block')))),
    },
    {
      method: 'DELETE',
      path: `${BLOCKS}/{block}`,
      needs: ['org.policies DELETE', 'external-device.enforce UPDATE'],
      async handle({ params }) {
        await control.deleteBlock(params['block'] ?? '')
        return noContent()
      },
    },
  ]
}

/** Returns a block as in the example of "Get Block by ID", with its permissions where some were set. */
function blockView({ id, policy_id, permissions, created, updated }: Block) {
  return {
    created_at: new Date(created).toISOString(),
    id,
    policy_id,
    updated_at: new Date(updated).toISOString(),
    ...(permissions === undefined ? {} : { windows: { approved_devices: permissions } }),
  }
}

/** Reads the body of "Bulk Create Blocks". @throws HttpError 400 */
function newBlocks(json: unknown): BlockFields[] {
  if (!Array.isArray(json) || json.length === 0) throw new HttpError(400, 'Body must be a list of blocks')
  return json.map((block, index) => blockFields(block, `block ${index}`))
}

/** Reads a block; its policy may also be a number. Fields that are the service's own are ignored. @throws HttpError 400 */
function blockFields(json: unknown, what: string): BlockFields {
  const { policy_id: policy, windows, id: _id, created_at: _created, updated_at: _updated, ...others } = asObject(json) ?? {}
  if (typeof policy !== 'string' && !Number.isSafeInteger(policy)) throw new HttpError(400, `${what} must have a policy_id`)
  refuseOthers(others, what)
  return { policy_id: String(policy), ...(windows === undefined ? {} : { permissions: permissionsIn(windows, what) }) }
}

/** @throws HttpError 400: there are no permissions, one is not a boolean, or there is anything else */
function permissionsIn(windows: unknown, what: string): Permissions {
  const { approved_devices: approved, ...others } = asObject(windows) ?? {}
  const { allow_write, allow_execute, ...more } = asObject(approved) ?? {}
  refuseOthers({ ...others, ...more }, what)
  const given = Object.entries({ allow_write, allow_execute }).filter(([, allowed]) => allowed !== undefined)
  if (given.length === 0 || given.some(([, allowed]) => typeof allowed !== 'boolean'))
    throw new HttpError(400, `${what}: windows.approved_devices must have allow_write or allow_execute, which are booleans`)
  return Object.fromEntries(given)
}

function refuseOthers(others: Record<string, unknown>, what: string): void {
  const [other] = Object.keys(others)
  if (other !== undefined) throw new HttpError(400, `${what} has an unknown field ${other}`)
}
