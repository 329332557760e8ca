import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CommandRequest } from '../../../src/api/live-response.ts'
import { CbcError } from '../../../src/core/errors.ts'
import { localFiles } from '../../../src/host/local-files.ts'
import { put } from '../../../src/verbs/file/put.ts'
import { failure } from '../../api/support.ts'
import { LINUX, type ServiceOptions } from '../../support/service.ts'
import { withoutService } from '../../support/tenant.ts'
import { verbBench, type VerbBench } from '../../support/verb.ts'

const POSIX = process.platform !== 'win32'
const DENIED = { result_code: 2147942405 }
const DIRECTORY = { filename: 'Temp', size: 0, attributes: ['DIRECTORY'] }

/** An endpoint with the directory C:\Temp, where a file is listed once it is put, and its requests. */
function endpoint(
  list?: (path: string) => object | undefined,
  session: ServiceOptions['session'] = {},
): ServiceOptions & { requests: CommandRequest[] } {
  const requests: CommandRequest[] = []
  const there = new Set<string>()
  return {
    requests,
    session,
    run(request) {
      requests.push(request)
      if (request.name === 'put file') there.add(request.path)
      if (request.name !== 'directory list') return {}
      const own = list?.(request.path)
      if (own !== undefined) return { result: own }
      if (/^(C:\\|\/)Temp$/.test(request.path)) return { result: { files: [DIRECTORY] } }
      return {
        result: there.has(request.path)
          ? { files: [{ filename: request.path.split(/[\\/]/).at(-1) ?? '', size: 5, attributes: ['ARCHIVE'] }] }
          : { result_code: 2147942402 },
      }
    },
  }
}

const paths = ({ requests }: { requests: CommandRequest[] }) =>
  requests.flatMap(request => (request.name === 'put file' ? [request.path] : []))
const shown = ({ rows }: Awaited<ReturnType<VerbBench['invoke']>>) =>
  rows.map(row => (row['error'] instanceof CbcError ? `! ${row['error'].message}` : row['path']))

async function bench(options: ServiceOptions) {
  const b = await verbBench(options)
  const tools = join(b.here, 'tools')
  mkdirSync(tools)
  return { ...b, tools }
}

describe.runIf(POSIX)('a local file whose name has another meaning on Windows', () => {
  it.each([
    '..\\..\\Windows\\System32\\evil.dll',
    'sub\\evil.exe',
    'evil.txt:stream',
    'nul',
    'COM1.txt',
    'ends with a dot.',
    'and a blank ',
    'what?',
    'a\nb',
  ])('is skipped and named: %j', async name => {
    const target = endpoint()
    const b = await bench(target)
    for (const one of [name, 'fine.txt']) writeFileSync(join(b.tools, one), 'hello')
    const refused = `! ${join(b.tools, name)}: a file can't be named "${name}" on the endpoint`
    expect(shown(await b.invoke(put, { local: b.tools, remote: ['C:\\Temp'], recursive: true })).sort()).toEqual([
      refused,
      'C:\\Temp\\tools\\fine.txt',
    ])
    expect(shown(await b.invoke(put, { local: join(b.tools, '*'), remote: ['C:\\Temp'] })).sort()).toEqual([
      ...(name.startsWith('.') ? [] : [refused]),
      'C:\\Temp\\fine.txt',
    ])
    if (!/[*?]/.test(name))
      expect(await failure(b.invoke(put, { local: join(b.tools, name), remote: ['C:\\Temp\\'] }))).toMatchObject({ code: 'refused' })
    expect(paths(target)).toEqual(['C:\\Temp\\tools\\fine.txt', 'C:\\Temp\\fine.txt'])
  })

  it('is put under its own name when the name is harmless there', async () => {
    const target = endpoint(undefined, LINUX)
    const b = await bench(target)
    writeFileSync(join(b.tools, 'a\\b:c?'), 'hello')
    await b.invoke(put, { local: b.tools, remote: ['/Temp'], recursive: true })
    expect(paths(target)).toEqual(['/Temp/tools/a\\b:c?'])
  })

  it('is put under a name that the user types', async () => {
    const target = endpoint()
    const b = await bench(target)
    writeFileSync(join(b.tools, 'nul'), 'hello')
    await b.invoke(put, { local: join(b.tools, 'nul'), remote: ['C:\\Temp\\x.txt:zone'] })
    expect(paths(target)).toEqual(['C:\\Temp\\x.txt:zone'])
  })

  it('that differs from another one only in case does not overwrite it', async () => {
    const target = endpoint()
    const b = await bench(target)
    for (const name of ['A.txt', 'a.txt']) writeFileSync(join(b.tools, name), 'hello')
    expect(shown(await b.invoke(put, { local: b.tools, remote: ['C:\\Temp'], recursive: true, force: true }))).toEqual([
      'C:\\Temp\\tools\\A.txt',
      `! ${join(b.tools, 'a.txt')}: would overwrite C:\\Temp\\tools\\a.txt, which comes from ${join(b.tools, 'A.txt')}`,
    ])
  })
})

