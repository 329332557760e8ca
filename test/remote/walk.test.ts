import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandRequest, FileEntry } from '../../src/api/live-response.ts'
import { RemotePaths } from '../../src/remote/paths.ts'
import type { RemoteSession } from '../../src/remote/session.ts'
import { byName, walk, type Visited, type WalkOptions } from '../../src/remote/walk.ts'
import { walkedEntries } from '../../src/remote/walk-entries.ts'
import type { Entry } from '../../src/remote/normalize.ts'
import { withDeadline } from '../../src/core/abort.ts'
import { CbcError, usage } from '../../src/core/errors.ts'
import { failure } from '../api/support.ts'
import { bench, NEVER, type Bench } from './support.ts'

/**
 * A directory's entries: a number is a file's size, 'denied' an unreadable directory, 'link' one that leads elsewhere, 'old' a junction
 * that Windows has for old programs, a list a OneDrive folder.
 */
interface Tree {
  [name: string]: Tree | [Tree] | number | 'link' | 'denied' | 'old'
}
type Node = Tree[string]

const LINK = ['DIRECTORY', 'REPARSE_POINT']
const attributes = (node: Node) =>
  typeof node === 'number'
    ? ['ARCHIVE']
    : node === 'old'
      ? [...LINK, 'HIDDEN', 'SYSTEM']
      : node === 'link' || Array.isArray(node)
        ? LINK
        : ['DIRECTORY']
const entry = (filename: string, node: Node): FileEntry => ({
  filename,
  size: typeof node === 'number' ? node : 0,
  attributes: attributes(node),
})
const inside = (node: Node | undefined, name: string): Node | undefined =>
  Array.isArray(node) ? node[0][name] : typeof node === 'object' ? node[name] : undefined

function endpoint(tree: Tree, takes = 10): Bench & { asked: string[] } {
  const asked: string[] = []
  const b = bench({
    run(request: CommandRequest) {
      if (request.name !== 'directory list') return {}
      asked.push(request.path)
      const found = request.path.split('\\').slice(1, -1).reduce<Node | undefined>(inside, tree)
      if (found === undefined) return { takes, result: { result_code: 2147942403 } }
      if (found === 'link') return { takes, result: { files: [entry('.', {}), entry('..', {}), entry('theirs', 1)] } }
      if (typeof found !== 'object') return { takes, result: { result_code: 2147942405 } }
      const there = Object.entries(Array.isArray(found) ? found[0] : found).map(([name, node]) => entry(name, node))
      return { takes, result: { files: request.path === 'C:\\' ? there : [entry('.', found), entry('..', {}), ...there] } }
    },
  })
  return { ...b, asked }
}

async function visits(b: Pick<Bench, 'open' | 'run'>, path = 'C:\\', options: WalkOptions = {}): Promise<string[]> {
  const session = await b.open()
  const all: string[] = []
  const read = async () => {
    for await (const { path: place, entries, error, link } of walk(session, path, options, { signal: NEVER }))
      all.push(`${place}: ${error?.code ?? (link ? 'link' : undefined) ?? entries.map(one => one.filename).join(' ')}`)
  }
  await b.run(read())
  return all
}

async function met(b: Bench): Promise<string[]> {
  const session = await b.open()
  const all: string[] = []
  const read = async () => {
    for await (const one of walkedEntries(walk(session, 'C:\\', {}, { signal: NEVER })))
      all.push('error' in one ? `! ${one.path}` : `${one.depth} ${one.entry.path}${one.last ? ' last' : ''}`)
  }
  await b.run(read())
  return all
}

const TREE: Tree = { b: { x: 1, deep: { y: 2 } }, A: { z: 3 }, file: 4, locked: 'denied', jump: 'link' }

