import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeEach, describe, expect, it } from 'vitest'
import { appendLines } from '../../src/cases/journal.ts'
import type { Clock } from '../../src/core/ports.ts'
import { openCaseFolder } from '../../src/host/case-folder.ts'
import { clock, random } from '../../src/host/clock.ts'
import { testFolder } from '../support/folder.ts'
import { impatientClock } from '../support/impatient-clock.ts'
import { until } from '../support/host.ts'
import { chainOf } from '../support/journal-chain.ts'

let path = ''
beforeEach(() => {
  path = join(testFolder(), 'case')
})

const open = () => openCaseFolder(path, clock, random, true)
const note = async (line: string) => await appendLines(await open(), clock, [{ event: 'finished', line }])
const journal = () => join(path, 'journal.jsonl')
const events = () => chainOf(path).map(({ event }) => event)

describe('the journal of a case', () => {
  it('is one chain of lines, whose head is kept apart, readable by its owner alone', async () => {
    await note('one')
    const head = await note('two')
    expect(events()).toEqual(['created', 'finished', 'finished'])
    expect(JSON.parse(readFileSync(join(path, 'head.json'), 'utf8'))).toEqual(head)
    expect(head.bytes).toBe(statSync(journal()).size)
    expect([path, journal(), join(path, 'head.json')].map(file => statSync(file).mode & 0o777)).toEqual([0o700, 0o600, 0o600])
  })

  it('belongs to a group that shares the folder, whatever the umask', async () => {
    mkdirSync(path)
    chmodSync(path, 0o770)
    await note('one')
    await (await open()).writeNew('results/a.json', Buffer.from('{}'))
    expect([journal(), join(path, 'results'), join(path, 'results/a.json')].map(file => statSync(file).mode & 0o777)).toEqual([
      0o660, 0o770, 0o660,
    ])
  })

  it('keeps its chain while lines come at the same time, from one process and from two openings of the case', async () => {
    const [one, two] = [await open(), await open()]
    const lines = Array.from({ length: 40 }, (_, n) => appendLines(n % 2 === 0 ? one : two, clock, [{ event: 'finished', line: `${n}` }]))
    await Promise.all(lines)
    expect(chainOf(path)).toHaveLength(41)
  })

  it('sets a line that was cut off aside, and says so', async () => {
    await note('one')
    appendFileSync(journal(), '{"sequence":3,"previous":"ab')
    await note('two')
    const [, , mended] = chainOf(path)
    const sha256 = createHash('sha256').update('{"sequence":3,"previous":"ab').digest('hex')
    expect(mended).toMatchObject({ event: 'mended', bytes: 28, sha256, file: `torn/${sha256}` })
    expect(readFileSync(join(path, `torn/${sha256}`), 'utf8')).toBe('{"sequence":3,"previous":"ab')
    expect(events()).toEqual(['created', 'finished', 'mended', 'finished'])
  })

  it('does not hide that its end was cut off before it went on', async () => {
    await note('one')
    const head = await note('two')
    truncateSync(journal(), readFileSync(journal(), 'utf8').indexOf('\n') + 1)
    await note('three')
    expect(chainOf(path)[1]).toMatchObject({ event: 'mended', lost: head })
    expect(events()).toEqual(['created', 'mended', 'finished'])
  })

  it('does not hide that its last line was changed before it went on', async () => {
    const head = await note('one')
    writeFileSync(journal(), readFileSync(journal(), 'utf8').replace('"one"', '"eno"'))
    await note('two')
    expect(chainOf(path)[2]).toMatchObject({ event: 'mended', lost: head })
  })

  it('goes on behind lines that were written after its head was noted', async () => {
    await note('one')
    const behind = readFileSync(join(path, 'head.json'))
    await note('two')
    writeFileSync(join(path, 'head.json'), behind)
    await note('three')
    expect(events()).toEqual(['created', 'finished', 'finished', 'finished'])
  })
})

describe('the lock of a case', () => {
  it.each([
    ['a process of this machine that died', () => `${hostname()}/x 999999999@1 n`],
    ['nobody, because its process died before it could write its name', () => ''],
  ])('that belongs to %s is not in the way for long', async (_who, holder) => {
    mkdirSync(path)
    writeFileSync(join(path, 'journal.lock'), holder())
    const folder = await openCaseFolder(path, impatientClock(), random, true)
    await appendLines(folder, clock, [{ event: 'finished' }])
    expect(events()).toEqual(['created', 'finished'])
  })

  it('that another machine renews stays', async () => {
    mkdirSync(path)
    const lock = join(path, 'journal.lock')
    writeFileSync(lock, 'ws-12/boot 7@1 n 0')
    let passed = 0
    let released = false
    const renewing: Clock = {
      ...clock,
      monotonic: () => passed,
      async sleep(ms, signal) {
        if (signal !== undefined) return await clock.sleep(ms, signal)
        passed += 20_000
        if (passed < 200_000) writeFileSync(lock, `ws-12/boot 7@1 n ${passed}`)
        else if (!released) {
          released = true
          rmSync(lock)
        }
      },
    }
    const folder = await openCaseFolder(path, renewing, random, true)
    await appendLines(folder, clock, [{ event: 'finished' }])
    expect(released).toBe(true)
  })
})

