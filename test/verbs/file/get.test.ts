import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { interrupted, type CbcError } from '../../../src/core/errors.ts'
import { posixWord } from '../../../src/core/quote.ts'
import type { Row } from '../../../src/core/result.ts'
import { localFiles } from '../../../src/host/local-files.ts'
import { get } from '../../../src/verbs/file/get.ts'
import { failure } from '../../api/support.ts'
import { endpointFiles, type Tree } from '../../support/endpoint-files.ts'
import { verbBench } from '../../support/verb.ts'
import type { ServiceOptions } from '../../support/service.ts'

/** Everything below a directory, as paths from there. */
const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(one => one.isFile())
    .map(one => relative(folder, join(one.parentPath, one.name)))
    .sort()
const errors = (rows: Row[]) => rows.flatMap(row => (row['error'] === undefined ? [] : [(row['error'] as CbcError).message]))

/** An endpoint that lists arbitrary entries. */
const lying = (files: (path: string) => { filename: string; attributes?: string[]; alternate_name?: string }[]): ServiceOptions => ({
  run(request, service) {
    if (request.name === 'directory list')
      return { result: { files: files(request.path).map(file => ({ size: 5, attributes: ['ARCHIVE'], ...file })) } }
    return request.name === 'get file' ? { result: { file_details: { file_id: service.stage('pwned') } } } : {}
  },
})

async function got(endpoint: ServiceOptions, input: Record<string, unknown>) {
  const b = await verbBench(endpoint)
  const { rows } = await b.invoke(get, { local: b.here, ...input })
  return { files: below(b.here), rows, notices: b.notices, here: b.here }
}

describe('a downloaded file gets the name that was typed', () => {
  it.each([
    ['has another name', [{ filename: '.zshenv' }]],
    ['claims its short name', [{ filename: '.bash_profile', alternate_name: 'report.txt' }]],
    ['differs in case', [{ filename: 'REPORT.TXT' }]],
  ])('even if its entry %s', async (_, files) => {
    const { files: here, rows } = await got(
      lying(() => files),
      { remote: 'C:\\demo\\report.txt' },
    )
    expect(here).toEqual(['report.txt'])
    expect(rows).toMatchObject([{ path: 'C:\\demo\\report.txt' }])
  })

  it.each(['.ssh', '.config', '..'])('as does a directory that is listed as %s', async filename => {
    const { files } = await got(
      lying(path =>
        path.endsWith('\\')
          ? [{ filename: 'authorized_keys' }]
          : [
              { filename, attributes: ['DIRECTORY'] },
              { filename: 'stuff', attributes: ['DIRECTORY'] },
            ],
      ),
      { remote: 'C:\\demo\\stuff', recursive: true },
    )
    expect(files).toEqual(['stuff/authorized_keys'])
  })

  it('and a leading dot only if that was typed', async () => {
    const endpoint = endpointFiles({ home: { '.ssh': { id: 'key' } } })
    expect((await got(endpoint, { remote: 'C:\\home\\.ssh', recursive: true })).files).toEqual(['.ssh/id'])
    const b = await verbBench(endpoint)
    await b.invoke(get, { remote: '.', recursive: true, local: b.here }, { directory: 'C:\\home\\.ssh' })
    expect(below(b.here)).toEqual(['_ssh/id'])
  })

  it('and never creates the folder in which cbc looks for credentials', async () => {
    expect(
      (await got(endpointFiles({ '.carbonblack': { 'credentials.cbc': 'x' } }), { remote: 'C:\\.carbonblack', recursive: true })).files,
    ).toEqual(['_.carbonblack/credentials.cbc'])
  })
})

