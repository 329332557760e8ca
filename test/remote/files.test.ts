import { describe, expect, it } from 'vitest'
import type { Command, CommandRequest, FileEntry } from '../../src/api/live-response.ts'
import { matching } from '../../src/remote/expand.ts'
import { list, makeDirectory, remove, stat, statIfThere } from '../../src/remote/files.ts'
import { failure } from '../api/support.ts'
import { DEVICE, LINUX } from '../support/service.ts'
import { bench, NEVER, type Bench } from './support.ts'

const AT = { signal: NEVER }
const dir = (filename: string): FileEntry => ({ filename, size: 0, attributes: ['DIRECTORY'] })
const file = (filename: string, size = 1, alternate_name = ''): FileEntry => ({ filename, size, attributes: ['ARCHIVE'], alternate_name })
const DOTS = [dir('.'), dir('..')]
const NOT_FOUND = { result_code: 2147942402 }
const NO_PATH = { result_code: 2147942403 }

/** An endpoint that answers "directory list" by path, and accepts everything else. */
function endpoint(places: Record<string, FileEntry[] | Partial<Command>>, session = {}): Bench & { asked: string[] } {
  const asked: string[] = []
  const b = bench({
    session,
    run(request: CommandRequest) {
      if (!('path' in request)) return {}
      asked.push(`${request.name} ${request.path}`)
      if (request.name !== 'directory list') return {}
      const found = places[request.path] ?? NOT_FOUND
      return { result: Array.isArray(found) ? { files: found } : found }
    },
  })
  return { ...b, asked }
}

describe('listing', () => {
  it('a directory asks for its content and returns full paths', async () => {
    const b = endpoint({ 'C:\\demo\\': [...DOTS, file('a.txt', 42), dir('sub')] })
    const session = await b.open()
    const entries = await b.run(list(session, 'C:\\demo', false, AT))
    expect(entries.map(({ path, size }) => [path, size])).toEqual([
      ['C:\\demo\\a.txt', 42],
      ['C:\\demo\\sub', 0],
    ])
    expect((await b.run(list(session, 'C:\\demo\\', true, AT))).map(({ path, error }) => [path, error])).toEqual([
      ['C:\\demo', undefined],
      ['C:\\', undefined],
      ['C:\\demo\\a.txt', undefined],
      ['C:\\demo\\sub', undefined],
    ])
    expect(new Set(b.asked)).toEqual(new Set(['directory list C:\\demo\\']))
  })

  it('takes on its form entry by entry as it comes, so that it is never held twice', async () => {
    const session = await endpoint({}).open()
    const made: unknown[] = []
    // A session that hands over the entries as they come, and returns what was made of them.
    session.issue = async (_, { item }) => {
      made.push(item?.(dir('.')), item?.(file('a.txt')))
      return { id: 1, name: 'directory list', status: 'COMPLETE', files: made as FileEntry[] }
    }
    const [only] = await list(session, 'C:\\demo', false, AT)
    expect(only).toBe(made[1])
    expect(only).toMatchObject({ filename: 'a.txt', path: 'C:\\demo\\a.txt', attributes: ['ARCHIVE'] })
  })

  it('the root works', async () => {
    const b = endpoint({ 'C:\\': [file('x')] })
    expect((await b.run(list(await b.open(), 'C:\\', false, AT))).map(({ path }) => path)).toEqual(['C:\\x'])
  })

  it('a pattern works', async () => {
    const b = endpoint({ 'C:\\demo\\*.exe': [file('a.exe'), file('b.exe')], 'C:\\demo\\*': [...DOTS, file('a.exe')] })
    const session = await b.open()
    expect((await b.run(list(session, 'C:\\demo\\*.exe', false, AT))).map(({ path }) => path)).toEqual([
      'C:\\demo\\a.exe',
      'C:\\demo\\b.exe',
    ])
    expect((await b.run(list(session, 'C:\\demo\\*', false, AT))).map(({ path }) => path)).toEqual(['C:\\demo\\a.exe'])
  })

  it.each([
    ['PATH_NOT_FOUND', NO_PATH],
    ['DIRECTORY', { result_code: 0x8007010b | 0 }],
  ])('a file returns its own entry when the endpoint answers %s', async (_, answer) => {
    const b = endpoint({ 'C:\\demo\\a.txt\\': answer, 'C:\\demo\\a.txt': [file('a.txt', 7)] })
    expect(await b.run(list(await b.open(), 'C:\\demo\\a.txt', false, AT))).toMatchObject([{ path: 'C:\\demo\\a.txt', size: 7 }])
  })

  it('a file with a separator after its name is an error', async () => {
    const b = endpoint({ 'C:\\a.txt\\': NO_PATH, 'C:\\a.txt': [file('a.txt')] })
    expect(await b.run(failure(list(await b.open(), 'C:\\a.txt\\', false, AT)))).toMatchObject({
      code: 'not_found',
      facts: { result_code: 2147942403 },
    })
    expect(b.asked).toHaveLength(1)
  })

  it('what does not exist is "not found"', async () => {
    const b = endpoint({ 'C:\\no\\': NO_PATH })
    expect(await b.run(failure(list(await b.open(), 'C:\\no', false, AT)))).toMatchObject({
      code: 'not_found',
      message: 'C:\\no: no such file or directory (0x80070002)',
      facts: { device_id: DEVICE },
    })
  })

  it("what may not be read reports the endpoint's error after one request", async () => {
    const b = endpoint({ 'C:\\secret\\': { result_code: 2147942405 } })
    expect(await b.run(failure(list(await b.open(), 'C:\\secret', false, AT)))).toMatchObject({
      code: 'remote',
      message: 'C:\\secret: access denied (0x80070005)',
    })
    expect(b.asked).toHaveLength(1)
  })

  it('does not take a missing list for an empty one', async () => {
    const b = endpoint({ 'C:\\empty\\': { files: null } })
    expect(await b.run(list(await b.open(), 'C:\\empty', false, AT))).toEqual([])
  })

  it('works on other systems', async () => {
    const b = endpoint({ '/etc/': [...DOTS, file('hosts')], '/': [...DOTS, dir('etc')] }, LINUX)
    const session = await b.open()
    expect((await b.run(list(session, '/etc', true, AT))).map(({ path }) => path)).toEqual(['/etc', '/', '/etc/hosts'])
    expect((await b.run(list(session, '/', true, AT))).map(({ path }) => path)).toEqual(['/', '/', '/etc'])
  })
})

