import { fieldsOf, list, type Column } from '../../core/result.ts'
import { collectGarbage } from '../../remote/garbage-collect.ts'
import { defineOrganizationVerb } from '../define-organization.ts'

const COLUMNS: Column[] = [
  { key: 'action' },
  { key: 'kind' },
  { key: 'device_id' },
  { key: 'path', flexible: 'middle' },
  { key: 'session_id', priority: 2 },
  { key: 'file_id', priority: 1 },
  { key: 'pid' },
]

export const gc = defineOrganizationVerb({
  name: 'gc',
  summary: 'remove what crashed or cut-off runs left behind',
  details:
    'Each run of cbc records its sessions, its temporary files and shadow copies on endpoints, and its files in the cloud before it creates them. gc removes what a run that has died ' +
    'recorded and did not clean up; what a running one uses stays. It is safe to run at any time, and repeatedly. action is delete, gone (already removed) ' +
    "or keep (removed together with its session). A program that was given up and could not be ended is listed with its pid, and kept, as long as it runs. gc covers the profile's organization and the runs of this machine.",
  examples: [
    { line: 'gc', does: 'remove what was left behind, and list it' },
    { line: 'gc --dry-run', does: 'show what would be removed' },
  ],
  effect: 'destroy',
  fields: fieldsOf(COLUMNS, 'shadow_id', 'output_file'),
  arguments: {},
  options: {},
  async run(_input, { liveResponse: api, ...context }) {
    return list(collectGarbage({ ...context, api }), COLUMNS, 'nothing was left behind')
  },
})
