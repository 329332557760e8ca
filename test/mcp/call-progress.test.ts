import { expect, it } from 'vitest'
import { callProgress } from '../../src/mcp/call-progress.ts'

it('a search through thousands of folders does not flood the client: it is told twice a second at most', () => {
  let now = 0
  const told: [number, string][] = []
  const progress = callProgress({ monotonic: () => now }, (count, text) => told.push([count, text]))
  const { signal } = new AbortController()
  for (let folder = 0; folder < 1000; folder += 1) {
    progress.wait({ kind: 'command', what: () => `directory list C:\\${folder}`, signal })
    progress.step(`C:\\${folder}\\file`, 10)
    progress.at(5)
    now += 10
  }
  expect(told.length).toBe(20)
  expect(told.slice(0, 2)).toEqual([
    [1, 'directory list C:\\0'],
    [2, 'directory list C:\\50'],
  ])
})
