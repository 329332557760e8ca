import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from './clock.ts'
import { HurriedClock } from './hurried-clock.ts'
import { testFolder } from './folder.ts'

let folder: string
beforeEach(() => {
  folder = testFolder()
})

/** Work that takes real time, by description. */
const WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  'a library yields to other work': async () => {
    for (let n = 0; n < 5; n++) await rest(0)
  },
  'files are written and read': async () => {
    await writeFile(join(folder, 'a'), Buffer.alloc(8 << 20))
    await readFile(join(folder, 'a'))
  },
}

describe.each(Object.entries(WORK))('while %s', (_what, work) => {
  it('virtual time stands still, so that a busy machine exceeds no deadline', async () => {
    const clock = new FakeClock()
    let before = true
    const deadline = clock.sleep(1000).then(() => before)
    await clock.run(
      work().then(() => {
        before = false
      }),
    )
    expect(await clock.run(deadline)).toBe(false)
  })

  it('hurried time stands still', async () => {
    const clock = new HurriedClock()
    let before = true
    const deadline = clock.sleep(1000).then(() => before)
    await work().then(() => {
      before = false
    })
    expect(await deadline).toBe(false)
  })
})

it('virtual time stands still while a module is loaded', async () => {
  const clock = new FakeClock()
  let before = true
  const deadline = clock.sleep(60_000).then(() => before)
  const loading = import('../../src/version.ts').then(() => {
    before = false
  })
  expect(await clock.run(deadline)).toBe(false)
  await loading
})
