import type { Cloud } from '../cloud.ts'
import { json, noContent, readJson } from '../http.ts'
import type { Route } from '../router.ts'
import { parseSearch, runSearch } from '../search/search.ts'
import { approvalDetails, approvalView, parseApproval } from './approval.ts'
import { readApprovals } from './approval-body.ts'
import { searchableApprovals } from './approval-search.ts'
import { counts } from './device-calls.ts'
import type { DeviceControl } from './device-control.ts'

const APPROVALS = '/device_control/v3/orgs/{org}/approvals'

/** The calls under "Approvals". */
export function approvalCalls(cloud: Cloud, control: DeviceControl): Route[] {
  return [
    {
      method: 'POST',
      path: `${APPROVALS}/_bulk`,
      needs: ['external-device.manage CREATE'],
      async handle({ request, caller }) {
        const approvals = await control.approve(await readApprovals(request), caller.name)
        return json(200, { results: approvals.map(approvalView) })
      },
    },
    {
      method: 'POST',
      path: `${APPROVALS}/_search`,
      needs: ['external-device.manage READ'],
      async handle({ request }) {
        const search = parseSearch(await readJson(request), searchableApprovals(control.devices))
        const { found, page } = runSearch(search, await control.approvals())
        return json(200, { ...counts(cloud, found, page), results: page.map(approvalView) })
      },
    },
    {
      method: 'GET',
      path: `${APPROVALS}/{approval}`,
      needs: ['external-device.manage READ'],
      handle: async ({ params }) => json(200, approvalDetails(await control.approval(params['approval'] ?? ''))),
    },
    {
      method: 'PUT',
      path: `${APPROVALS}/{approval}`,
      needs: ['external-device.manage UPDATE'],
      async handle({ request, params, caller }) {
        const body = await readJson(request)
        const approval = await control.updateApproval(
          params['approval'] ?? '',
          before => parseApproval(body, 'approval', before),
          caller.name,
        )
        return json(200, approvalDetails(approval))
      },
    },
    {
      method: 'DELETE',
      path: `${APPROVALS}/{approval}`,
      needs: ['external-device.manage DELETE'],
      async handle({ params }) {
        await control.deleteApproval(params['approval'] ?? '')
        return noContent()
      },
    },
  ]
}
