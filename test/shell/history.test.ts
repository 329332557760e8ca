import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { HistoryFile } from '../../src/host/history-file.ts'
import { openHistory } from '../../src/shell/history.ts'
import { testFolder } from '../support/folder.ts'

const root = testFolder()

let file = ''
const open = () => new HistoryFile(file)
let number = 0
beforeEach(() => {
  file = join(root, `profile-${number++}`, 'history')
})

const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1)

describe('the history', () => {
  test('keeps lines, newest last, except blank ones, ones that begin with a space, and repetitions', () => {
    const history = openHistory()
    for (const line of ['one', 'one', '', '  ', ' hidden', '\thidden', 'two', 'one']) history.add(line)
    expect(history.entries).toEqual(['one', 'two', 'one'])
  })

  test('keeps the newest of too many', () => {
    const history = openHistory({ limit: 3 })
    for (const line of ['a', 'b', 'c', 'd']) history.add(line)
    expect(history.entries).toEqual(['b', 'c', 'd'])
  })

  test('keeps no line that contains a secret, in memory or in the file', () => {
    const history = openHistory({ open })
    history.add('exec net user admin Hunter2')
    history.add('ls')
    expect(history.entries).toEqual(['ls'])
    expect(lines()).toEqual(['ls'])
  })
})

describe('the history file', () => {
  test('lasts from run to run, and only its owner can read it', () => {
    openHistory({ open }).add('ls C:\\')
    expect(openHistory({ open }).entries).toEqual(['ls C:\\'])
    if (process.platform !== 'win32') {
      expect([statSync(file).mode & 0o777, statSync(join(file, '..')).mode & 0o777]).toEqual([0o600, 0o700])
      chmodSync(file, 0o644)
      openHistory({ open })
      expect(statSync(file).mode & 0o777).toBe(0o600)
    }
  })

  test('has one line per entry, whatever an entry contains', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'grapheme' }),
            fc.string({ unit: 'binary' }),
            fc.constantFrom('a\nb', '"C:\\x"', '"', '\ud800x', 'x\x9b2J', '"\\n"', 'x\r'),
          ),
        ),
        added => {
          rmSync(file, { force: true })
          const history = openHistory({ open })
          for (const line of added) history.add(line)
          expect(openHistory({ open }).entries).toEqual(history.entries)
          expect(lines()).toHaveLength(history.entries.length)
          expect(lines().join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('loses nothing when two shells write to it, and each finds its own lines last', () => {
    const one = openHistory({ open })
    const two = openHistory({ open })
    one.add('1a')
    two.add('2a')
    one.add('1b')
    two.add('2b')
    expect(lines()).toEqual(['1a', '2a', '1b', '2b'])
    expect(one.entries).toEqual(['1a', '1b'])
    one.refresh()
    two.refresh()
    expect(one.entries).toEqual(['2a', '2b', '1a', '1b'])
    expect(two.entries).toEqual(['1a', '1b', '2a', '2b'])
    one.refresh()
    expect(one.entries).toEqual(['2a', '2b', '1a', '1b'])
  })

  test('keeps every line once for any interleaving of any number of shells', () => {
    const step = fc.record({ shell: fc.nat(2), what: fc.constantFrom('add', 'add', 'refresh', 'reopen') })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        rmSync(file, { force: true })
        const shells = [0, 1, 2].map(() => openHistory({ open }))
        const added = steps.flatMap(({ shell, what }, index) => {
          if (what === 'reopen') shells[shell] = openHistory({ open })
          if (what === 'refresh') shells[shell]?.refresh()
          if (what !== 'add') return []
          shells[shell]?.add(`line ${index}`)
          return [`line ${index}`]
        })
        expect(lines()).toEqual(added)
        for (const shell of shells) {
          shell.refresh()
          expect(shell.entries.toSorted()).toEqual(added.toSorted())
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is trimmed when it is opened, without taking anything from a running shell', () => {
    const one = openHistory({ open })
    for (const line of ['a', 'b', 'c', 'd', 'e']) one.add(line)
    one.refresh()
    const two = openHistory({ open, limit: 3 })
    expect(lines()).toEqual(['c', 'd', 'e'])
    expect(two.entries).toEqual(['c', 'd', 'e'])
    one.add('f')
    two.add('g')
    expect(lines()).toEqual(['c', 'd', 'e', 'f', 'g'])
    one.refresh()
    expect(one.entries).toEqual(['g', 'a', 'b', 'c', 'd', 'e', 'f'])
    two.refresh()
    expect(two.entries).toEqual(['e', 'f', 'g'])
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is left alone while another shell trims it, until that shell is clearly dead', () => {
    openHistory({ open })
    writeFileSync(file, 'a\nb\nc\n')
    writeFileSync(`${file}.trim`, 'a\n')
    expect(openHistory({ open, limit: 2 }).entries).toEqual(['b', 'c'])
    expect(lines()).toEqual(['a', 'b', 'c'])
    const ago = statSync(file).mtimeMs / 1000 - 3600
    utimesSync(`${file}.trim`, ago, ago)
    openHistory({ open, limit: 2 })
    openHistory({ open, limit: 2 })
    expect(lines()).toEqual(['b', 'c'])
  })

  test('is not damaged by a line that a crash cut off', () => {
    const one = openHistory({ open })
    one.add('whole')
    appendFileSync(file, 'cut o')
    openHistory({ open }).add('next')
    expect(openHistory({ open }).entries).toEqual(['whole', 'cut o', 'next'])
  })

  test('may contain garbage', () => {
    openHistory({ open })
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x0a, 0x22, 0x0a, 0x00, 0x0a, 0x0a, 0x6c, 0x73, 0x0a]))
    const history = openHistory({ open })
    expect(history.entries).toEqual(['\ufffd\ufffd', '"', '\0', 'ls'])
    expect(history.warning).toBeUndefined()
  })

  test('that cannot be used causes a warning, and lines stay in memory', () => {
    mkdirSync(file, { recursive: true })
    const history = openHistory({ open })
    expect(history.warning).toMatch(/history.*EISDIR/)
    history.add('ls')
    history.refresh()
    expect(history.entries).toEqual(['ls'])
  })

  test('that disappears later causes a warning then', () => {
    const history = openHistory({ open })
    history.add('one')
    rmSync(join(file, '..'), { recursive: true })
    history.add('two')
    expect(history.warning).toMatch(/ENOENT/)
    expect(history.entries).toEqual(['one', 'two'])
  })
})
