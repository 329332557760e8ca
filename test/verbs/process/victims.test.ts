import { expect, it } from 'vitest'
import { CbcError, interrupted } from '../../../src/core/errors.ts'
import { verbBench } from '../../support/verb.ts'
import { victimsOf } from '../../../src/verbs/process/victims.ts'
import { NEVER } from '../../remote/support.ts'

const MANY = 150_000

it.each([
  ['deep', Array.from({ length: MANY }, (_, at) => ({ process_pid: at + 1, parent_pid: at, process_create_time: at + 1 }))],
  [
    'wide',
    [
      { process_pid: 1, process_create_time: 1 },
      ...Array.from({ length: MANY - 1 }, (_, at) => ({ process_pid: at + 2, parent_pid: 1, process_create_time: 2 })),
    ],
  ],
])('a very %s process tree does not exhaust the stack', async (_shape, all) => {
  const { session } = await verbBench()
  const victims = await victimsOf(session, all, { process: ['1'], tree: true, ifName: undefined }, NEVER)
  expect({ count: victims.length, last: victims.at(-1)?.['process_pid'] }).toEqual({ count: MANY, last: 1 })
})

it('a name that can not be looked up is reported, but an interruption ends the search', async () => {
  const { session } = await verbBench()
  const all = [{ process_pid: 5, process_path: 'C:\\MALWAR~1.EXE' }]
  const found = async (reason: Error) => {
    session.issue = () => Promise.reject(reason)
    return await victimsOf(session, all, { process: ['malware-agent.exe'], tree: false, ifName: undefined }, NEVER)
  }
  expect(await found(new CbcError('remote', 'no'))).toMatchObject([{ process_pid: 'malware-agent.exe', error: { code: 'not_found' } }])
  await expect(found(interrupted())).rejects.toMatchObject({ code: 'interrupted' })
  await expect(found(new TypeError('a defect'))).rejects.toThrow('a defect')
})
