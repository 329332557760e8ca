import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join, sep } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localFiles } from '../../src/host/local-files.ts'
import { testFolder } from '../support/folder.ts'

let base = ''
beforeEach(() => {
  base = testFolder()
})

it('a downloaded folder is created if missing, or inside an existing one under its name', async () => {
  expect((await localFiles.folder(join(base, 'new', 'deep'), 'demo')).path).toBe(join(base, 'new', 'deep'))
  mkdirSync(join(base, 'there'))
  expect((await localFiles.folder(join(base, 'there'), '../demo')).path).toBe(join(base, 'there', '.._demo'))
  expect((await localFiles.folder(join(base, 'there'))).path).toBe(join(base, 'there'))
})

it('a downloaded folder gives each file its own path below it, whatever the names, even if they differ only in case', async () => {
  const names = fc.array(
    fc.oneof(fc.constantFrom('a', 'A', 'a.part', 'A.part', '..', '../x', 'con', 'é', 'e\u0301', '', 'a (2)'), fc.string()),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(names, fc.boolean(), async (wanted, force) => {
      const folder = await localFiles.folder(mkdtempSync(join(base, 'run-')))
      const targets = await Promise.all(wanted.map(name => folder.create(name, force)))
      await Promise.all(targets.map((target, n) => target.write(Buffer.from(String(n)))))
      for (const target of targets) await target.commit()
      expect(new Set(targets.map(({ path }) => path.normalize('NFC').toLowerCase())).size).toBe(wanted.length)
      for (const [n, { path }] of targets.entries()) {
        expect(path.startsWith(folder.path + sep) && !path.slice(folder.path.length + 1).includes(sep)).toBe(true)
        expect(readFileSync(path, 'utf8')).toBe(String(n))
      }
      expect(readdirSync(folder.path)).toHaveLength(wanted.length)
    }),
    { numRuns: 40 },
  )
})

it('a downloaded folder is private to its user, whatever the umask', async () => {
  if (process.platform === 'win32') return
  const before = process.umask(0)
  try {
    const top = await localFiles.folder(join(base, 'a', 'b'))
    await top.folder('c')
    await localFiles.folder(join(base, 'a'), 'd')
    await (await top.create('f', false)).commit()
  } finally {
    process.umask(before)
  }
  expect(['a', 'a/b', 'a/b/c', 'a/d', 'a/b/f'].map(name => statSync(join(base, name)).mode & 0o777)).toEqual([
    0o700, 0o700, 0o700, 0o700, 0o600,
  ])
})

it('a downloaded folder resolves name clashes of folders and files', async () => {
  const folder = await localFiles.folder(join(base, 'x'))
  expect((await folder.folder('data')).path).toBe(join(base, 'x', 'data'))
  const target = await folder.create('DATA', false)
  expect(target.path).toBe(join(base, 'x', 'DATA (2)'))
  await target.discard()
})

describe('a link in the destination', () => {
  let outside = ''
  beforeEach(() => {
    outside = testFolder()
  })
  afterEach(() => {
    expect(readdirSync(outside)).toEqual([])
    rmSync(outside, { recursive: true, force: true })
  })

  it('is not followed to another directory', async () => {
    symlinkSync(outside, join(base, 'Public'))
    await expect(localFiles.folder(base, 'Public')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('is a link') as string,
    })
    await expect((await localFiles.folder(base)).folder('Public')).rejects.toMatchObject({ code: 'refused' })
  })

  it('is not written through', async () => {
    const folder = await localFiles.folder(base)
    symlinkSync(join(outside, 'new'), join(base, 'a.txt'))
    symlinkSync('/dev/null', join(base, 'b.txt'))
    for (const name of ['a.txt', 'b.txt']) await expect(folder.create(name, true)).rejects.toMatchObject({ code: 'refused' })
  })

  it('that appears just as the file is begun is not followed', async () => {
    symlinkSync(join(outside, 'part'), join(base, 'c.txt.part'))
    const target = await (await localFiles.folder(base)).create('c.txt', false, true)
    await target.write(Buffer.from('x'))
    await target.commit()
    expect(readFileSync(join(base, 'c.txt'), 'utf8')).toBe('x')
  })

  it('that replaces a folder meanwhile is detected', async () => {
    const folder = await (await localFiles.folder(base)).folder('sub')
    rmSync(folder.path, { recursive: true })
    symlinkSync(outside, folder.path)
    await expect(folder.create('x', true)).rejects.toMatchObject({ code: 'refused' })
    await expect(folder.folder('x')).rejects.toMatchObject({ code: 'refused' })
  })

  it('that replaces a folder while one of its files arrives is not followed, even with a partial file there', async () => {
    const folder = await (await localFiles.folder(base)).folder('sub')
    const target = await folder.create('x', true)
    await target.write(Buffer.from('x'))
    const moved = testFolder()
    renameSync(folder.path, join(moved, 'sub'))
    symlinkSync(join(moved, 'sub'), folder.path)
    await expect(target.commit()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('is no longer the same directory') as string,
    })
    expect(readdirSync(join(moved, 'sub'))).toEqual(['x.part'])
    rmSync(moved, { recursive: true })
  })

  it('is followed if the user names it', async () => {
    const real = testFolder()
    symlinkSync(real, join(base, 'mine'))
    const folder = await localFiles.folder(join(base, 'mine'))
    await (await (await folder.folder('sub')).create('x', false)).commit()
    expect(readdirSync(join(real, 'sub'))).toEqual(['x'])
    rmSync(real, { recursive: true })
  })
})