describe('the files of a case', () => {
  it('are written once, and listed in order of their paths', async () => {
    const folder = await open()
    expect(await folder.writeNew('a/b', Buffer.from('1'))).toBe(true)
    expect(await folder.writeNew('a/b', Buffer.from('2'))).toBe(false)
    await folder.writeNew('a.txt', Buffer.from('3'))
    symlinkSync('/etc/passwd', join(path, 'a/link'))
    expect(await folder.text('a/b')).toBe('1')
    const listed = []
    for await (const { file, kind, size } of folder.list()) listed.push([file, kind, size])
    expect(listed.filter(([file]) => file !== 'a/link')).toEqual([
      ['a.txt', 'file', 1],
      ['a/b', 'file', 1],
    ])
    expect(listed).toContainEqual(['a/link', 'link', expect.any(Number)])
  })

  it('are never read or written through a link, nor outside of the folder', async () => {
    const folder = await open()
    const outside = testFolder()
    writeFileSync(join(outside, 'x'), 'secret')
    symlinkSync(outside, join(path, 'out'))
    symlinkSync(join(outside, 'x'), join(path, 'x'))
    for (const file of ['out/x', 'x', '../x', 'a/../../x', '/etc/passwd', '']) {
      await expect(folder.text(file), file).rejects.toMatchObject({ code: 'io' })
      await expect(folder.writeNew(file === 'x' ? 'x/y' : file, Buffer.from('!')), file).rejects.toBeInstanceOf(Error)
    }
    expect(readFileSync(join(outside, 'x'), 'utf8')).toBe('secret')
  })

  it('of a case that does not exist are not found', async () => {
    await expect(openCaseFolder(path, clock, random)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('processes that share a case', () => {
  /** Begins a process that appends lines to the case, `count` times `each` at once, and says when it has begun. */
  async function writer(program: string, name: string, count: number, each: number): Promise<ChildProcess> {
    const child = spawn(process.execPath, [program, path, name, String(count), String(each)], { stdio: ['ignore', 'ignore', 'inherit'] })
    return child
  }
  async function programOf(folder: string): Promise<string> {
    const outfile = join(folder, 'append.mjs')
    await build({
      stdin: {
        contents: `import type { Clock } from '../../src/core/ports.ts'
import { openCaseFolder } from './host/case-folder.ts'
          import { appendLines } from './cases/journal.ts'
          import { clock, random } from './host/clock.ts'
          const [, , path, name, count, each] = process.argv
          const folder = await openCaseFolder(path, clock, random, true)
          for (let n = 0; n < count; n++)
            await Promise.all(Array.from({ length: each }, () => appendLines(folder, clock, [{ event: 'finished', line: name + ' ' + n }])))`,
        resolveDir: fileURLToPath(new URL('../../src', import.meta.url)),
        loader: 'ts',
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    })
    return outfile
  }
  const ended = (child: ChildProcess) => new Promise(resolve => child.on('exit', resolve))

  it('lose no line, and keep one chain', async () => {
    const program = await programOf(testFolder())
    const children = [await writer(program, 'a', 60, 20), await writer(program, 'b', 60, 20)]
    await Promise.all(children.map(ended))
    const lines = chainOf(path)
    expect(lines).toHaveLength(2401)
    expect(new Set(lines.map(({ line }) => line)).size).toBe(121)
  })

  it('are not held up by one that was killed, wherever it was', async () => {
    const program = await programOf(testFolder())
    for (let round = 0; round < 6; round++) {
      const child = await writer(program, 'a', 100_000, 3)
      const before = sizeOf()
      await until(() => sizeOf() > before)
      child.kill('SIGKILL')
      await ended(child)
      await note('still here')
    }
    expect(chainOf(path).filter(({ line }) => line === 'still here')).toHaveLength(6)
  })

  function sizeOf(): number {
    try {
      return statSync(journal()).size
    } catch {
      return 0
    }
  }
})