describe.runIf(POSIX)('put -r', () => {
  it('does not follow a link out of the directory, and names it, but puts the target of a link inside', async () => {
    const target = endpoint()
    const b = await bench(target)
    writeFileSync(join(b.here, 'secret'), 'hello')
    writeFileSync(join(b.tools, 'real'), 'hello')
    mkdirSync(join(b.tools, 'dir'))
    symlinkSync(join(b.here, 'secret'), join(b.tools, 'out'))
    symlinkSync('real', join(b.tools, 'in'))
    symlinkSync('dir', join(b.tools, 'loop'))
    symlinkSync('nowhere', join(b.tools, 'none'))
    expect(shown(await b.invoke(put, { local: b.tools, remote: ['C:\\Temp'], recursive: true })).sort()).toEqual(
      [
        `! ${join(b.tools, 'dir')}: is a directory`,
        `! ${join(b.tools, 'none')}: no such file or directory`,
        `! ${join(b.tools, 'out')}: is a link to ${join(b.here, 'secret')}, outside ${b.tools}`,
        'C:\\Temp\\tools\\in',
        'C:\\Temp\\tools\\real',
      ].sort(),
    )
    expect(paths(target)).toEqual(['C:\\Temp\\tools\\in', 'C:\\Temp\\tools\\real'])
  })

  it('names a directory that it cannot read', async () => {
    const b = await bench(endpoint())
    mkdirSync(join(b.tools, 'locked'))
    writeFileSync(join(b.tools, 'a'), 'hello')
    const locked = {
      ...localFiles,
      names: async (path: string) =>
        path.endsWith('locked') ? await Promise.reject(new CbcError('io', `${path}: permission denied`)) : await localFiles.names(path),
    }
    expect(shown(await b.invoke(put, { local: b.tools, remote: ['C:\\Temp'], recursive: true }, { local: locked }))).toEqual([
      'C:\\Temp\\tools\\a',
      `! ${join(b.tools, 'locked')}: permission denied`,
    ])
  })

  it('reports directories that were created but into which nothing could be put', async () => {
    const target = endpoint()
    const { run } = target
    const b = await bench({
      ...target,
      run: (request, service) =>
        request.name === 'put file' && request.path.includes('full')
          ? { result: { result_code: 0x80070070 } }
          : (run?.(request, service) ?? {}),
    })
    for (const name of ['full', 'fine', 'empty']) mkdirSync(join(b.tools, name))
    for (const name of ['full/a', 'full/b', 'fine/a']) writeFileSync(join(b.tools, name), 'hello')
    const { rows } = await b.invoke(put, { local: b.tools, remote: ['C:\\Temp'], recursive: true })
    expect(rows.filter(({ error }) => error !== undefined)).toHaveLength(2)
    expect(b.notices).toEqual(['C:\\Temp\\tools\\full: was created but is empty, because no file could be uploaded to it'])
  })

  it('puts a deep tree', async () => {
    const target = endpoint()
    const b = await bench(target)
    const deep = join(b.tools, ...Array.from({ length: 300 }, () => 'd'))
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(deep, 'x'), 'hello')
    await b.invoke(put, { local: b.tools, remote: ['C:\\Temp'], recursive: true })
    expect(paths(target)).toEqual([`C:\\Temp\\tools\\${'d\\'.repeat(300)}x`])
  })
})

