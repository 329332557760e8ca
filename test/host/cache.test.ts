import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openCache } from '../../src/host/cache.ts'
import { testFolder } from '../support/folder.ts'

it('the cache keeps a text for each name, private to its user', async () => {
  const folder = join(testFolder(), 'state', 'cache')
  const cache = openCache(folder, 'https://x /../ é')
  expect(await cache.read()).toBeUndefined()
  await cache.write('one')
  await openCache(folder, 'https://x /../ é').write('two')
  await openCache(folder, 'other').write('three')
  expect(await cache.read()).toBe('two')
  const files = readdirSync(folder)
  expect(files).toHaveLength(2)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
})

it('the cache reports that it cannot be written', async () => {
  const folder = testFolder()
  writeFileSync(join(folder, 'file'), '')
  await expect(openCache(join(folder, 'file'), 'x').write('one')).rejects.toThrow(/ENOTDIR|EEXIST/)
  mkdirSync(join(folder, 'there'))
  expect(await openCache(join(folder, 'there'), 'x').read()).toBeUndefined()
})
