import { expect, it } from 'vitest'
import type { Row } from '../../../src/core/result.ts'
import { tree } from '../../../src/verbs/file/tree.ts'
import { CLOUD, endpointFiles, type Tree } from '../../support/endpoint-files.ts'
import { verbBench } from '../../support/verb.ts'

const FILES: Tree = {
  x: {
    a: { b: { 'c.txt': '1' } },
    cloud: { is: { 'kept.txt': '2' }, attributes: CLOUD },
    link: { is: { 'theirs.txt': '3' }, attributes: CLOUD, link: true },
    'z.txt': '4',
  },
}

async function drawn(input: Record<string, unknown>): Promise<string[]> {
  const b = await verbBench(endpointFiles(FILES))
  const { result, rows } = await b.invoke(tree, { path: 'C:\\x', ...input })
  if (result.kind !== 'list' || result.drawn === undefined) throw new Error('nothing is drawn')
  const { heading, line } = result.drawn
  return [heading ?? '', ...rows.flatMap((row: Row) => line(row, 80))]
}

it('tree draws branches, marks directories and links, and does not follow links', async () => {
  expect(await drawn({})).toEqual([
    'C:\\x',
    '├── a\\',
    '│   └── b\\',
    '│       └── c.txt',
    '├── cloud\\ (reparse point)',
    '│   └── kept.txt',
    '├── link\\ (reparse point)',
    '└── z.txt',
  ])
})

it('tree draws no deeper than asked for, and only directories when asked', async () => {
  expect(await drawn({ maxDepth: 1, directories: true })).toEqual([
    'C:\\x',
    '├── a\\',
    '├── cloud\\ (reparse point)',
    '└── link\\ (reparse point)',
  ])
})
