import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FileEntry, HRESULT } from '../../../src/lab/endpoint.ts'
import { bytesOf, nameOf } from '../../../src/lab/linux/names.ts'
import { memoryInUse } from '../../support/garbage.ts'
import { type Lab, freshFolder, memoryBlobs, openLab } from './support.ts'

async function list(lab: Lab, path: string): Promise<FileEntry[]> {
  return (await lab.run({ name: 'directory list', path })).files ?? []
}

const names = async (lab: Lab, path: string): Promise<string[]> => (await list(lab, path)).map(entry => entry.filename)

/** An endpoint on a disk with a few files. */
async function small(): Promise<Lab> {
  const disk = await freshFolder()
  await mkdir(join(disk, 'logs/old'), { recursive: true })
  await writeFile(join(disk, 'logs/a.log'), 'first line\n')
  await writeFile(join(disk, 'logs/B.LOG'), '')
  await writeFile(join(disk, 'logs/.hidden'), 'h')
  await mkdir(join(disk, 'empty'))
  return openLab({ disk })
}

describe('directory list', () => {
  it('lists a directory with . and .. when the path ends in a separator', async () => {
    const lab = await small()
    expect(await names(lab, '/logs/')).toEqual(['.', '..', '.hidden', 'B.LOG', 'a.log', 'old'])
    expect(await names(lab, '/')).toEqual(['.', '..', 'empty', 'logs'])
    expect(await names(lab, '/../../logs/../logs//./')).toEqual(['.', '..', '.hidden', 'B.LOG', 'a.log', 'old'])
  })

  it('returns the entry itself otherwise', async () => {
    const lab = await small()
    await utimes(join(lab.disk, 'logs/a.log'), 1_600_000_000, 1_600_000_001.75)
    await chmod(join(lab.disk, 'logs/a.log'), 0o444)
    const [entry, ...more] = await list(lab, '/logs/a.log')
    expect(more).toEqual([])
    expect(entry).toMatchObject({
      filename: 'a.log',
      size: 11,
      alternate_name: '',
      attributes: ['READONLY', 'ARCHIVE'],
      last_access_time: '2020-09-13T12:26:40Z',
      last_write_time: '2020-09-13T12:26:41Z',
    })
    expect(entry?.create_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(await list(lab, '/logs')).toMatchObject([{ filename: 'logs', size: 0, attributes: ['DIRECTORY'] }])
    expect(await list(lab, '/logs/.hidden')).toMatchObject([{ attributes: ['HIDDEN', 'ARCHIVE'] }])
  })

  it.each([
    ['/logs/*', ['.', '..', '.hidden', 'B.LOG', 'a.log', 'old']],
    ['/logs/*.log', ['a.log']],
    ['/logs/?.*', ['..', 'B.LOG', 'a.log']],
    ['/logs/.*', ['.', '..', '.hidden']],
    ['/logs/*l*d*', ['old']],
    ['*', ['.', '..', 'empty', 'logs']],
    ['e*y', ['empty']],
  ])('matches %s', async (pattern, expected) => {
    expect(await names(await small(), pattern)).toEqual(expected)
  })

  it('finds an entry whose name contains regular expression syntax', async () => {
    const lab = await small()
    await writeFile(join(lab.disk, 'a+b(1)[x].t$t'), '')
    expect(await names(lab, '/a+b(1)[x].*')).toEqual(['a+b(1)[x].t$t'])
    expect(await names(lab, '/*.t$?')).toEqual(['a+b(1)[x].t$t'])
  })

  it('fails for a missing path', async () => {
    const lab = await small()
    const code = (path: string): Promise<number | undefined> => lab.failure({ name: 'directory list', path })
    expect(await code('/nope')).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await code('/nope/')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('/nope/x')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('/logs/a.log/')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('/logs/a.log/x')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('/logs/*.exe')).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await code('')).toBe(HRESULT.INVALID_PARAMETER)
    expect(await code('/lo\0gs')).toBe(HRESULT.INVALID_PARAMETER)
  })

  it('shows links as links, and lists their targets with a separator', async () => {
    const lab = await small()
    await symlink('logs', join(lab.disk, 'to-directory'))
    await symlink('logs/a.log', join(lab.disk, 'to-file'))
    await symlink('nowhere', join(lab.disk, 'dangling'))
    await symlink('/etc', join(lab.disk, 'away'))
    const shown = Object.fromEntries((await list(lab, '/')).map(entry => [entry.filename, entry.attributes]))
    expect(shown).toMatchObject({
      'to-directory': ['DIRECTORY', 'REPARSE_POINT'],
      'to-file': ['REPARSE_POINT'],
      dangling: ['REPARSE_POINT'],
      away: ['REPARSE_POINT'],
    })
    expect(await names(lab, '/to-directory')).toEqual(['to-directory'])
    expect(await names(lab, '/to-directory/')).toContain('a.log')
    expect(await names(lab, '/to-directory/../')).toContain('empty')
    expect(await lab.failure({ name: 'directory list', path: '/away/' })).toBe(HRESULT.ACCESS_DENIED)
  })

  it('shows names that are not UTF-8 as distinct strings', async () => {
    const lab = await small()
    const raw = Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3])
    await writeFile(Buffer.concat([Buffer.from(`${lab.disk}/empty/`), raw]), 'odd')
    const [, , name] = JSON.parse(JSON.stringify(await names(lab, '/empty/'))) as string[]
    expect(name).toBe('a\udcffé\udcc3')
    expect((await lab.get(`/empty/${name}`)).toString()).toBe('odd')
    await lab.run({ name: 'delete file', path: `/empty/${name}` })
    expect(await readdir(join(lab.disk, 'empty'))).toEqual([])
  })

  it('keeps all bytes of names in both directions', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        expect(Buffer.from(bytesOf(nameOf(bytes)))).toEqual(Buffer.from(bytes))
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), name => {
        expect(nameOf(bytesOf(name))).toBe(name)
      }),
    )
  })
})

