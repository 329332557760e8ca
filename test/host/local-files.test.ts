import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open as openFile, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { localFiles } from '../../src/host/local-files.ts'
import { testFolder } from '../support/folder.ts'

let folder = ''
beforeEach(() => {
  folder = testFolder()
})

afterEach(() => {
  vi.restoreAllMocks()
})

const at = (name: string) => join(folder, name)
const POSIX = process.platform !== 'win32'

async function save(path: string, text: string, overwrite = false, name = 'name'): Promise<string> {
  const target = await localFiles.create(path, name, overwrite)
  await target.write(Buffer.from(text))
  await target.commit()
  return target.path
}

describe('a new file', () => {
  it('appears under its name only when it is complete', async () => {
    const target = await localFiles.create(at('x'), '', false)
    expect(target.path).toBe(at('x'))
    await target.write(Buffer.from('one '))
    await target.write(Buffer.from('two'))
    expect(readdirSync(folder)).toEqual(['x.part'])
    await target.commit(Date.UTC(2020, 1, 2))
    expect(readdirSync(folder)).toEqual(['x'])
    expect(readFileSync(at('x'), 'utf8')).toBe('one two')
    expect(statSync(at('x')).mtimeMs).toBe(Date.UTC(2020, 1, 2))
  })

  it('leaves nothing when it is discarded, and keeps the old file', async () => {
    writeFileSync(at('x'), 'old')
    const target = await localFiles.create(at('x'), '', true)
    await target.write(Buffer.from('new'))
    await target.discard()
    await target.discard()
    expect(readdirSync(folder)).toEqual(['x'])
    expect(readFileSync(at('x'), 'utf8')).toBe('old')
  })

  it('is private to its owner, whatever an earlier run left', async () => {
    if (!POSIX) return
    writeFileSync(at('x.part'), 'left over and longer', { mode: 0o644 })
    await save(at('x'), 'new')
    expect(statSync(at('x')).mode & 0o777).toBe(0o600)
    expect(readFileSync(at('x'), 'utf8')).toBe('new')
  })

  it('never follows a link at the name of its partial file', async () => {
    if (!POSIX) return
    writeFileSync(at('victim'), 'untouched')
    symlinkSync(at('victim'), at('x.part'))
    await save(at('x'), 'new')
    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched')
    expect(lstatSync(at('x')).isSymbolicLink()).toBe(false)
  })

  it('overwrites only when asked to', async () => {
    writeFileSync(at('x'), 'old')
    await expect(localFiles.create(at('x'), '', false)).rejects.toMatchObject({
      code: 'refused',
      message: `${at('x')}: exists on this machine`,
      facts: { hint: 'overwrite it with --force' },
    })
    await expect(localFiles.create(folder, 'x', false)).rejects.toMatchObject({ code: 'refused' })
    expect(readdirSync(folder)).toEqual(['x'])
    await save(at('x'), 'new', true)
    expect(readFileSync(at('x'), 'utf8')).toBe('new')
  })

  it('is created in a directory under its own name', async () => {
    expect(await save(folder, '1', false, 'hosts')).toBe(at('hosts'))
    expect(await save(`${folder}/`, '2', false, 'other')).toBe(at('other'))
    await expect(localFiles.create(`${at('none')}/`, 'x', false)).rejects.toMatchObject({ code: 'io' })
  })

  it('cannot be a directory', async () => {
    mkdirSync(at('sub'))
    await expect(localFiles.create(folder, 'sub', true)).rejects.toMatchObject({ code: 'io', message: `${at('sub')}: is a directory` })
    await expect(localFiles.create(folder, '', true)).rejects.toMatchObject({ code: 'io', message: `${folder}: is a directory` })
    expect(readdirSync(folder)).toEqual(['sub'])
  })

  it('says why it cannot be created', async () => {
    await expect(localFiles.create(at('no/such/x'), '', false)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('no such file or directory') as string,
    })
    writeFileSync(at('file'), '')
    await expect(localFiles.create(at('file/x'), '', false)).rejects.toMatchObject({ code: 'io' })
    await expect(localFiles.create(at('x'.repeat(300)), '', false)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('name too long') as string,
    })
  })

  it('never follows a link or opens a pipe or a device, overwriting or not', async () => {
    if (!POSIX) return
    writeFileSync(at('victim'), 'untouched')
    for (const [name, target] of [
      ['link', at('victim')],
      ['dangling', at('none')],
      ['device', '/dev/null'],
    ] as const)
      symlinkSync(target, at(name))
    execFileSync('mkfifo', [at('pipe')])
    for (const overwrite of [true, false]) {
      for (const [path, what] of [
        [at('link'), 'a link'],
        [at('dangling'), 'a link'],
        [at('device'), 'a link'],
        [at('pipe'), 'a pipe'],
        ['/dev/null', 'a device'],
      ] as const) {
        await expect(localFiles.create(path, '', overwrite)).rejects.toMatchObject({
          code: 'refused',
          message: `${path}: is ${what}, and nothing is written through it`,
        })
      }
    }
    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched')
    expect([existsSync(at('none')), existsSync('/dev/null.part'), statSync('/dev/null').isCharacterDevice()]).toEqual([false, false, true])
  })

  it('is not completed from a file that replaced its partial file', async () => {
    const target = await localFiles.create(at('x'), '', false)
    await target.write(Buffer.from('ours'))
    rmSync(at('x.part'))
    writeFileSync(at('x.part'), 'theirs')
    await expect(target.commit()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('was replaced while it was written') as string,
    })
    expect(existsSync(at('x'))).toBe(false)
  })

  it('is not begun when only its location is asked for', async () => {
    expect(await localFiles.place(folder, 'x', false)).toBe(at('x'))
    writeFileSync(at('there'), '')
    await expect(localFiles.place(at('there'), '', false)).rejects.toMatchObject({ code: 'refused' })
    expect(readdirSync(folder)).toEqual(['there'])
  })

  it('stays in the directory, whatever name the endpoint gives it', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      ':',
      'C:',
      '\0',
      '\n',
      '\u001b',
      '\u202e',
      ' ',
      'a',
      'con',
      'NUL',
      '.txt',
      '*',
      '~',
      '-',
      '\u0085',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(piece, { maxLength: 6 }).map(parts => parts.join('')),
          fc.string({ unit: 'binary', maxLength: 40 }),
        ),
        async name => {
          if (name === '') return
          const target = await localFiles.create(folder, name, true)
          await target.discard()
          expect(dirname(target.path)).toBe(resolve(folder))
          expect(basename(target.path)).toMatch(/^[^\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}]+$/u)
          expect(basename(target.path)).not.toMatch(/^(\.{1,2}|_|(con|nul)(\..*)?|.*[. ])$/i)
        },
      ),
      { numRuns: 200 },
    )
    expect(await save(folder, 'x', false, '..\\..\\evil.txt')).toBe(at('.._.._evil.txt'))
  })
})

