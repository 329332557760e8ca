import { fieldsOf, object } from '../../core/result.ts'
import { stat as statEntry } from '../../remote/files.ts'
import { locateOne } from '../../remote/locate.ts'
import { ENTRY_IDENTITY, ENTRY_LONG } from '../columns.ts'
import { defineVerb, required } from '../define.ts'

export const stat = defineVerb({
  name: 'stat',
  summary: 'show one file or directory',
  examples: [
    { line: 'stat C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'size, times and attributes of a file' },
    { line: 'stat C:\\Users', does: 'the directory itself, not its contents' },
  ],
  effect: 'read',
  fields: fieldsOf(ENTRY_LONG),
  needs: ['directory list'],
  identity: ENTRY_IDENTITY,
  arguments: { path: required('remote-path', 'file or directory') },
  options: {},
  async run({ path }, context) {
    const { session, directory, signal } = context
    return object(await statEntry(session, await locateOne(session, directory, path, context), { signal }), ENTRY_LONG)
  },
})
