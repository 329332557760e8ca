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
    ['with -S, largest first', { bySize: true }, ['a.txt', 'c.txt', 'b.txt']],
    ['with -t, newest first', { byTime: true }, ['b.txt', 'a.txt', 'c.txt']],
    ['with -t -r, oldest first', { byTime: true, reverse: true }, ['c.txt', 'a.txt', 'b.txt']],
  ])('%s', async (_, input, names) => {
    expect(await listed(input)).toEqual(names)
  })

  it('without . and .., which -a adds', async () => {
    expect(await listed({ all: true })).toEqual(['.', '..', 'a.txt', 'b.txt', 'c.txt'])
  })

  it.each([
    ['the names of one directory', { path: ['C:\\x'] }, 'filename'],
    ['paths where several are asked for', { path: ['C:\\x', 'C:\\x'] }, 'path'],
    ['paths below a directory', { path: ['C:\\x'], recursive: true }, 'path'],
    ['paths where a directory is a pattern', { path: ['C:\\*\\*.txt'] }, 'path'],
  ])('%s', async (_, input, key) => {
    const { result } = await (await verbBench(endpointFiles(FILES))).invoke(ls, input)
    expect(result.kind === 'list' ? result.columns.map(column => column.key) : []).toContain(key)
  })

  it('in one order only', async () => {
    for (const input of [
      { byTime: true, bySize: true },
      { sort: 'name', byTime: true },
      { sort: 'name', bySize: true },
    ])
      await expect(listed(input)).rejects.toThrow('ls: --sort, -t and -S exclude each other')
  })
})