describe('a partial file from an earlier run', () => {
  const taken = async (mode: number) => {
    writeFileSync(at('x.part'), 'left')
    chmodSync(at('x.part'), mode)
    const target = await localFiles.create(at('x'), '', false, true)
    await target.write(Buffer.from('+'))
    return target
  }

  it('is resumed by its own time where none is noted, and by the noted one whenever the program was killed', async () => {
    writeFileSync(at('x.part'), 'left', { mode: 0o600 })
    utimesSync(at('x.part'), 1_600_000_000.123, 1_600_000_000.123)
    const target = await localFiles.create(at('x'), '', false, true)
    expect(target.held).toMatchObject({ size: 4, modified: 1_600_000_000_123 })
    await target.write(Buffer.from('+'))
    await target.note?.({ size: 9, modified: 1_500_000_000_456 })
    // After a write the part has the time of now, and a program that is killed can't put that right.
    await target.write(Buffer.from('+'))
    await target.keep?.()
    expect(readFileSync(at('x.part'), 'utf8')).toBe('left++')
    const again = await localFiles.create(at('x'), '', false, true)
    expect(again.held).toMatchObject({ size: 6, modified: 1_500_000_000_456, whole: 9 })
    await again.discard()
  })

  it('is made private when it is resumed', async () => {
    if (!POSIX) return
    await (await taken(0o644)).commit()
    expect([readFileSync(at('x'), 'utf8'), statSync(at('x')).mode & 0o777]).toEqual(['left+', 0o600])
  })

  it.each([0o666, 0o620])('is not resumed if others can write to it (%o), with a message', async mode => {
    if (!POSIX) return
    const target = await taken(mode)
    expect([target.held, target.unused]).toEqual([undefined, expect.stringContaining('is writable by others')])
    await target.commit()
    expect([readFileSync(at('x'), 'utf8'), statSync(at('x')).mode & 0o777]).toEqual(['+', 0o600])
  })

  it.each([
    ['a link', () => symlinkSync(at('other'), at('x.part'))],
    ['a second name of a file', () => linkSync(at('other'), at('x.part'))],
  ])('is not resumed if it is %s', async (_, make) => {
    if (!POSIX) return
    writeFileSync(at('other'), 'other')
    make()
    const target = await localFiles.create(at('x'), '', false, true)
    expect(target.held).toBeUndefined()
    await target.write(Buffer.from('new'))
    await target.commit()
    expect([readFileSync(at('other'), 'utf8'), readFileSync(at('x'), 'utf8')]).toEqual(['other', 'new'])
  })

  it('is not resumed if it belongs to another user', async () => {
    if (process.getuid?.() !== 0) return
    writeFileSync(at('x.part'), 'left', { mode: 0o600 })
    chownSync(at('x.part'), 65534, 65534)
    const target = await localFiles.create(at('x'), '', false, true)
    expect([target.held, target.unused]).toEqual([undefined, expect.stringContaining('belongs to somebody else')])
    await target.commit()
    expect(statSync(at('x')).uid).toBe(0)
  })
})

