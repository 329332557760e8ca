import { describe, expect, it } from 'vitest'
import { differenceColumns, differences, snapshotOf, updated, type Identity } from '../../src/core/difference.ts'
import { CbcError } from '../../src/core/errors.ts'
import type { Row } from '../../src/core/result.ts'

const FILES: Identity = { key: ['path'], ignored: ['last_access_time'] }
const PROCESSES: Identity = { key: ['pid', 'started'] }
const denied = (path: string): Row => ({ path, error: new CbcError('remote', 'access denied') })

async function between(before: Row[], after: Row[], identity: Identity): Promise<Row[]> {
  return [...differences(await snapshotOf(before, identity), await snapshotOf(after, identity), identity)]
}

it('says what is new, what is gone, and which fields changed', async () => {
  const before = [
    { path: 'C:\\a', size: 1, attributes: ['ARCHIVE'] },
    { path: 'C:\\b', size: 1 },
  ]
  const after = [
    { path: 'C:\\a', size: 2, attributes: ['ARCHIVE', 'HIDDEN'] },
    { path: 'C:\\c', size: 1 },
  ]
  expect(await between(before, after, FILES)).toEqual([
    {
      change: 'changed',
      path: 'C:\\a',
      size: 2,
      attributes: ['ARCHIVE', 'HIDDEN'],
      changes: [
        { field: 'size', before: 1, after: 2 },
        { field: 'attributes', before: ['ARCHIVE'], after: ['ARCHIVE', 'HIDDEN'] },
      ],
    },
    { change: 'new', path: 'C:\\c', size: 1 },
    { change: 'gone', path: 'C:\\b', size: 1 },
  ])
})

it('an access that only looked at a file is no change, and neither is a field that is missing in place of null', async () => {
  expect(await between([{ path: 'x', last_access_time: 1, size: null }], [{ path: 'x', last_access_time: 2 }], FILES)).toEqual([])
})

it('a pid that is used again is one process gone and another new', async () => {
  const rows = await between([{ pid: 4, started: 1, name: 'a' }], [{ pid: 4, started: 2, name: 'a' }], PROCESSES)
  expect(rows.map(({ change, started }) => [change, started])).toEqual([
    ['new', 2],
    ['gone', 1],
  ])
})

it('different rows with one key are told apart, and a row that comes twice is one thing', async () => {
  const two = [
    { pid: null, name: 'a' },
    { pid: null, name: 'b' },
  ]
  expect(await between(two, [...two, { pid: null, name: 'c' }], PROCESSES)).toEqual([{ change: 'new', pid: null, name: 'c' }])
  expect((await snapshotOf([{ path: 'x' }, { path: 'x' }], FILES)).things.size).toBe(1)
})

it('fields of the endpoint that are called as ours do not replace what is said', async () => {
  expect(await between([], [{ path: 'x', change: 'nothing', changes: [] }], FILES)).toMatchObject([{ change: 'new' }])
})

describe('what could not be read', () => {
  const known = [{ path: 'C:\\a' }, { path: 'C:\\a\\in' }, { path: 'C:\\ab' }]

  it('is not gone, at and below its path and nowhere else', async () => {
    expect(await between(known, [denied('C:\\a')], FILES)).toEqual([{ change: 'gone', path: 'C:\\ab' }])
    expect(await between([{ path: 'C:\\x' }], [denied('C:\\')], FILES)).toEqual([])
    expect(await between(known, [{ error: new CbcError('remote', 'no idea where') }], FILES)).toEqual([])
  })

  it('is not new where it can be read later, unless it was known to be readable', async () => {
    expect(await between([denied('C:\\a')], known, FILES)).toEqual([{ change: 'new', path: 'C:\\ab' }])
    const [first, denial, later] = await Promise.all(
      [known, [denied('C:\\a'), { path: 'C:\\ab' }], [...known, { path: 'C:\\a\\more' }]].map(rows => snapshotOf(rows, FILES)),
    )
    const kept = updated(first as never, denial as never)
    expect([...differences(kept, later as never, FILES)]).toEqual([{ change: 'new', path: 'C:\\a\\more' }])
  })
})

it('a table shows the changes beneath what matters most', () => {
  const [change, , changes] = differenceColumns([{ key: 'path', evidence: true }])
  expect([change?.key, changes?.beneath]).toEqual(['change', 'path'])
  expect(
    changes?.text?.({
      changes: [
        { field: 'size', before: null, after: 2 },
        { field: 'to', before: [1], after: '' },
      ],
    }),
  ).toBe('size: (none) -> 2; to: [1] -> (none)')
})