describe('get file', () => {
  it('stages a range, byte for byte', async () => {
    const lab = await small()
    const bytes = randomBytes(3_000_000)
    await writeFile(join(lab.disk, 'big'), bytes)
    expect(bytes.equals(await lab.get('/big'))).toBe(true)
    expect(await lab.get('/big', { offset: 1_048_570, count: 12 })).toEqual(bytes.subarray(1_048_570, 1_048_582))
    expect(await lab.get('/big', { offset: 2_999_990, count: 1000 })).toEqual(bytes.subarray(2_999_990))
    expect(await lab.get('/big', { offset: 5_000_000 })).toHaveLength(0)
    expect(await lab.get('/logs/B.LOG')).toHaveLength(0)
    expect(await lab.run({ name: 'get file', path: '/big', offset: 10, count: 5 })).toEqual({
      file_details: { file_id: '', offset: 10, count: 5 },
    })
  })

  it('reads a file larger than memory piece by piece', async () => {
    const disk = await freshFolder()
    await writeFile(join(disk, 'sparse'), '')
    execFileSync('truncate', ['-s', '256M', join(disk, 'sparse')])
    let [size, largest, peak] = [0, 0, 0]
    const before = memoryInUse()
    const lab = await openLab({
      disk,
      blobs: {
        ...memoryBlobs(),
        async write(bytes) {
          for await (const chunk of bytes) {
            size += chunk.length
            largest = Math.max(largest, chunk.length)
            if (size % 2 ** 25 === 0) peak = Math.max(peak, memoryInUse() - before)
          }
          return { kind: 'generated', seed: 0, size }
        },
      },
    })
    await lab.run({ name: 'get file', path: '/sparse' })
    expect(size).toBe(2 ** 28)
    expect(largest).toBeLessThanOrEqual(2 ** 20)
    expect(peak).toBeLessThan(32 * 2 ** 20)
  })

  it('fails for directories and missing paths', async () => {
    const lab = await small()
    const code = (path: string): Promise<number | undefined> => lab.failure({ name: 'get file', path })
    expect(await code('/logs')).toBe(HRESULT.ACCESS_DENIED)
    expect(await code('/')).toBe(HRESULT.ACCESS_DENIED)
    expect(await code('/logs/nope')).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await code('/nope/a.log')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('/logs/a.log/')).toBe(HRESULT.PATH_NOT_FOUND)
  })

  it('never opens a pipe or a socket', async () => {
    const lab = await small()
    execFileSync('mkfifo', [join(lab.disk, 'pipe')])
    const server = createServer().listen(join(lab.disk, 'socket'))
    for (const path of ['/pipe', '/socket']) {
      expect(await lab.failure({ name: 'get file', path })).toBe(HRESULT.NOT_SUPPORTED)
      await expect(lab.put(path, 'x')).rejects.toMatchObject({ code: HRESULT.NOT_SUPPORTED })
      expect(await lab.failure({ name: 'create process', path: 'true', output_file: path })).toBe(HRESULT.NOT_SUPPORTED)
      expect(await list(lab, path)).toMatchObject([{ size: 0, attributes: ['DEVICE'] }])
      await lab.run({ name: 'delete file', path })
    }
    await new Promise(resolve => server.close(resolve))
  })

  it('stops when the session closes', async () => {
    const lab = await small()
    await expect(lab.run({ name: 'get file', path: '/logs/a.log' }, AbortSignal.abort(new Error('closed')))).rejects.toThrow('closed')
  })
})

