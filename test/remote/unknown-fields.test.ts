import { expect, it } from 'vitest'
import { entry, process } from '../../src/remote/normalize.ts'

it('unknown fields of a process are kept', () => {
  const raw = { process_pid: 1, proc_guid: 'ABCD-1', parent_create_time: 0 }
  expect(process(raw)).toEqual({
    process_pid: 1,
    proc_guid: 'ABCD-1',
    parent_pid: null,
    process_username: null,
    process_create_time: null,
    process_path: null,
    process_cmdline: null,
    parent_create_time: null,
    sid: null,
  })
})

it('unknown fields of a file are kept, and replace no documented one', () => {
  const raw = { filename: 'a', size: 1, owner: 'SYSTEM', path: 'elsewhere' }
  expect(entry(raw, 'C:\\a')).toMatchObject({ filename: 'a', path: 'C:\\a', size: 1, owner: 'SYSTEM', alternate_name: '' })
})