describe('on an endpoint that does not list a written file,', () => {
  it('put --force writes it once, and says what is unknown about it', async () => {
    const target = endpoint(path => (path.includes(':zone') ? { result_code: 0x8007007b } : undefined))
    const b = await bench(target)
    writeFileSync(join(b.tools, 'a'), 'hello')
    const input = { local: join(b.tools, 'a'), remote: ['C:\\Temp\\x.exe:zone'] }
    expect(await failure(b.invoke(put, input))).toMatchObject({
      code: 'remote',
      facts: { hint: expect.stringContaining('--force') as string },
    })
    expect(paths(target)).toEqual([])
    expect(shown(await b.invoke(put, { ...input, force: true }))).toEqual(['C:\\Temp\\x.exe:zone'])
    expect(b.notices).toEqual([
      'C:\\Temp\\x.exe:zone: was written, but its size there could not be checked: C:\\Temp\\x.exe:zone: the name is not a valid one (0x8007007b)',
    ])
  })

  it('put of a file that is listed without a size succeeds, and says that its size there is unknown', async () => {
    const b = await bench(
      endpoint(path => (path.endsWith('x.exe') ? { files: [{ filename: 'x.exe', attributes: ['ARCHIVE'] }] } : undefined)),
    )
    writeFileSync(join(b.tools, 'a'), 'hello')
    expect(shown(await b.invoke(put, { local: join(b.tools, 'a'), remote: ['C:\\Temp\\x.exe'], force: true }))).toEqual(['C:\\Temp\\x.exe'])
    expect(b.notices).toEqual([
      'C:\\Temp\\x.exe: was written, but its size there could not be checked: the endpoint lists the file without a size',
    ])
  })

  it('a trailing separator still means a directory', async () => {
    const target = endpoint(path => (path === 'C:\\Locked' ? DENIED : undefined))
    const b = await bench(target)
    writeFileSync(join(b.tools, 'a'), 'hello')
    await b.invoke(put, { local: join(b.tools, 'a'), remote: ['C:\\Locked\\'] })
    expect(paths(target)).toEqual(['C:\\Locked\\a'])
  })
})

describe('a local file that cannot be read is found before anything is sent:', () => {
  const check = async (local: string, remote: string[] = [], recursive = false) => {
    await put.checkLocal?.({ local, remote, recursive }, localFiles)
  }

  it('one that does not exist, a pattern without a match, a directory without -r', async () => {
    const { tools } = await bench(endpoint())
    await expect(check(join(tools, 'none'))).rejects.toMatchObject({
      code: 'io',
      message: `${join(tools, 'none')}: no such file on this machine`,
    })
    await expect(check(join(tools, '*.none'))).rejects.toMatchObject({ code: 'io' })
    await expect(check(tools, ['C:\\Temp'])).rejects.toMatchObject({ code: 'io', facts: { hint: 'use -r to upload it' } })
    writeFileSync(join(tools, 'a'), 'hello')
    await expect(check(join(tools, 'a'), [join(tools, 'none'), 'C:\\Temp'])).rejects.toMatchObject({ code: 'io' })
    await check(join(tools, 'a'), ['C:\\Temp'])
    await check(tools, ['C:\\Temp'], true)
  })

  it.each([
    ['put', ['4711', 'none.txt', 'C:\\Temp']],
    ['script', ['4711', 'none.ps1']],
  ])('%s sends no request', async (verb, words) => {
    expect(await withoutService(['lr', verb, ...words])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/none\.\w+: no such file on this machine\n/) as string,
    })
  })

  it('one that may not be read', async () => {
    if (!POSIX || process.getuid?.() === 0) return
    const { tools } = await bench(endpoint())
    writeFileSync(join(tools, 'a'), 'hello')
    chmodSync(join(tools, 'a'), 0)
    await expect(check(join(tools, 'a'))).rejects.toMatchObject({ code: 'io' })
  })
})