describe('put file', () => {
  it('writes new files and replaces old ones, which keep their mode', async () => {
    const lab = await small()
    await lab.put('/logs/new.bin', Buffer.from([0, 255, 10]))
    expect(await readFile(join(lab.disk, 'logs/new.bin'))).toEqual(Buffer.from([0, 255, 10]))
    await chmod(join(lab.disk, 'logs/new.bin'), 0o750)
    await link(join(lab.disk, 'logs/new.bin'), join(lab.disk, 'other-name'))
    await lab.put('/logs/new.bin', 'second')
    expect(await readFile(join(lab.disk, 'logs/new.bin'), 'utf8')).toBe('second')
    expect((await stat(join(lab.disk, 'logs/new.bin'))).mode & 0o777).toBe(0o750)
    // The new file is renamed into place, so readers of the old bytes keep them.
    expect(await readFile(join(lab.disk, 'other-name'))).toEqual(Buffer.from([0, 255, 10]))
    expect(await readdir(join(lab.disk, 'logs'))).toEqual(['.hidden', 'B.LOG', 'a.log', 'new.bin', 'old'])
  })

  it('writes through a link that stays inside', async () => {
    const lab = await small()
    await symlink('a.log', join(lab.disk, 'logs/link'))
    await symlink(join(lab.disk, 'logs/made'), join(lab.disk, 'absolute'))
    await lab.put('/logs/link', 'through')
    await lab.put('/absolute', 'made')
    expect(await readFile(join(lab.disk, 'logs/a.log'), 'utf8')).toBe('through')
    expect(await readFile(join(lab.disk, 'logs/made'), 'utf8')).toBe('made')
    expect(await list(lab, '/logs/link')).toMatchObject([{ attributes: ['REPARSE_POINT'] }])
  })

  it('fails where no file can be, and leaves nothing behind', async () => {
    const lab = await small()
    const code = (path: string): Promise<unknown> => lab.put(path, 'x').catch(error => error.code)
    expect(await code('/logs')).toBe(HRESULT.ACCESS_DENIED)
    expect(await code('/logs/')).toBe(HRESULT.ACCESS_DENIED)
    expect(await code('/')).toBe(HRESULT.ACCESS_DENIED)
    expect(await code('/nope/x')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code(`/${'x'.repeat(300)}`)).toBe(HRESULT.INVALID_PARAMETER)
    expect(await lab.failure({ name: 'put file', path: '/x', file_id: 'unknown' })).toBe(HRESULT.INVALID_PARAMETER)
    expect(await readdir(lab.disk)).toEqual(['empty', 'logs'])
  })

  it('keeps the old file and no partial one when the bytes stop', async () => {
    const disk = await freshFolder()
    await writeFile(join(disk, 'kept'), 'old')
    const lab = await openLab({
      disk,
      blobs: {
        ...memoryBlobs(),
        async *read() {
          yield Buffer.from('new')
          throw new Error('the line is cut')
        },
      },
    })
    await expect(lab.put('/kept', 'new')).rejects.toThrow('the line is cut')
    expect(await readdir(disk)).toEqual(['kept'])
    expect(await readFile(join(disk, 'kept'), 'utf8')).toBe('old')
  })
})

describe('delete file and create directory', () => {
  it('delete files, links and empty directories', async () => {
    const lab = await small()
    await symlink('logs', join(lab.disk, 'link'))
    for (const path of ['/logs/a.log', '/empty/', '/link']) await lab.run({ name: 'delete file', path })
    expect(await names(lab, '/')).toEqual(['.', '..', 'logs'])
    expect(await names(lab, '/logs/')).not.toContain('a.log')
  })

  it.each([
    ['/logs', HRESULT.DIR_NOT_EMPTY],
    ['/', HRESULT.ACCESS_DENIED],
    ['/logs/..', HRESULT.ACCESS_DENIED],
    ['/../..', HRESULT.ACCESS_DENIED],
    ['/nope', HRESULT.FILE_NOT_FOUND],
    ['/nope/x', HRESULT.PATH_NOT_FOUND],
    ['/logs/a.log/', HRESULT.PATH_NOT_FOUND],
  ])('refuse to delete %s', async (path, code) => {
    const lab = await small()
    expect(await lab.failure({ name: 'delete file', path })).toBe(code)
    expect(await names(lab, '/logs/')).toHaveLength(6)
  })

  it('create a directory whose parent exists', async () => {
    const lab = await small()
    await lab.run({ name: 'create directory', path: '/empty/new/' })
    expect((await stat(join(lab.disk, 'empty/new'))).isDirectory()).toBe(true)
    const code = (path: string): Promise<number | undefined> => lab.failure({ name: 'create directory', path })
    expect(await code('/empty/new')).toBe(HRESULT.ALREADY_EXISTS)
    expect(await code('/logs/a.log')).toBe(HRESULT.ALREADY_EXISTS)
    expect(await code('/')).toBe(HRESULT.ALREADY_EXISTS)
    expect(await code('/nope/x')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('/logs/a.log/x')).toBe(HRESULT.PATH_NOT_FOUND)
  })
})

it('the endpoint supports the commands of a Linux sensor, and refuses the rest', async () => {
  const lab = await small()
  expect(lab.endpoint.supportedCommands).toEqual([
    'put file',
    'get file',
    'create directory',
    'delete file',
    'directory list',
    'process list',
    'kill',
    'create process',
  ])
  expect(lab.endpoint).toMatchObject({ drives: ['/'], directory: '/' })
  expect(await lab.failure({ name: 'reg query value', path: 'HKLM\\x' })).toBe(HRESULT.NOT_SUPPORTED)
  expect(await lab.failure({ name: 'memdump', path: '/tmp/x' })).toBe(HRESULT.NOT_SUPPORTED)
})
