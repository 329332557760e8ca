import { expect, it } from 'vitest'
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
