import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Clock } from '../../src/core/ports.ts'
import { clock, random } from '../../src/host/clock.ts'
import { MachineLock } from '../../src/host/machine-lock.ts'
import { testFolder } from '../support/folder.ts'

it('a lock whose process died before it wrote its name is waited for only seconds', async () => {
  const path = join(testFolder(), 'lock')
  writeFileSync(path, '')
  let passed = 0
  const waiting: Clock = {
    ...clock,
    monotonic: () => passed,
    sleep: async (ms, signal) => (signal ? clock.sleep(ms, signal) : void (passed += 1000)),
  }
  await new MachineLock(path, waiting, random).hold(async () => {})
  expect(passed).toBeLessThan(10_000)
})

it('who slept so long that another took the lock does not put its name over the new one', async () => {
  const path = join(testFolder(), 'lock')
  let wake: () => void = () => {}
  const asleep = new Promise<void>(resolve => (wake = resolve))
  let isFirst = true
  const sleeper: Clock = {
    ...clock,
    async sleep(ms, signal) {
      if (!isFirst) return await clock.sleep(ms, signal)
      isFirst = false
      await asleep
    },
  }
  const lock = new MachineLock(path, sleeper, random)
  await lock.hold(async isHeld => {
    expect(await isHeld()).toBe(true)
    writeFileSync(path, 'ws-12/boot 7@1 another 0')
    // What renews the lock ends before `hold` does.
    wake()
    expect(await isHeld()).toBe(false)
  })
  expect(readFileSync(path, 'utf8')).toBe('ws-12/boot 7@1 another 0')
})
