import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { random } from '../../src/host/clock.ts'
import { openNewFolder } from '../../src/host/new-folder.ts'
import { testFolder } from '../support/folder.ts'

async function write(folder: Awaited<ReturnType<typeof openNewFolder>>, file: string, text: string): Promise<void> {
  const target = await folder.create(file)
  await target.write(Buffer.from(text))
  await target.commit(1_700_000_000_000)
}

it('appears as a whole, for its owner alone, with the times of its files', async () => {
  const place = join(testFolder(), 'new')
  const folder = await openNewFolder(place, random)
  await write(folder, 'a/b/c.txt', 'abc')
  expect(existsSync(place)).toBe(false)
  await folder.commit()
  expect(readFileSync(join(place, 'a/b/c.txt'), 'utf8')).toBe('abc')
  expect(statSync(join(place, 'a/b/c.txt')).mtimeMs).toBe(1_700_000_000_000)
  expect([statSync(place), statSync(join(place, 'a/b/c.txt'))].map(({ mode }) => mode & 0o077)).toEqual([0, 0])
})

it('that is discarded leaves nothing', async () => {
  const above = testFolder()
  const folder = await openNewFolder(join(above, 'new'), random)
  await write(folder, 'a', 'abc')
  await folder.discard()
  expect(readdirSync(above)).toEqual([])
})

it('never replaces what somebody else made meanwhile', async () => {
  const above = testFolder()
  const [first, second] = [await openNewFolder(join(above, 'new'), random), await openNewFolder(join(above, 'new'), random)]
  for (const folder of [first, second]) await write(folder, 'a', folder === first ? 'first' : 'second')
  await first.commit()
  await expect(second.commit()).rejects.toMatchObject({ code: 'refused' })
  await second.discard()
  expect([readdirSync(above), readFileSync(join(above, 'new/a'), 'utf8')]).toEqual([['new'], 'first'])
})

it.each([
  ['a file', (path: string) => writeFileSync(path, 'x')],
  ['a folder that is not empty', (path: string) => mkdirSync(join(path, 'x'), { recursive: true })],
])('does not begin where there is %s', async (_what, make) => {
  const place = join(testFolder(), 'new')
  make(place)
  await expect(openNewFolder(place, random)).rejects.toMatchObject({ code: 'refused' })
})

it.each(['../a', 'a/../../b', '/a', 'a//b', '.'])('has no file %j', async file => {
  const folder = await openNewFolder(join(testFolder(), 'new'), random)
  await expect(folder.create(file)).rejects.toThrow()
  await folder.discard()
})