describe('get with a pattern', () => {
  it('fetches only the files that match, and reports the other listed ones', async () => {
    const { files, rows } = await got(
      lying(() => [
        { filename: 'a.log' },
        { filename: '.zshenv' },
        { filename: 'Makefile' },
        { filename: 'page.html', alternate_name: 'P.LOG' },
      ]),
      { remote: 'C:\\demo\\*.log' },
    )
    expect(files).toEqual(['a.log'])
    expect(errors(rows)).toEqual([
      'C:\\demo: lists ".zshenv", which doesn\'t match *.log',
      'C:\\demo: lists "Makefile", which doesn\'t match *.log',
    ])
  })

  it('fetches a file that would be hidden here only if its dot was typed, and names it otherwise', async () => {
    const tree: Tree = { d: { 'a.log': '1', '.zshenv': '2', '.dir': { f: '3' } } }
    const all = await got(endpointFiles(tree), { remote: 'C:\\d\\*', recursive: true })
    expect(all.files).toEqual(['a.log'])
    expect(all.notices).toEqual([
      expect.stringContaining('C:\\d\\.dir: skipped') as string,
      expect.stringContaining('C:\\d\\.zshenv: skipped') as string,
    ])
    expect((await got(endpointFiles(tree), { remote: 'C:\\d\\.z*' })).files).toEqual(['.zshenv'])
  })

  it('matches names without a dot with *.* on Windows', async () => {
    expect((await got(endpointFiles({ d: { README: '1', 'a.txt': '2' } }), { remote: 'C:\\d\\*.*' })).rows).toMatchObject([
      { path: 'C:\\d\\a.txt' },
    ])
    expect(
      (
        await got(
          lying(() => [{ filename: 'README' }]),
          { remote: 'C:\\d\\*.*' },
        )
      ).files,
    ).toEqual(['README'])
  })

  it('in any part of a path puts each file below the directories that matched', async () => {
    const tree: Tree = {
      Users: {
        anna: { Desktop: { 'todo.txt': 'a' } },
        bert: { Desktop: { 'todo.txt': 'b' } },
        carl: {},
        '.x': { Desktop: { 'todo.txt': 'x' } },
        'file.txt': '',
      },
    }
    const { files, here, rows } = await got(endpointFiles(tree), { remote: 'C:\\Users\\*\\Desktop\\todo.txt' })
    expect(files).toEqual(['anna/Desktop/todo.txt', 'bert/Desktop/todo.txt'])
    expect(readFileSync(join(here, 'bert', 'Desktop', 'todo.txt'), 'utf8')).toBe('b')
    expect(rows).toHaveLength(2)
    expect((await got(endpointFiles(tree), { remote: 'C:\\**\\t*.txt' })).files).toEqual([
      'Users/anna/Desktop/todo.txt',
      'Users/bert/Desktop/todo.txt',
    ])
  })

  it('ending in ** fetches all files at any depth, and reports what cannot be read', async () => {
    const tree: Tree = { demo: { 'a.txt': '1', sub: { 'b.txt': '2', deep: { 'c.txt': '3' } }, shut: { is: {}, listing: 2147942405 } } }
    const { files, rows } = await got(endpointFiles(tree), { remote: 'C:\\demo\\**' })
    expect(files).toEqual(['a.txt', 'sub/b.txt', 'sub/deep/c.txt'])
    expect(errors(rows)).toEqual(['C:\\demo\\shut: access denied (0x80070005)'])
  })

  it('reports a directory that cannot be read, and fetches the rest', async () => {
    const { files, rows } = await got(endpointFiles({ Users: { anna: { is: {}, listing: 2147942405 }, bert: { a: '1' } } }), {
      remote: 'C:\\Users\\*\\*',
    })
    expect([files, errors(rows)]).toEqual([['bert/a'], ['C:\\Users\\anna\\*: access denied (0x80070005)']])
  })

  it('without a match is "not found", and creates nothing here', async () => {
    const b = await verbBench(endpointFiles({ Users: { anna: {} } }))
    expect(await failure(b.invoke(get, { remote: 'C:\\Users\\*\\x', local: join(b.here, 'new') }))).toMatchObject({
      code: 'not_found',
      message: 'C:\\Users\\*\\x: nothing matches this pattern',
    })
    expect(existsSync(join(b.here, 'new'))).toBe(false)
  })
})

