import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CbcError } from '../../../src/core/errors.ts'
import type { LocalFiles } from '../../../src/core/ports.ts'
import type { Row } from '../../../src/core/result.ts'
import { find } from '../../../src/verbs/file/find.ts'
import { get } from '../../../src/verbs/file/get.ts'
import { ls } from '../../../src/verbs/file/ls.ts'
import { rm } from '../../../src/verbs/file/rm.ts'
import { tree } from '../../../src/verbs/file/tree.ts'
import { localFiles } from '../../../src/host/local-files.ts'
import { CLOUD, endpointFiles, type Tree } from '../../support/endpoint-files.ts'
import { verbBench } from '../../support/verb.ts'

const shown = (rows: Row[]) => rows.map(row => (row['error'] === undefined ? row['path'] : `! ${(row['error'] as CbcError).message}`))
const ODD: Tree = { x: { 'a\\b': '1', 'new\nline': '2', 'ok.txt': '3', sub: { deep: '4' } } }
const LISTS = '! C:\\x: lists "a\\b", which can\'t be the name of a file there'

describe('an impossible file name is reported, and the rest still handled, by', () => {
  it.each([
    ['find', find, { path: 'C:\\x' }],
    ['tree', tree, { path: 'C:\\x' }],
    ['ls', ls, { path: ['C:\\x'] }],
    ['ls -R', ls, { path: ['C:\\x'], recursive: true }],
    ['ls of a pattern', ls, { path: ['C:\\x\\*'] }],
    ['ls -R of a pattern', ls, { path: ['C:\\x\\*'], recursive: true }],
  ])('%s', async (name, verb, input) => {
    const b = await verbBench(endpointFiles(ODD))
    const deep = /find|tree|-R/.test(name) ? ['C:\\x\\sub\\deep'] : []
    expect(shown((await b.invoke(verb, input)).rows).sort()).toEqual([LISTS, 'C:\\x\\new\nline', 'C:\\x\\ok.txt', 'C:\\x\\sub', ...deep])
  })

  it.each([
    [{ path: ['C:\\x\\*'] }, []],
    [{ path: ['C:\\x'], recursive: true }, ['C:\\x\\sub\\deep', 'C:\\x']],
  ])('rm %j', async (input, more) => {
    const endpoint = endpointFiles(ODD)
    const b = await verbBench(endpoint)
    const { rows } = await b.invoke(rm, input)
    expect(shown(rows).sort()).toEqual([LISTS, 'C:\\x\\new\nline', 'C:\\x\\ok.txt', 'C:\\x\\sub', ...more].sort())
    expect(endpoint.requests.flatMap(request => (request.name === 'delete file' ? [request.path] : [])).sort()).toEqual(
      ['C:\\x\\new\nline', 'C:\\x\\ok.txt', 'C:\\x\\sub', ...more].sort(),
    )
  })

  it('get -r', async () => {
    const b = await verbBench(endpointFiles(ODD))
    expect(shown((await b.invoke(get, { remote: 'C:\\x', local: join(b.here, 'x'), recursive: true })).rows).sort()).toEqual([
      LISTS,
      'C:\\x\\new\nline',
      'C:\\x\\ok.txt',
      'C:\\x\\sub\\deep',
    ])
  })
})

const USER: Tree = {
  Anna: {
    OneDrive: { is: { Docs: { is: { 'inner.txt': 'in' }, attributes: CLOUD }, 'top.txt': 'top' }, attributes: CLOUD },
    Elsewhere: { is: { theirs: 'no' }, attributes: CLOUD, link: true },
    'own.txt': 'own',
  },
}