describe('a redirection in the shell', () => {
  const replace = async (path: string) => {
    const target = await localFiles.replace(path)
    await target.write(Buffer.from('new'))
    await target.commit()
  }

  it('replaces a file, or the target of a link', async () => {
    writeFileSync(at('x'), 'old')
    await replace(at('x'))
    expect(readFileSync(at('x'), 'utf8')).toBe('new')
    if (!POSIX) return
    writeFileSync(at('y'), 'old')
    symlinkSync(at('y'), at('link'))
    await replace(at('link'))
    expect([readFileSync(at('y'), 'utf8'), lstatSync(at('link')).isSymbolicLink()]).toEqual(['new', true])
  })

  it('writes to a device directly', async () => {
    if (!POSIX) return
    await replace('/dev/null')
    expect([statSync('/dev/null').isCharacterDevice(), existsSync('/dev/null.part')]).toEqual([true, false])
    await expect(localFiles.replace(folder)).rejects.toMatchObject({ code: 'io', message: `${folder}: is a directory` })
  })
})

it.skipIf(!existsSync('/dev/full'))(
  'that a disk is full is told of the file that was written: Node names none for one that is open',
  async () => {
    const target = await localFiles.replace('/dev/full')
    await expect(target.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'io', message: '/dev/full: no space left on this disk' })
    await target.discard()
  },
)

describe('appending to a file', () => {
  it('creates it if necessary, and keeps its content', async () => {
    for (const text of ['a', 'b']) {
      const target = await localFiles.append(at('log'))
      await target.write(Buffer.from(text))
      await target.commit()
    }
    expect(readFileSync(at('log'), 'utf8')).toBe('ab')
    if (POSIX) expect(statSync(at('log')).mode & 0o777).toBe(0o600)
    await expect(localFiles.append(folder)).rejects.toMatchObject({ code: 'io', message: `${folder}: is a directory` })
  })
})

