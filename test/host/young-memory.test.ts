import { getHeapSpaceStatistics } from 'node:v8'
import { expect, it } from 'vitest'
import { boundYoungMemory } from '../../src/host/young-memory.ts'

const MIB = 1024 * 1024
const newSpace = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0

/** Makes objects of which many live for a while, which lets the space for new ones grow. */
function churn(each: () => void): void {
  let kept: object[] = []
  for (let made = 0; made < 1_200_000; made++) {
    kept.push({ made, list: [made] })
    if (kept.length <= 150_000) continue
    kept = kept.slice(75_000)
    each()
  }
}

it('the space for new objects ends its growth, however much goes through it', () => {
  churn(boundYoungMemory)
  expect(newSpace()).toBeLessThanOrEqual(32 * MIB)
})
