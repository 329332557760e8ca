import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Host } from '../../src/core/host.ts'
import { recordInFile, startRecording } from '../../src/shell/recording.ts'
import { testFolder } from '../support/folder.ts'
import { ManualClock, testHost, until, type TestWorld } from '../support/host.ts'
import { openCbc, openTerminal } from '../support/terminal.ts'

type Tap = Parameters<Host['terminal']['tap']>[0]

/** A host whose terminal can be written to and resized by the test. */
function terminalHost(over: Partial<TestWorld> = {}) {
  const clock = new ManualClock()
  const listeners: { tap?: Tap | undefined; resize?: (() => void) | undefined } = {}
  let size = [80, 24]
  const host = testHost({
    clock,
    env: { TERM: 'xterm' },
    terminal: {
      ...testHost().terminal,
      columns: () => size[0] ?? 0,
      rows: () => size[1] ?? 0,
      onResize(listener) {
        listeners.resize = listener
        return () => {
          listeners.resize = undefined
        }
      },
      tap(listener) {
        listeners.tap = listener
        return () => {
          listeners.tap = undefined
        }
      },
    },
    ...over,
  })
  return {
    host,
    clock,
    listeners,
    resize(columns: number, rows: number) {
      size = [columns, rows]
      listeners.resize?.()
    },
  }
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)

describe('a recording', () => {
  it('has a header, what was written as the terminal showed it, and changes of size, each with its time', async () => {
    const { host, clock, listeners, resize } = terminalHost()
    const file = join(testFolder(), 'a.cast')
    const recording = await recordInFile(host, 'cbc lr connect X', file)
    const euro = Buffer.from('€')
    listeners.tap?.('one\ntwo\r\n', 'stdout')
    clock.advance(1500)
    listeners.tap?.(euro.subarray(0, 1), 'stdout')
    listeners.tap?.('!', 'stderr')
    listeners.tap?.(euro.subarray(1), 'stdout')
    resize(100, 30)
    await recording.end()
    expect(linesOf(file)).toEqual([
      { version: 2, width: 80, height: 24, timestamp: Date.UTC(2024, 0, 1) / 1000, title: 'cbc lr connect X', env: { TERM: 'xterm' } },
      [0, 'o', 'one\r\ntwo\r\r\n'],
      [1.5, 'o', '!'],
      [1.5, 'o', '€'],
      [1.5, 'r', '100x30'],
    ])
    expect(listeners).toEqual({ tap: undefined, resize: undefined })
  })

  it('marks where a local command had the terminal, and not where its output comes through the shell', async () => {
    const { host } = terminalHost({ localShell: async () => 0 })
    const file = join(testFolder(), 'a.cast')
    const recording = await recordInFile(host, '', file)
    await recording.host.localShell('vim x')
    await recording.host.localShell('sleep 1 &', { output: () => {} })
    await recording.end()
    expect(linesOf(file).slice(1)).toEqual([[0, 'o', expect.stringContaining('a local command') as string]])
  })

  it('never overwrites a file, and writes through no link', async () => {
    const { host } = terminalHost()
    const file = join(testFolder(), 'a.cast')
    writeFileSync(file, 'mine')
    await expect(recordInFile(host, '', file)).rejects.toMatchObject({ code: 'refused' })
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('that can no longer be written says so at once, and fails at its end', async () => {
    const { host, listeners } = terminalHost()
    let full = false
    const recording = startRecording(host, '', {
      place: '/x/a.cast',
      write: async () => {
        if (full) throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })
      },
      end: async () => {},
    })
    full = true
    listeners.tap?.('lost', 'stdout')
    await expect(recording.end()).rejects.toMatchObject({ code: 'io', message: expect.stringContaining('not whole') as string })
    expect(host.stderr.text()).toContain('the recording has stopped: write: no space left on this disk')
  })
})

const hasAsciinema = spawnSync('asciinema', ['--version']).status === 0