it.each([
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['COM1.tar.gz', '_COM1.tar.gz'],
  ['LPT¹', '_LPT¹'],
  ['con .txt', '_con .txt'],
  ['CONOUT$', '_CONOUT$'],
  ['console', 'console'],
  ['a:b', 'a_b'],
  ['x. . ', 'x_'],
  ['..', '_'.repeat(2)],
  ['.', '__'],
  ['../../etc/passwd', '.._.._etc_passwd'],
  ['\\\\?\\C:\\x', '____C__x'],
  ['a\u0000b\u001b\u202e', 'a_b__'],
  ['.bashrc', '.bashrc'],
  ['.carbonblack', '_.carbonblack'],
  ['.CarbonBlack', '_.CarbonBlack'],
])('%j is named %j here', async (name, safe) => {
  expect((await (await localFiles.folder(base)).create(name, false)).path).toBe(join(base, safe))
})

it('a name that is too long is shortened before its extension, and two of them stay distinct', async () => {
  const folder = await localFiles.folder(base)
  const paths = []
  for (const name of ['漢'.repeat(255), `${'漢'.repeat(250)}.docx`, `${'漢'.repeat(250)}x.docx`, 'x'.repeat(10_000_000)]) {
    const target = await folder.create(name, false)
    await target.commit()
    paths.push(target.path)
  }
  expect(readdirSync(base)).toHaveLength(4)
  expect(paths[1]).toMatch(/漢\.docx$/)
  expect(paths[2]).toMatch(/漢 \(2\)\.docx$/)
})

it('the name of a discarded file is free again, and a file that an earlier run completed is found by its size and time', async () => {
  const folder = await localFiles.folder(join(base, 'again'))
  await (await folder.create('a.txt', false)).discard()
  const target = await folder.create('a.txt', false)
  await target.write(Buffer.from('whole'))
  await target.commit(1_600_000_000_000)
  expect(target.path).toBe(join(base, 'again', 'a.txt'))

  const later = await localFiles.folder(join(base, 'again'))
  expect(await later.fetched?.('a.txt', 1_600_000_000_001, 5)).toBeUndefined()
  expect(await later.fetched?.('a.txt', 1_600_000_000_000, 4)).toBeUndefined()
  const found = await later.fetched?.('a.txt', 1_600_000_000_000, 5)
  expect(found?.path).toBe(target.path)
  const parts: Uint8Array[] = []
  for await (const chunk of found?.bytes() ?? []) parts.push(Buffer.from(chunk))
  expect(Buffer.concat(parts).toString()).toBe('whole')
  // Two files of different names can't both be that one.
  expect(await later.fetched?.('A.txt', 1_600_000_000_000)).toBeUndefined()
  // A second file of that name is another one.
  expect((await later.create('a.txt', false)).path).toBe(join(base, 'again', 'a (2).txt'))
})

it('a later version of a file, which an earlier run kept under a similar name, is found too', async () => {
  const folder = await localFiles.folder(base)
  for (const [name, modified] of [
    ['a.txt', 1_600_000_000_000],
    ['a.txt', 1_700_000_000_000],
  ] as const)
    await (await folder.create(name, false)).commit(modified)
  const later = await localFiles.folder(base)
  expect((await later.fetched?.('a.txt', 1_700_000_000_000))?.path).toBe(join(base, 'a (2).txt'))
  expect(await later.fetched?.('a.txt', 1_700_000_000_000)).toBeUndefined()
  expect((await later.fetched?.('a.txt', 1_600_000_000_000))?.path).toBe(join(base, 'a.txt'))
})