describe('a file to read', () => {
  const read = async (path: string, meanwhile = (_seen: number) => {}): Promise<Buffer> => {
    const source = await localFiles.open(path)
    const parts: Uint8Array[] = []
    let seen = 0
    for await (const part of source.bytes()) {
      parts.push(part)
      meanwhile((seen += part.length))
    }
    return Buffer.concat(parts)
  }

  it('has a name, a size and a time', async () => {
    writeFileSync(at('x'), 'hello')
    utimesSync(at('x'), 1_600_000_000, 1_600_000_000)
    expect(await localFiles.open(at('x'))).toMatchObject({ path: at('x'), name: 'x', size: 5, modified: 1_600_000_000_000 })
    expect((await read(at('x'))).toString()).toBe('hello')
    writeFileSync(at('empty'), '')
    expect(await read(at('empty'))).toHaveLength(0)
    const large = Buffer.alloc(1_000_001, 'large')
    writeFileSync(at('large'), large)
    expect((await read(at('large'))).equals(large)).toBe(true)
  })

  it('is the same when the memory of its chunks is used again', async () => {
    const large = Buffer.from(Uint32Array.from({ length: 1_500_000 }, (_, n) => n).buffer)
    writeFileSync(at('x'), large)
    const parts: Buffer[] = []
    let before: Uint8Array | undefined
    for await (const part of (await localFiles.open(at('x'))).bytes({ reuse: true })) {
      // A chunk is valid until the one after the next is asked for.
      if (before !== undefined) parts.push(Buffer.from(before))
      before = part
    }
    expect(Buffer.concat([...parts, before ?? Buffer.alloc(0)]).equals(large)).toBe(true)
    // What is read without that promise can be kept.
    expect((await read(at('x'))).equals(large)).toBe(true)
  })

  it('is the same when its chunks are read in pieces, as a file server may give them', async () => {
    const small = Buffer.from('0123456789')
    writeFileSync(at('x'), small)
    const handle = await openFile(at('x'))
    await handle.close()
    const prototype = Object.getPrototypeOf(handle) as FileHandle
    const whole = Reflect.get(prototype, 'read') as (memory: Buffer, offset: number, length: number) => Promise<unknown>
    vi.spyOn(prototype, 'read').mockImplementation(function (this: FileHandle, memory: Buffer, offset: number, length: number) {
      return Reflect.apply(whole, this, [memory, offset, Math.min(length, 3)])
    } as never)
    const parts: string[] = []
    let before: Uint8Array | undefined
    for await (const part of (await localFiles.open(at('x'))).bytes({ reuse: true })) {
      if (before !== undefined) parts.push(String(before))
      before = part
    }
    expect([...parts, String(before)]).toEqual(['012', '345', '678', '9'])
  })

  it('reports what it is instead of a file', async () => {
    await expect(localFiles.open(at('none'))).rejects.toMatchObject({ code: 'io', message: `${at('none')}: no such file on this machine` })
    await expect(localFiles.open(folder)).rejects.toMatchObject({ code: 'io', message: `${folder}: is a directory` })
    if (POSIX) await expect(localFiles.open('/dev/null')).rejects.toMatchObject({ code: 'io', message: '/dev/null: is not a regular file' })
  })

  const changed = { code: 'io', message: expect.stringMatching(/x: changed while it was read$/) as string }
  const SIZE = 1_000_000

  it.each([
    ['grows', () => appendFileSync(at('x'), 'more')],
    ['shrinks', () => truncateSync(at('x'), SIZE / 2)],
    [
      'is written over',
      () => {
        writeFileSync(at('x'), Buffer.alloc(SIZE, 'b'))
        utimesSync(at('x'), 2e9, 2e9)
      },
    ],
  ])('must not change: one that %s', async (_how, change) => {
    writeFileSync(at('x'), Buffer.alloc(SIZE, 'a'))
    let done = false
    const reading = read(at('x'), () => {
      if (!done) change()
      done = true
    })
    await expect(reading).rejects.toMatchObject(changed)
  })

  it('never returns more bytes than its size', async () => {
    writeFileSync(at('x'), 'abc')
    const source = await localFiles.open(at('x'))
    appendFileSync(at('x'), 'd'.repeat(1_000_000))
    let seen = 0
    await expect(
      (async () => {
        for await (const part of source.bytes()) seen += part.length
      })(),
    ).rejects.toMatchObject(changed)
    expect(seen).toBeLessThanOrEqual(3)
  })

  it('may have disappeared by then', async () => {
    writeFileSync(at('x'), 'abc')
    const source = await localFiles.open(at('x'))
    rmSync(at('x'))
    await expect(
      (async () => {
        for await (const _ of source.bytes()) continue
      })(),
    ).rejects.toMatchObject({ code: 'io', message: expect.stringContaining('no such file') as string })
  })

  it('may be read as text', async () => {
    writeFileSync(at('x'), 'grün\n')
    expect(await localFiles.text(at('x'))).toBe('grün\n')
    for (const bytes of [
      Buffer.from('\ufeffgrün\r\nblau'),
      Buffer.from('\ufeffgrün\r\nblau', 'utf16le'),
      Buffer.from('\ufeffgrün\r\nblau', 'utf16le').swap16(),
      Buffer.from('grün\r\nblau', 'utf16le'),
    ]) {
      writeFileSync(at('y'), bytes)
      expect(await localFiles.text(at('y'))).toBe('grün\nblau')
    }
    writeFileSync(at('y'), Buffer.from('a\nb\ngrün', 'latin1'))
    await expect(localFiles.text(at('y'))).rejects.toMatchObject({
      code: 'usage',
      message: `${at('y')}: line 3: is not UTF-8 text`,
      facts: { hint: 'save it as UTF-8, or as UTF-16' },
    })
    await expect(localFiles.text(at('none'))).rejects.toMatchObject({ code: 'io' })
  })
})

it('listing a directory returns names, and which are directories or links', async () => {
  writeFileSync(at('file'), '')
  mkdirSync(at('sub'))
  symlinkSync(at('sub'), at('link'))
  expect((await localFiles.names(folder)).sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: 'file', directory: false, link: false },
    { name: 'link', directory: false, link: true },
    { name: 'sub', directory: true, link: false },
  ])
  expect(await localFiles.real(at('link'))).toBe(at('sub'))
  for (const work of [localFiles.names(at('none')), localFiles.real(at('none'))]) await expect(work).rejects.toMatchObject({ code: 'io' })
})