describe('a walk', () => {
  it('lists each directory before its sub directories, sorted by name, and continues past what it cannot read', async () => {
    const b = endpoint(TREE)
    expect(await visits(b)).toEqual([
      'C:\\: A b file jump locked',
      'C:\\A: z',
      'C:\\b: deep x',
      'C:\\b\\deep: y',
      'C:\\jump: link',
      'C:\\locked: remote',
    ])
  })

  it('never follows links, except at its start', async () => {
    expect(await visits(endpoint({ a: { jump: 'link' } }))).toEqual(['C:\\: a', 'C:\\a: jump', 'C:\\a\\jump: link'])
    expect(await visits(endpoint(TREE), 'C:\\jump')).toEqual(['C:\\jump: theirs'])
    expect(await visits(endpoint(TREE), 'C:\\jump', { entry: { ...entry('jump', 'link'), path: 'C:\\jump' } as Entry })).toEqual([
      'C:\\jump: link',
    ])
  })

  it('enters reparse points that are not links, such as OneDrive folders', async () => {
    expect(await visits(endpoint({ OneDrive: [{ Docs: [{ x: 1 }], top: 2 }] }))).toEqual([
      'C:\\: OneDrive',
      'C:\\OneDrive: Docs top',
      'C:\\OneDrive\\Docs: x',
    ])
  })

  it('treats a reparse point to a drive\'s root, which has no "." entry, as a link', async () => {
    const b = bench({
      run: request => ({
        result: { files: 'path' in request && request.path === 'C:\\' ? [entry('mount', 'link')] : [entry('theirs', 1)] },
      }),
    })
    expect(await visits(b)).toEqual(['C:\\: mount', 'C:\\mount: link'])
  })

  it("reports a reparse point that cannot be read, unless it is one of Windows' own junctions", async () => {
    const b = bench({
      run: request =>
        'path' in request && request.path === 'C:\\'
          ? { result: { files: [entry('a', 'link'), entry('b', 'old')] } }
          : { result: { result_code: 2147942405 } },
    })
    expect(await visits(b)).toEqual(['C:\\: a b', 'C:\\a: remote', 'C:\\b: link'])
  })

  it("reports one of Windows' own junctions that cannot be read for another reason than a missing right", async () => {
    const b = bench({
      run: request =>
        'path' in request && request.path === 'C:\\' ? { result: { files: [entry('b', 'old')] } } : { result: { result_code: 2147942432 } },
    })
    expect(await visits(b)).toEqual(['C:\\: b', 'C:\\b: remote'])
  })

  it.each(['auth', 'network'] as const)('ends with a failure that does not concern one directory only: %s', async code => {
    const b = endpoint({ a: { x: 1 } })
    const session = await b.open()
    const { issue } = session
    session.issue = async (request, options) => {
      if ('path' in request && request.path === 'C:\\a\\') throw new CbcError(code, 'down')
      return await issue.call(session, request, options)
    }
    const read = async () => {
      for await (const _ of walk(session, 'C:\\', {}, { signal: NEVER })) continue
    }
    expect(await b.run(failure(read()))).toMatchObject({ code, message: 'down' })
  })

  it('lists names in order, in any case', async () => {
    expect(await visits(endpoint({ B: 1, a: 1, C: 1, b: 1, A: 1 }))).toEqual(['C:\\: A a B b C'])
  })

  it('goes no deeper than it is told', async () => {
    expect(await visits(endpoint(TREE), 'C:\\', { depth: 0 })).toEqual(['C:\\: A b file jump locked'])
    expect((await visits(endpoint(TREE), 'C:\\', { depth: 1 })).at(-3)).toBe('C:\\b: deep x')
  })

  it('that cannot begin fails', async () => {
    const b = endpoint({})
    const session = await b.open()
    const read = async () => {
      for await (const _ of walk(session, 'C:\\no', {}, { signal: NEVER })) continue
    }
    expect(await b.run(failure(read()))).toMatchObject({ code: 'not_found', message: 'C:\\no: no such directory (0x80070003)' })
  })

  it('shows an impossible name with its error and without a path, does not follow it, and continues', async () => {
    const b = endpoint({ '..\\x': { y: 1 }, 'a/b': 1, ok: { z: 1 } })
    const session = await b.open()
    const all: Visited[] = []
    const read = async () => {
      for await (const visited of walk(session, 'C:\\', {}, { signal: NEVER })) all.push(visited)
    }
    await b.run(read())
    expect(all.map(({ path, error }) => [path, error])).toEqual([
      ['C:\\', undefined],
      ['C:\\ok', undefined],
    ])
    expect(all[0]?.entries.map(({ filename, path, error }) => [filename, path, error?.message])).toEqual([
      ['..\\x', 'C:\\', 'C:\\: lists "..\\x", which can\'t be the name of a file there'],
      ['a/b', 'C:\\', 'C:\\: lists "a/b", which can\'t be the name of a file there'],
      ['ok', 'C:\\ok', undefined],
    ])
    expect(b.asked).toEqual(['C:\\', 'C:\\ok\\'])
  })

  it('keeps several commands in flight', async () => {
    const b = endpoint(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`d${n}`, {}])), 1000)
    const session = await b.open()
    let most = 0
    b.service.before = ({ method }) => {
      const { commands } = b.service.last
      if (method === 'POST') most = Math.max(most, commands.filter(({ ends }) => ends > b.clock.monotonic()).length + 1)
      return undefined
    }
    const read = async () => {
      for await (const _ of walk(session, 'C:\\', {}, { signal: NEVER })) continue
    }
    await b.run(read())
    expect(most).toBe(8)
  })

  it('that is left early cancels its commands', async () => {
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

/** A session that answers at once, because the walk is tested rather than the connection. */
function immediate(list: (path: string) => FileEntry[]): RemoteSession {
  const paths = new RemotePaths(true)
  const issue = async ({ path }: { path: string }, { item }: { item: (raw: unknown) => unknown }) => ({ files: list(path).map(item) })
  return { paths, device: { id: 1 }, issue } as unknown as RemoteSession
}

/** Counts the entries of a walk, and collects its failures. */
async function counted(session: RemoteSession, options: WalkOptions = {}): Promise<{ count: number; errors: string[] }> {
  const errors: string[] = []
  let count = 0
  for await (const one of walkedEntries(walk(session, 'C:\\', options, { signal: NEVER }))) {
    if ('error' in one) errors.push(one.error.message)
    else count += 1
  }
  return { count, errors }
}

it('entries are in the order of their names in lower case, whatever is in them', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', 'A', 'b', 'Z', '_', '[', '1', ' ', 'é', 'É', 'Σ', 'ς', 'İ', 'ß', '😀'),
    maxLength: 4,
  })
  fc.assert(
    fc.property(name, name, (a, b) => {
      const [left, right] = [a.toLowerCase(), b.toLowerCase()]
      const expected = left === right ? (a < b ? -1 : 1) : left < right ? -1 : 1
      expect(Math.sign(byName({ filename: a } as Entry, { filename: b } as Entry))).toBe(expected)
    }),
    { numRuns: 1000 },
  )
})