describe('one entry', () => {
  it('is asked for without the separator', async () => {
    const b = endpoint({ 'C:\\Users': [dir('Users')], 'C:\\demo\\a.txt': [file('A.TXT', 9)] })
    const session = await b.open()
    expect(await b.run(stat(session, 'C:\\Users\\', AT))).toMatchObject({ path: 'C:\\Users', attributes: ['DIRECTORY'] })
    expect(await b.run(stat(session, 'C:\\demo\\a.txt', AT))).toMatchObject({ filename: 'A.TXT', path: 'C:\\demo\\A.TXT', size: 9 })
    expect(b.asked).toEqual(['directory list C:\\Users', 'directory list C:\\demo\\a.txt'])
  })

  it('is found by its short name', async () => {
    const b = endpoint({ 'C:\\demo\\HELLO_~1.TXT': [file('other'), file('hello_world.txt', 42, 'HELLO_~1.TXT')] })
    expect(await b.run(stat(await b.open(), 'C:\\demo\\HELLO_~1.TXT', AT))).toMatchObject({ filename: 'hello_world.txt', size: 42 })
  })

  it('is the dot entry when the endpoint lists the directory anyway', async () => {
    const b = endpoint({ 'C:\\demo': [{ ...dir('.'), create_time: 1633641186 }, dir('..'), file('a')] })
    expect(await b.run(stat(await b.open(), 'C:\\demo', AT))).toMatchObject({
      filename: 'demo',
      path: 'C:\\demo',
      create_time: '2021-10-07T21:13:06Z',
    })
  })

  it('of a root has the name of the root', async () => {
    const b = endpoint({ 'C:\\': [dir('Windows')], '\\\\srv\\share\\': [dir('.'), dir('x')] })
    const session = await b.open()
    expect(await b.run(stat(session, 'C:\\', AT))).toMatchObject({ filename: 'C:\\', path: 'C:\\', attributes: ['DIRECTORY'] })
    expect(await b.run(stat(session, '\\\\srv\\share', AT))).toMatchObject({ path: '\\\\srv\\share\\', attributes: ['DIRECTORY'] })
  })

  it('of something else is not what follows a pattern, though a single path accepts it', async () => {
    const b = endpoint({ 'C:\\Users\\*': [dir('alice')], 'C:\\Users\\alice\\todo.txt': [dir('alice')] })
    const session = await b.open()
    expect(await b.run(stat(session, 'C:\\Users\\alice\\todo.txt', AT))).toMatchObject({ filename: 'alice' })
    expect(await b.run(failure(matching(session, 'C:\\Users\\*\\todo.txt', AT)))).toMatchObject({
      code: 'not_found',
      message: 'C:\\Users\\*\\todo.txt: nothing matches this pattern',
    })
  })

  it('is never taken for what a pattern matches', async () => {
    const b = endpoint({ 'C:\\demo\\*.txt': [file('only.txt')] })
    expect(await b.run(failure(stat(await b.open(), 'C:\\demo\\*.txt', AT)))).toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['', []],
    ['other names', [file('x'), file('y')]],
  ])("that is missing from the endpoint's answer is not found: %s", async (_, files) => {
    const b = endpoint({ 'C:\\a': files })
    const session = await b.open()
    expect(await b.run(failure(stat(session, 'C:\\a', AT)))).toMatchObject({
      code: 'not_found',
      message: 'C:\\a: no such file or directory',
      facts: { device_id: DEVICE },
    })
    expect(await b.run(statIfThere(session, 'C:\\a', AT))).toBeUndefined()
  })

  it('is case-sensitive on other systems', async () => {
    const b = endpoint({ '/a': [file('A'), file('a', 5)] }, LINUX)
    expect(await b.run(stat(await b.open(), '/a', AT))).toMatchObject({ filename: 'a', size: 5 })
  })

  it('that may not be read is not reported as missing', async () => {
    const b = endpoint({ 'C:\\a': { result_code: 2147942405 } })
    expect(await b.run(failure(statIfThere(await b.open(), 'C:\\a', AT)))).toMatchObject({ code: 'remote' })
  })
})

it('deleting and creating take one command each', async () => {
  const b = endpoint({})
  const session = await b.open()
  await b.run(remove(session, 'C:\\a', AT))
  await b.run(makeDirectory(session, 'C:\\b\\', AT))
  expect(b.asked).toEqual(['delete file C:\\a', 'create directory C:\\b'])
})
