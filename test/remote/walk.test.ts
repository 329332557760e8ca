import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandRequest, FileEntry } from '../../src/api/live-response.ts'
import { meet, walk, type WalkOptions } from '../../src/remote/walk.ts'
import { failure } from '../api/support.ts'
import { bench, NEVER, type Bench } from './support.ts'

/** A directory's entries; a string is what it can't be read for, a number a file's size. */
interface Tree { [name: string]: Tree | number | 'link' | 'denied' }

const entry = (filename: string, node: Tree[string]): FileEntry => ({
  filename, size: typeof node === 'number' ? node : 0,
  attributes: typeof node === 'number' ? ['ARCHIVE'] : node === 'link' ? ['DIRECTORY', 'REPARSE_POINT'] : ['DIRECTORY'],
})

function endpoint(tree: Tree, takes = 10): Bench & { asked: string[] } {
  const asked: string[] = []
  const b = bench({
    run(request: CommandRequest) {
      if (request.name !== 'directory list') return {}
      asked.push(request.path)
      const found = request.path.split('\\').slice(1, -1).reduce<Tree[string] | undefined>((node, name) => (typeof node === 'object' ? node[name] : undefined), tree)
      if (found === undefined) return { takes, result: { result_code: 2147942403 } }
      if (typeof found !== 'object') return { takes, result: { result_code: 2147942405 } }
      return { takes, result: { files: [entry('.', {}), entry('..', {}), ...Object.entries(found).map(([name, node]) => entry(name, node))] } }
    },
  })
  return { ...b, asked }
}

async function visits(b: Bench, path = 'C:\\', options: WalkOptions = {}): Promise<string[]> {
  const session = await b.open()
  const all: string[] = []
  const read = async () => {
    for await (const { path: place, entries, error } of walk(session, path, options, { signal: NEVER })) all.push(`${place}: ${error?.code ?? entries.map(one => one.filename).join(' ')}`)
  }
  await b.run(read())
  return all
}

async function met(b: Bench): Promise<string[]> {
  const session = await b.open()
  const all: string[] = []
  const read = async () => {
    for await (const one of meet(walk(session, 'C:\\', {}, { signal: NEVER }))) all.push('error' in one ? `! ${one.path}` : `${one.depth} ${one.entry.path}${one.last ? ' last' : ''}`)
  }
  await b.run(read())
  return all
}

const TREE: Tree = { b: { x: 1, deep: { y: 2 } }, A: { z: 3 }, file: 4, locked: 'denied', jump: 'link' }

describe('a walk', () => {
  it('lists each directory before those in it, in the order of names, and goes on past what it can\'t read', async () => {
    const b = endpoint(TREE)
    expect(await visits(b)).toEqual(['C:\\: A b file jump locked', 'C:\\A: z', 'C:\\b: deep x', 'C:\\b\\deep: y', 'C:\\locked: remote'])
  })

  it('never follows links, except where it begins', async () => {
    const b = endpoint(TREE)
    await visits(b)
    expect(b.asked).not.toContain('C:\\jump\\')
    expect(await b.run(failure((async () => { for await (const _ of walk(await b.open(), 'C:\\jump', {}, { signal: NEVER })) continue })()))).toMatchObject({ code: 'remote' })
    expect(b.asked).toContain('C:\\jump\\')
  })

  it('goes no deeper than it is told', async () => {
    expect(await visits(endpoint(TREE), 'C:\\', { depth: 0 })).toEqual(['C:\\: A b file jump locked'])
    expect((await visits(endpoint(TREE), 'C:\\', { depth: 1 })).at(-2)).toBe('C:\\b: deep x')
  })

  it('that can\'t begin fails', async () => {
    const b = endpoint({})
    const session = await b.open()
    const read = async () => { for await (const _ of walk(session, 'C:\\no', {}, { signal: NEVER })) continue }
    expect(await b.run(failure(read()))).toMatchObject({ code: 'not_found', message: 'C:\\no: no such directory' })
  })

  it('does not go where a name that is none would lead', async () => {
    const b = endpoint({ '..\\x': { y: 1 }, ok: 1 })
    expect(await visits(b)).toEqual(['C:\\: remote'])
    expect(b.asked).toEqual(['C:\\'])
  })

  it('keeps several commands in flight', async () => {
    const b = endpoint(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`d${n}`, {}])), 1000)
    const session = await b.open()
    let most = 0
    b.service.before = ({ method }) => {
      const { commands } = b.service.last
      if (method === 'POST') most = Math.max(most, commands.filter(({ ends }) => ends > b.clock.now()).length + 1)
      return undefined
    }
    const read = async () => { for await (const _ of walk(session, 'C:\\', {}, { signal: NEVER })) continue }
    await b.run(read())
    expect(most).toBe(8)
  })

  it('that is left takes its commands back', async () => {
    const b = endpoint(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`d${n}`, {}])), 1000)
    const session = await b.open()
    const read = async () => {
      let n = 0
      for await (const _ of walk(session, 'C:\\', {}, { signal: NEVER })) if (++n === 3) break
    }
    await b.run(read())
    expect(b.asked.length).toBeLessThan(14)
    expect(b.service.last.commands.filter(({ command }) => command.status === 'CANCELLED').length).toBeGreaterThan(3)
    expect(b.clock.sleeping).toBe(0)
  })
})

it('meets each entry before what is in it', async () => {
  expect(await met(endpoint(TREE))).toEqual([
    '1 C:\\A', '2 C:\\A\\z last', '1 C:\\b', '2 C:\\b\\deep', '3 C:\\b\\deep\\y last', '2 C:\\b\\x last', '1 C:\\file', '1 C:\\jump', '1 C:\\locked last', '! C:\\locked',
  ])
})

it('meets everything once, in the same order as one command after the other, whatever the tree', async () => {
  const trees = fc.letrec<{ tree: Tree, node: Tree[string] }>(tie => ({
    tree: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), tie('node'), { maxKeys: 5 }) as fc.Arbitrary<Tree>,
    node: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, fc.constant(1), fc.constant('link' as const), fc.constant('denied' as const), tie('tree')),
  })).tree
  const expected = (tree: Tree, path: string, depth: number): string[] => Object.keys(tree).sort().flatMap((name, at, all) => {
    const node = tree[name]
    const here = `${depth} ${path}${name}${at === all.length - 1 ? ' last' : ''}`
    return [here, ...(typeof node === 'object' ? expected(node, `${path}${name}\\`, depth + 1) : node === 'denied' ? [`! ${path}${name}`] : [])]
  })
  await fc.assert(fc.asyncProperty(trees, fc.integer({ min: 0, max: 50 }), async (tree, takes) => {
    expect(await met(endpoint({ ...tree }, takes))).toEqual(expected(tree, 'C:\\', 1))
  }), { numRuns: 25 })
})