describe('a walk over a huge tree', () => {
  it('omits none of 150,000 sub directories with one file each', async () => {
    const top = Array.from({ length: 150_000 }, (_, n) => entry(`${n + 100_000}`, {}))
    expect(await counted(immediate(path => (path === 'C:\\' ? top : [entry('x', 1)])))).toEqual({ count: 300_000, errors: [] })
  }, 120_000)

  it('handles a million entries', async () => {
    const one = { ...entry('x', 1), path: 'C:\\x' } as Entry
    const walked = (async function* (): AsyncGenerator<Visited> {
      yield { path: 'C:\\', depth: 0, entries: Array.from({ length: 1_000_000 }, () => one), into: new Set() }
    })()
    let count = 0
    for await (const _ of walkedEntries(walked)) count += 1
    expect(count).toBe(1_000_000)
  })

  it('reaches the bottom of a tree 3,000 levels deep', async () => {
    expect(await counted(immediate(path => (path.length < 3 + 2 * 3000 ? [entry('d', {})] : [entry('x', 1)])))).toEqual({
      count: 3001,
      errors: [],
    })
  })

  it('stops in an endless tree, and says so', async () => {
    const { count, errors } = await counted(immediate(() => [entry('d', {}), entry('x', 1)]))
    expect(count).toBe(2 * 4001)
    expect(errors).toEqual([
      expect.stringMatching(/^C:\\(d\\)+d: deeper than 4000 directories, and not read: the tree seems to have no end$/),
    ])
  })

  it('stops at the maximum number of directories, says so once, and returns what it has', async () => {
    const { count, errors } = await counted(
      immediate(() => [entry('d', {}), entry('e', {})]),
      { most: 1000, depth: 12 },
    )
    expect(count).toBe(2000)
    expect(errors).toEqual([expect.stringContaining('stopped after 1000 directories') as string])
  })

  it('continues after a path that is too long to be requested', async () => {
    const session = immediate(path => {
      if (path.startsWith('C:\\long')) throw usage(`${path}: too long`)
      return path === 'C:\\' ? [entry('long', {}), entry('ok', {})] : [entry('x', 1)]
    })
    expect(await counted(session)).toEqual({ count: 3, errors: ['C:\\long\\: too long'] })
  })
})

it('a walk returns each entry before what is in it', async () => {
  expect(await met(endpoint(TREE))).toEqual([
    '1 C:\\A',
    '2 C:\\A\\z last',
    '1 C:\\b',
    '2 C:\\b\\deep',
    '3 C:\\b\\deep\\y last',
    '2 C:\\b\\x last',
    '1 C:\\file',
    '1 C:\\jump',
    '1 C:\\locked last',
    '! C:\\locked',
  ])
})

it('a walk returns everything once, in the order of sequential commands, whatever the tree', async () => {
  const trees = fc.letrec<{ tree: Tree; node: Node }>(tie => ({
    tree: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), tie('node'), { maxKeys: 5 }) as fc.Arbitrary<Tree>,
    node: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.constant(1),
      fc.constant('link' as const),
      fc.constant('denied' as const),
      tie('tree'),
      fc.tuple(tie('tree')),
    ),
  })).tree
  const expected = (tree: Tree, path: string, depth: number): string[] =>
    Object.keys(tree)
      .sort()
      .flatMap((name, at, all) => {
        const node = tree[name]
        const here = `${depth} ${path}${name}${at === all.length - 1 ? ' last' : ''}`
        return [
          here,
          ...(typeof node === 'object'
            ? expected(Array.isArray(node) ? node[0] : node, `${path}${name}\\`, depth + 1)
            : node === 'denied'
              ? [`! ${path}${name}`]
              : []),
        ]
      })
  await fc.assert(
    fc.asyncProperty(trees, fc.integer({ min: 0, max: 50 }), async (tree, takes) => {
      expect(await met(endpoint({ ...tree }, takes))).toEqual(expected(tree, 'C:\\', 1))
    }),
    { numRuns: 25 },
  )
})

it('a walk waits for an unavailable service no longer than its deadline allows', async () => {
  const b = endpoint({})
  const session = await b.open()
  b.service.before = () => ({ status: 503, headers: { 'retry-after': '10' } })
  const { signal } = withDeadline(b.clock, 5000, 'all of it')
  const from = b.clock.monotonic()
  expect(await b.run(failure(walk(session, 'C:\\', {}, { signal }).next()))).toMatchObject({ code: 'network', facts: { http_status: 503 } })
  expect(b.clock.monotonic() - from).toBe(0)
})
