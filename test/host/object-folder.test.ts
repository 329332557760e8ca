import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { random } from '../../src/host/clock.ts'
import { openObjectFolder } from '../../src/host/object-folder.ts'
import { testFolder } from '../support/folder.ts'

const NEVER = new AbortController().signal
const WRITTEN = { size: 0, sha256: '' }
/** What a share without hard links answers. */
const withoutLinks = () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' }))

it.each([
  ['with hard links', undefined],
  ['without hard links', withoutLinks],
])('an object %s appears under its name only when it is whole, and never in place of another', async (_what, addName) => {
  const root = testFolder()
  const store = await openObjectFolder(root, random, addName)
  const [one, other] = [await store.begin('run/device/a.txt', NEVER), await store.begin('run/device/a.txt', NEVER)]
  await one.write(Buffer.from('one'))
  await other.write(Buffer.from('other'))
  expect(await store.has('run/device/a.txt', NEVER)).toBe(false)
  expect(await one.commit(WRITTEN, 0)).toBe(true)
  expect(await other.commit(WRITTEN)).toBe(false)
  await other.discard()
  const folder = join(root, 'run', 'device')
  expect(readdirSync(folder)).toEqual(['a.txt'])
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('one')
})

it('an object that is being named by somebody else is left to them', async () => {
  const root = testFolder()
  const store = await openObjectFolder(root, random, withoutLinks)
  const upload = await store.begin('a.txt', NEVER)
  writeFileSync(join(root, '.cbc-a.txt.claim'), '')
  expect(await upload.commit(WRITTEN)).toBe(false)
})

it('a disk error while an object gets its name is reported', async () => {
  const full = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'link', path: 'a.txt' }))
  const store = await openObjectFolder(testFolder(), random, full)
  const upload = await store.begin('a.txt', NEVER)
  await expect(upload.commit(WRITTEN)).rejects.toMatchObject({ code: 'io', message: 'a.txt: no space left on this disk' })
})

it('nothing is written through a link that somebody made in the share', async () => {
  const [root, elsewhere] = [testFolder(), testFolder()]
  mkdirSync(join(root, 'run'))
  symlinkSync(elsewhere, join(root, 'run', 'device'))
  const store = await openObjectFolder(root, random)
  await expect(store.begin('run/device/a.txt', NEVER)).rejects.toMatchObject({ code: 'refused' })
  expect(readdirSync(elsewhere)).toEqual([])
})

it('an object is known again by its bytes, not by its size', async () => {
  const root = testFolder()
  const store = await openObjectFolder(root, random)
  const upload = await store.begin('a', NEVER)
  writeFileSync(join(root, 'b'), 'abc')
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(await upload.isAt('b', { size: 3, sha256 })).toBe(true)
  expect(await upload.isAt('b', { size: 3, sha256: sha256.replace('b', 'c') })).toBe(false)
  expect(await upload.isAt('c', { size: 3, sha256 })).toBe(false)
})
