import { asObject, HttpError, json, noContent, readJson } from '../http.ts'
import type { Route } from '../router.ts'
import type { DeviceControl } from './device-control.ts'
import type { Block } from './state.ts'

const BLOCKS = '/device_control/v3/orgs/{org}/blocks'

/** The calls under "Blocks". */
export function blockCalls(control: DeviceControl): Route[] {
  return [
    {
      method: 'POST',
      path: `${BLOCKS}/_bulk`,
      needs: ['org.policies UPDATE', 'external-device.enforce UPDATE'],
      handle: async ({ request }) =>
        json(200, { results: (await control.blockPolicies(policyIds(await readJson(request)))).map(blockView) }),
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

/** Returns a block as in the example of "Get Block by ID". */
function blockView({ id, policy_id, created, updated }: Block) {
  return { created_at: new Date(created).toISOString(), id, policy_id, updated_at: new Date(updated).toISOString() }
}

/** Reads the body of "Bulk Create Blocks"; an id may also be a number. @throws HttpError 400 */
function policyIds(json: unknown): string[] {
  if (!Array.isArray(json) || json.length === 0) throw new HttpError(400, 'Body must be a list of blocks')
  return json.map((block, index) => {
    const id = asObject(block)?.['policy_id']
    if (typeof id !== 'string' && !Number.isSafeInteger(id)) throw new HttpError(400, `block ${index} must have a policy_id`)
    return String(id)
  })
}
