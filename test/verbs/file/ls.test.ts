import { describe, expect, it } from 'vitest'
import { ls } from '../../../src/verbs/file/ls.ts'
import { endpointFiles } from '../../support/endpoint-files.ts'
import { verbBench } from '../../support/verb.ts'

const FILES = {
  x: {
    'b.txt': { is: '1', last_write_time: '2024-03-01T00:00:00Z' },
    'a.txt': { is: '333', last_write_time: '2024-02-01T00:00:00Z' },
    'c.txt': { is: '22', last_write_time: '2024-01-01T00:00:00Z' },
  },
}

async function listed(input: Record<string, unknown>): Promise<unknown[]> {
  const b = await verbBench(endpointFiles(FILES))
  return (await b.invoke(ls, { path: ['C:\\x'], ...input })).rows.map(({ filename }) => filename)
}

describe('ls lists', () => {
  it.each([
    ['by name', {}, ['a.txt', 'b.txt', 'c.txt']],
    ['by name, reversed', { reverse: true }, ['c.txt', 'b.txt', 'a.txt']],
    ['by size, smallest first', { sort: 'size' }, ['b.txt', 'c.txt', 'a.txt']],
    ['by size, largest first', { sort: 'size', reverse: true }, ['a.txt', 'c.txt', 'b.txt']],
    ['by time, oldest first', { sort: 'time' }, ['c.txt', 'a.txt', 'b.txt']],
    ['by time, newest first', { sort: 'time', reverse: true }, ['b.txt', 'a.txt', 'c.txt']],
  ])('%s', async (_, input, names) => {
    expect(await listed(input)).toEqual(names)
  })

  it('without . and .., which -a adds', async () => {
    expect(await listed({ all: true })).toEqual(['.', '..', 'a.txt', 'b.txt', 'c.txt'])
  })
})
