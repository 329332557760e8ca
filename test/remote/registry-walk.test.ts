import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withDeadline } from '../../src/core/abort.ts'
import { interrupted } from '../../src/core/errors.ts'
import { isUnread, walkKeys } from '../../src/remote/registry-walk.ts'
import { failure } from '../api/support.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const DENIED = 2147942405
const MISSING = 2147942402
type Tree = { [name: string]: Tree | number }

function endpoint(tree: Tree, takes = 0) {
  const find = (path: string) =>
    path
      .split('\\')
      .slice(1)
      .reduce<Tree | number | undefined>((at, name) => (typeof at === 'object' ? at[name] : undefined), tree)
  return bench({
    run(request) {
      const found = find('path' in request ? request.path : '')
      return { takes, result: typeof found === 'object' ? { sub_keys: Object.keys(found), values: [] } : { result_code: found ?? MISSING } }
    },
  })
}

const preOrder = (tree: Tree, path = 'HKLM'): string[] => [
  path,
  ...Object.entries(tree).flatMap(([name, below]) =>
    typeof below === 'object' ? preOrder(below, `${path}\\${name}`) : [`! ${path}\\${name}`],
  ),
]

async function walked(tree: Tree): Promise<string[]> {
  const b = endpoint(tree)
  const session = await b.open()
  return await b.run(
    (async () => {
      const seen: string[] = []
      for await (const key of walkKeys(session, 'HKLM', { signal: NEVER })) seen.push(isUnread(key) ? `! ${key.path}` : key.path)
      return seen
    })(),
  )
}

describe('walking the registry', () => {
  it("returns each key before its sub keys, in the endpoint's order, and continues past keys that cannot be read", async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd e', 'ü', 'z', 'y', 'x', 'w', 'v', 'u')
    const { tree } = fc.letrec<{ tree: Tree; node: Tree | number }>(tie => ({
      node: fc.oneof(
        { depthSize: 'small' },
        { weight: 1, arbitrary: fc.constantFrom(DENIED, MISSING) },
        { weight: 5, arbitrary: tie('tree') },
      ),
      tree: fc.dictionary(name, tie('node'), { maxKeys: 4, noNullPrototype: true }),
    }))
    await fc.assert(
      fc.asyncProperty(tree, async one => {
        expect(await walked(one)).toEqual(preOrder(one))
      }),
      { numRuns: 15 },
    )
  })

  it('ends after the maximum number of keys and says that the rest is left out', async () => {
    const b = endpoint(Object.fromEntries([...'abcdef'].map(name => [name, { x: {} }])))
    const session = await b.open()
    const seen: string[] = []
    await b.run(
      (async () => {
        for await (const key of walkKeys(session, 'HKLM', { signal: NEVER }, 4)) seen.push(isUnread(key) ? key.error.message : key.path)
      })(),
    )
    expect(seen).toEqual([
      'HKLM',
      'HKLM\\a',
      'HKLM\\a\\x',
      'HKLM\\b',
      'HKLM\\b\\x: more than 4 keys were found: this key and all that follow are left out',
    ])
  })

  it.each(['', '..\\..\\SYSTEM', 'a\\b'])('does not follow a name that no sub key can have: %j', async name => {
    const b = bench({
      run: request => ({
        result: 'path' in request && request.path === 'HKLM' ? { sub_keys: [name, 'b'], values: [] } : { sub_keys: [], values: [] },
      }),
    })
    const session = await b.open()
    const seen: string[] = []
    await b.run(
      (async () => {
        for await (const key of walkKeys(session, 'HKLM', { signal: NEVER })) seen.push(isUnread(key) ? key.error.message : key.path)
      })(),
    )
    expect(seen).toEqual(['HKLM', `HKLM: "${name}" is not a valid name of a sub key: it is empty or holds a backslash`, 'HKLM\\b'])
    expect(b.service.seen.map(({ body }) => (body as { path?: string } | undefined)?.path).filter(path => path !== undefined)).toEqual([
      'HKLM',
      'HKLM\\b',
    ])
  })

  it('continues past a key whose path is too long to be requested', async () => {
    const long = 'x'.repeat(11_000)
    const b = bench({
      run: request => ({
        result: 'path' in request && request.path === 'HKLM' ? { sub_keys: [long, 'b'], values: [] } : { sub_keys: [], values: [] },
      }),
    })
    const session = await b.open()
    const seen: unknown[] = []
    await b.run(
      (async () => {
        for await (const key of walkKeys(session, 'HKLM', { signal: NEVER })) seen.push(isUnread(key) ? key.error.code : key.path)
      })(),
    )
    expect(seen).toEqual(['HKLM', 'usage', 'HKLM\\b'])
  })

  it('fails when the first key cannot be read', async () => {
    const b = endpoint({})
    const session = await b.open()
    expect(await b.run(failure(walkKeys(session, 'HKLM\\Nope', { signal: NEVER }).next()))).toMatchObject({
      code: 'not_found',
      message: 'HKLM\\Nope: no such key or value (0x80070002)',
    })
  })

  it('stops at an error that does not come from the endpoint', async () => {
    const b = endpoint({ a: {}, b: {} })
    const session = await b.open()
    const walk = walkKeys(session, 'HKLM', { signal: NEVER })
    await b.run(walk.next())
    b.service.before = ({ method }) => (method === 'POST' ? { status: 401 } : undefined)
    expect(await b.run(failure(walk.next()))).toMatchObject({ code: 'auth' })
  })

  it('stops when it is interrupted', async () => {
    const b = endpoint({ a: {}, b: {} }, 10_000)
    const session = await b.open()
    const reason = interrupted()
    expect(
      await abortedWhen(
        b,
        signal => failure(walkKeys(session, 'HKLM', { signal }).next()),
        () => b.service.issued.length > 0,
        reason,
      ),
    ).toBe(reason)
  })

  it('sends nothing more once its reader stops', async () => {
    const b = endpoint(Object.fromEntries([...'abcdefghijklmnopqrst'].map(name => [name, {}])))
    const session = await b.open()
    const walk = walkKeys(session, 'HKLM', { signal: NEVER })
    await b.run(walk.next())
    await b.run(walk.next())
    await b.run(walk.return(undefined))
    await b.clock.pass(1000)
    const { length } = b.service.issued
    expect(length).toBeLessThan(15)
    await b.clock.pass(60_000)
    expect(b.service.issued.length).toBe(length)
  })
})

it('a registry walk waits for an unavailable service no longer than its deadline allows', async () => {
  const b = endpoint({})
  const session = await b.open()
  b.service.before = () => ({ status: 503, headers: { 'retry-after': '10' } })
  const { signal } = withDeadline(b.clock, 5000, 'all of it')
  const from = b.clock.monotonic()
  expect(await b.run(failure(walkKeys(session, 'HKLM', { signal }).next()))).toMatchObject({ code: 'network', facts: { http_status: 503 } })
  expect(b.clock.monotonic() - from).toBe(0)
})