it('a download that is given up shows the command line that resumes it', async () => {
  const b = await verbBench(endpointFiles({ 'some docs': { "it's.bin": 'x'.repeat(100_000) } }))
  let came = false
  b.service.before = ({ path }) =>
    path.endsWith('/content')
      ? {
          status: 200,
          body: (async function* () {
            yield Buffer.from('x'.repeat(70_000))
            came = true
            await b.clock.sleep(10 ** 6)
          })(),
        }
      : undefined
  const lineOf = (words: readonly string[]) => ['cbc', ...words].map(posixWord).join(' ')
  const stop = new AbortController()
  const work = failure(b.invoke(get, { remote: "C:\\some docs\\it's.bin", local: b.here, force: true }, { lineOf, signal: stop.signal }))
  while (!came) await b.clock.pass(10)
  stop.abort(interrupted())
  const local = join(b.here, "it's.bin")
  expect(await b.run(work)).toMatchObject({
    code: 'interrupted',
    facts: { hint: `resume with: ${lineOf(['get', '--resume', '--force', "C:\\some docs\\it's.bin", local])}` },
  })
  expect(existsSync(`${local}.part`)).toBe(true)
})

describe('a dry run', () => {
  const tree: Tree = { d: { a: '1', sub: { b: '2' } } }

  it('creates nothing here, and keeps what an earlier run left', async () => {
    const b = await verbBench(endpointFiles(tree))
    writeFileSync(join(b.here, 'a.part'), 'left')
    expect(await b.plan(get, { remote: 'C:\\d\\a', local: join(b.here, 'a') })).toEqual([{ name: 'get file', path: 'C:\\d\\a' }])
    expect(await b.plan(get, { remote: 'C:\\d', local: join(b.here, 'new'), recursive: true })).toEqual([
      { name: 'get file', path: 'C:\\d\\a' },
      { name: 'get file', path: 'C:\\d\\sub\\b' },
    ])
    expect(readdirSync(b.here)).toEqual(['a.part'])
    expect(readFileSync(join(b.here, 'a.part'), 'utf8')).toBe('left')
  })

  it('says which local file would be in the way', async () => {
    const b = await verbBench(endpointFiles(tree))
    mkdirSync(join(b.here, 'x'))
    writeFileSync(join(b.here, 'x', 'a'), '')
    expect(await failure(b.plan(get, { remote: 'C:\\d\\a', local: join(b.here, 'x') }))).toMatchObject({ code: 'refused' })
  })
})

describe('when one of several files can not be fetched,', () => {
  const tree = () => endpointFiles({ d: { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' } })

  it('it is reported, and the others are fetched', async () => {
    const options = tree()
    const { run } = options
    const { files, rows } = await got(
      {
        ...options,
        run: (request, service) =>
          request.name === 'get file' && request.path.endsWith('b.txt')
            ? { result: { result_code: 0x80070005 } }
            : (run?.(request, service) ?? {}),
      },
      { remote: 'C:\\d\\*.txt' },
    )
    expect([files, errors(rows)]).toEqual([['a.txt', 'c.txt'], ['C:\\d\\b.txt: access denied (0x80070005)']])
  })

  it('a defect of the program is none of the endpoint, and ends the work', async () => {
    const b = await verbBench(tree())
    const folder = { path: b.here, create: () => Promise.reject(new TypeError('a defect')), folder: async () => folder }
    const local = { ...localFiles, folder: async () => folder }
    await expect(b.invoke(get, { remote: 'C:\\d\\*.txt', local: b.here }, { local: local as never })).rejects.toThrow('a defect')
  })
})

it.each([{ remote: 'C:\\d\\*.txt' }, { remote: 'C:\\d', recursive: true }, { remote: 'C:\\d\\a.txt', resume: true }])(
  'get of %j does not write to stdout: it would mix files, or lose their names',
  async input => {
    const b = await verbBench(endpointFiles({ d: { 'a.txt': 'a', 'b.txt': 'b' } }))
    await expect(b.invoke(get, { ...input, local: '-' })).rejects.toThrow(/and - exclude each other$/)
    expect(b.service.issued).not.toContain('get file')
  },
)