describe('lr connect --record', () => {
  it('records a terminal, which asciinema takes, with lines on the disk as they come and plays', async ({ skip }) => {
    const file = join(testFolder(), 'session.cast')
    const terminal = openCbc(['lr', 'connect', 'WIN-FIN-01', '--record', file], { env: { CBC_PROFILE: 'lab' }, cols: 90 })
    await terminal.waitFor('WIN-FIN-01 C:')
    await terminal.type('drives\r')
    await terminal.waitFor('D:\\')
    await until(() => /"o","[^\n]*D:\\\\[^\n]*\n/.test(readFileSync(file, 'utf8')))
    terminal.resize(70, 20)
    await terminal.type('!true\r')
    // While the local command has the terminal, the terminal itself echoes what is typed.
    await terminal.waitFor(screen => screen.filter(line => line.includes('system32>')).length === 3)
    await terminal.type('exit\r')
    expect(await terminal.exit).toMatchObject({ code: 0 })
    const [header, ...events] = linesOf(file) as [Record<string, unknown>, ...[number, string, string][]]
    expect(header).toMatchObject({ version: 2, width: 90, height: 30, title: 'cbc lr connect WIN-FIN-01' })
    expect(new Set(events.map(([, kind]) => kind))).toEqual(new Set(['o', 'r']))
    expect(events.filter(([, kind]) => kind === 'r').map(([, , size]) => size)).toEqual(['70x20'])
    const shown = events.map(([, kind, text]) => (kind === 'o' ? text : '')).join('')
    // What a terminal gets back is what this one got, but for what the local command did.
    const own = shown.replace(/\[a local command.*\r\n/, '')
    expect(terminal.raw().slice(0, own.length)).toBe(own)
    expect(own).toContain('D:\\')
    if (!hasAsciinema) skip('asciinema is not installed')
    // It wants a terminal of its own.
    for (const words of [['cat'], ['play', '--speed', '1000']]) {
      const player = openTerminal('asciinema', [...words, file], { cols: 90 })
      expect(await player.exit).toMatchObject({ code: 0 })
      expect(player.transcript()).toMatch(/> drives\n.*\n.*A:\\\n.*C:\\\n.*D:\\/)
    }
  })

  it('with a case the recording is in it, its journal tells of it, and what was cut off is no problem of the case', async () => {
    const folder = join(testFolder(), 'case')
    const terminal = openCbc(['lr', 'connect', 'WIN-FIN-01', '--case', folder], { env: { CBC_PROFILE: 'lab' } })
    await terminal.waitFor('WIN-FIN-01 C:')
    await terminal.type('exit\r')
    expect(await terminal.exit).toMatchObject({ code: 0 })
    const line = (linesOf(join(folder, 'journal.jsonl')) as Record<string, unknown>[]).find(({ event }) => event === 'recorded') ?? {}
    const bytes = readFileSync(join(folder, String(line['file'])))
    expect(line).toMatchObject({
      file: expect.stringMatching(/^recordings\/\d{8}T\d{9}Z\.cast$/) as string,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(JSON.parse(bytes.toString().split('\n')[0] ?? '')).toMatchObject({ version: 2 })
    const cut = openCbc(['lr', 'connect', 'WIN-FIN-01', '--case', folder], { env: { CBC_PROFILE: 'lab' } })
    await cut.waitFor('WIN-FIN-01 C:')
    process.kill(cut.pid, 'SIGKILL')
    await cut.exit
    expect(await openCbc(['case', 'verify', folder]).exit).toMatchObject({ code: 0 })
  })

  it('records lines that are run without a terminal too, and refuses a file that exists before anything is sent', async () => {
    const file = join(testFolder(), 'session.cast')
    const words = ['lr', 'connect', 'WIN-FIN-01', '-c', 'drives', '--record', file]
    expect(await openCbc(words, { env: { CBC_PROFILE: 'lab' } }).exit).toMatchObject({ code: 0 })
    const before = readFileSync(file, 'utf8')
    expect(await openCbc(words, { env: { CBC_PROFILE: 'lab' } }).exit).toMatchObject({ code: 8 })
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
