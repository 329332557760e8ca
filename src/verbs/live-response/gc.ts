import { fieldsOf, list, type Column } from '../../core/result.ts'
import { collect } from '../../remote/garbage-collect.ts'
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
    'Each run of cbc notes its sessions, its temporary files on endpoints and its files in the cloud before it makes them. What a run that is dead by now has ' +
    'noted and not struck out is removed; what a living one works with stays. It may run at any time, and twice. action is delete, gone (it was away already) ' +
    "or keep (it goes with its session). A program that was given up and could not be ended is named as long as it runs, with its pid, and kept. It is about the profile's organization, and this machine's runs.",
  examples: [
    { line: 'gc', does: 'an array of what was done; nothing where nothing was left' },
    { line: 'gc --dry-run', does: 'what there is to do' },
  ],
  effect: 'destroy',
  fields: fieldsOf(COLUMNS),
  arguments: {},
  options: {},
  async run(_input, { liveResponse: api, ...context }) {
    return list(collect({ ...context, api }), COLUMNS, 'nothing was left behind')
  },
})