describe('folders of OneDrive, which are reparse points but not links,', () => {
  it('are fetched by get -r, while a link is only named', async () => {
    const b = await verbBench(endpointFiles(USER))
    const { rows } = await b.invoke(get, { remote: 'C:\\Anna', local: join(b.here, 'ev'), recursive: true })
    expect(shown(rows).sort()).toEqual(['C:\\Anna\\OneDrive\\Docs\\inner.txt', 'C:\\Anna\\OneDrive\\top.txt', 'C:\\Anna\\own.txt'])
    expect(readFileSync(join(b.here, 'ev', 'OneDrive', 'Docs', 'inner.txt'), 'utf8')).toBe('in')
    expect(b.notices).toEqual(['C:\\Anna\\Elsewhere: is a link and was skipped; download its target by its own path'])
    expect(existsSync(join(b.here, 'ev', 'Elsewhere'))).toBe(false)
  })

  it.each([
    ['find', find, { path: 'C:\\Anna' }],
    ['tree', tree, { path: 'C:\\Anna' }],
    ['ls -R', ls, { path: ['C:\\Anna'], recursive: true }],
  ])('are entered by %s', async (_, verb, input) => {
    const b = await verbBench(endpointFiles(USER))
    expect(shown((await b.invoke(verb, input)).rows).sort()).toEqual([
      'C:\\Anna\\Elsewhere',
      'C:\\Anna\\OneDrive',
      'C:\\Anna\\OneDrive\\Docs',
      'C:\\Anna\\OneDrive\\Docs\\inner.txt',
      'C:\\Anna\\OneDrive\\top.txt',
      'C:\\Anna\\own.txt',
    ])
  })

  it('are deleted with their content by rm -r, but the target of a link is not', async () => {
    const b = await verbBench(endpointFiles(USER))
    expect(shown((await b.invoke(rm, { path: ['C:\\Anna\\*'], recursive: true })).rows)).toEqual([
      'C:\\Anna\\Elsewhere',
      'C:\\Anna\\OneDrive\\top.txt',
      'C:\\Anna\\OneDrive\\Docs\\inner.txt',
      'C:\\Anna\\OneDrive\\Docs',
      'C:\\Anna\\OneDrive',
      'C:\\Anna\\own.txt',
    ])
  })
})

it('when one of several matching directories cannot be read, the others are still shown', async () => {
  const there = { x: { a: { is: {}, listing: 2147942405 }, b: { f: '1' } } }
  for (const [verb, input] of [
    [ls, { path: ['C:\\x\\*'], recursive: true }],
    [get, { remote: 'C:\\x\\*', recursive: true }],
  ] as const) {
    const b = await verbBench(endpointFiles(there))
    const { rows } = await b.invoke(verb, { ...input, ...(verb === get ? { local: b.here } : {}) })
    expect(shown(rows)).toEqual(expect.arrayContaining(['! C:\\x\\a: access denied (0x80070005)', 'C:\\x\\b\\f']))
  }
})

it('rm -r deletes 150,000 files', async () => {
  const many = Object.fromEntries(Array.from({ length: 150_000 }, (_, n) => [`f${n}`, '']))
  const b = await verbBench(endpointFiles({ x: many }))
  const steps = await b.plan(rm, { path: ['C:\\x'], recursive: true })
  expect(steps).toHaveLength(150_001)
}, 120_000)

it('a local folder that cannot be created fails only that directory, and the rest is fetched', async () => {
  const b = await verbBench(endpointFiles({ x: { bad: { f: '1' }, ok: { g: '2' } } }))
  const failing: LocalFiles = {
    ...localFiles,
    async folder(path, name) {
      const made = await localFiles.folder(path, name)
      return {
        ...made,
        folder: async wanted =>
          wanted === 'bad' ? await Promise.reject(new CbcError('io', 'bad: name too long')) : await made.folder(wanted),
      }
    },
  }
  const { rows } = await b.invoke(get, { remote: 'C:\\x', local: join(b.here, 'x'), recursive: true }, { local: failing })
  expect(shown(rows).sort()).toEqual(['! bad: name too long', 'C:\\x\\ok\\g'])
  expect(readdirSync(join(b.here, 'x', 'ok'))).toEqual(['g'])
})
