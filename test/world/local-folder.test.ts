import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { localFiles } from '../../src/world/local-files.ts'

let base = ''
beforeEach(() => { base = mkdtempSync(join(tmpdir(), 'cbc-folder-')) })
afterEach(() => rmSync(base, { recursive: true, force: true }))

it('is made where it isn\'t, and in an existing one under its name', async () => {
  expect((await localFiles.folder(join(base, 'new', 'deep'), 'demo')).path).toBe(join(base, 'new', 'deep'))
  mkdirSync(join(base, 'there'))
  expect((await localFiles.folder(join(base, 'there'), '../demo')).path).toBe(join(base, 'there', '.._demo'))
  expect((await localFiles.folder(join(base, 'there'))).path).toBe(join(base, 'there'))
})

it('gives each file a place of its own below it, whatever the names, and in whatever case', async () => {
  const names = fc.array(fc.oneof(fc.constantFrom('a', 'A', 'a.part', 'A.part', '..', '../x', 'con', 'é', 'e\u0301', '', 'a (2)'), fc.string()), { maxLength: 12 })
  await fc.assert(fc.asyncProperty(names, fc.boolean(), async (wanted, force) => {
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
  }), { numRuns: 40 })
})

it('folders and files share names', async () => {
  const folder = await localFiles.folder(join(base, 'x'))
  expect((await folder.folder('data')).path).toBe(join(base, 'x', 'data'))
  const target = await folder.create('DATA', false)
  expect(target.path).toBe(join(base, 'x', 'DATA (2)'))
  await target.discard()
})
