import { expect, it } from 'vitest'
import { checkQueueable } from '../../../src/cli/run/queue.ts'
import { collect } from '../../../src/verbs/collect/collect.ts'

it('a collection goes over a queue with the definitions that ship, and without a local path', () => {
  const check = (more: object) => () => checkQueueable(collect, { artifact: ['WindowsHostsFile'], artifacts: [], ...more }, {})
  expect(check({})).not.toThrow()
  expect(check({ into: 'out' })).toThrow('files go to the --store of the workers')
  expect(check({ artifacts: ['own.yaml'] })).toThrow("it can't read files of this machine")
})
