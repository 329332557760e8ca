import { beforeEach, describe, expect, it, vi } from 'vitest'
import { clearing, openProgress } from '../../src/ui/progress.ts'
import type { Wait } from '../../src/core/ports.ts'
import { ManualClock, memoryOutput, until } from '../support/host.ts'

/** Running spinners, by the text that each shows. */
const { spinning, opened } = vi.hoisted(() => ({ spinning: new Set<() => string>(), opened: { count: 0 } }))
vi.mock('../../src/ui/spinner.ts', () => ({
  openSpinner: (text: () => string) => {
    opened.count += 1
    spinning.add(text)
    return { stop: () => void spinning.delete(text) }
  },
}))

const shown = () => [...spinning].map(text => text())
const terminal = memoryOutput({ isTerminal: true })

beforeEach(() => {
  spinning.clear()
  opened.count = 0
})

/** Runs everything that can run without time passing: the spinner's module takes some turns to load. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
}

const work = (more: Partial<Wait> = {}): Wait => ({ kind: 'work', what: () => 'WIN-FIN-01: ps', ...more })

describe('progress', () => {
  it('shows what it waits for, where, for how long and behind which job, as precisely as known', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    const over = progress.wait(work())
    clock.advance(400)
    await until(() => spinning.size === 1)
    expect(shown()).toEqual(['WIN-FIN-01: ps'])
    const asked = progress.wait({ kind: 'request', what: () => 'Carbon Black Cloud: search devices' })
    clock.advance(1700)
    expect(shown()).toEqual(['Carbon Black Cloud: search devices  2 s'])
    let behind: string | undefined = 'behind job 1'
    const told = progress.wait({ kind: 'command', what: () => 'WIN-FIN-01: process list', more: () => behind })
    expect(shown()).toEqual(['WIN-FIN-01: process list  2 s, behind job 1'])
    behind = undefined
    expect(shown()).toEqual(['WIN-FIN-01: process list  2 s'])
    for (const end of [told, asked]) end()
    expect(shown()).toEqual(['WIN-FIN-01: ps  2 s'])
    over()
    expect([shown(), clock.sleeping]).toEqual([[], 0])
  })

  it('hides background work: requests that keep a session alive, and the commands of a job', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    progress.wait({ kind: 'command', what: () => 'WIN-FIN-01: process list' })
    clock.advance(5000)
    await settle()
    expect(opened.count).toBe(0)
  })

  it('says at once that the work is being ended, which work, and how to leave', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    const stop = new AbortController()
    progress.wait(work({ signal: stop.signal }))
    const told = progress.wait({ kind: 'command', what: () => 'WIN-FIN-01: ping', ending: () => 'ping, pid 3276' })
    stop.abort()
    await until(() => spinning.size === 1)
    expect(shown()).toEqual(['ending ping, pid 3276 …; again: leave it'])
    told()
    expect(shown()).toEqual(['ending WIN-FIN-01: ps …; again: leave it'])
    progress.stop()
  })

  it('is removed for output, returns below it after a complete line, and is hidden during a question', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    progress.wait(work())
    clock.advance(400)
    await until(() => spinning.size === 1)
    progress.clear(true)
    clock.advance(5000)
    await settle()
    expect(shown()).toEqual([])
    progress.clear(false)
    expect(shown()).toEqual([])
    clock.advance(400)
    await until(() => spinning.size === 1)
    const release = progress.hold()
    expect(shown()).toEqual([])
    clock.advance(5000)
    await settle()
    expect(shown()).toEqual([])
    release()
    clock.advance(400)
    await until(() => spinning.size === 1)
    progress.stop()
  })

  it('stands below rows that come faster than work is taken for slow, and is no wider than the terminal', async () => {
    const clock = new ManualClock()
    const progress = openProgress(memoryOutput({ isTerminal: true, columns: 40 }), clock, false)
    progress.status(columns => `${'ps: done 1, running 2 of 3; '.repeat(3)}${columns}`)
    // Rows that come before it stands do not put it off.
    for (let row = 0; row < 3; row++) {
      clock.advance(133)
      await settle()
      expect(shown()).toEqual([])
      progress.clear()
    }
    clock.advance(1)
    await until(() => spinning.size === 1)
    for (let row = 0; row < 3; row++) {
      progress.clear()
      expect(shown()).toEqual([])
      await until(() => spinning.size === 1)
    }
    expect(shown().every(line => line.length <= 37)).toBe(true)
    progress.end()
    clock.advance(5000)
    await settle()
    expect(shown()).toEqual([])
  })

  it('shows nothing before 400 ms, and nothing for work that has ended by then', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    progress.step('Reading')
    clock.advance(399)
    await settle()
    expect(opened.count).toBe(0)
    progress.end()
    clock.advance(1000)
    await settle()
    expect(opened.count).toBe(0)
    expect(clock.sleeping).toBe(0)
  })

  it('shows a step after 400 ms, replaces it by the next steps, and removes it', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    progress.step('Reading')
    clock.advance(400)
    await until(() => spinning.size === 1)
    expect(shown()).toEqual(['Reading'])
    progress.step('Writing')
    clock.advance(3000)
    expect(shown()).toEqual(['Writing  3 s'])
    clock.advance(62_000)
    expect(shown()).toEqual(['Writing  1 m 5 s'])
    progress.end()
    expect(shown()).toEqual([])
    expect(opened.count).toBe(1)
    progress.step('Again')
    clock.advance(400)
    await until(() => spinning.size === 1)
    progress.stop()
    expect(shown()).toEqual([])
  })

  it('draws a bar if the total is known', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    progress.step('big.bin', 4 * 1024 * 1024)
    clock.advance(500)
    await until(() => spinning.size === 1)
    progress.at(1024 * 1024)
    expect(shown()).toEqual(['big.bin  ██████░░░░░░░░░░░░░░░░░░  25%  1.0 MiB of 4.0 MiB, 2.0 MiB/s'])
    progress.step('a name that is too long for a terminal of 80 columns.bin', 4 * 1024 * 1024)
    expect(shown()[0]).toHaveLength(77)
    progress.step('big.bin', 4 * 1024 * 1024)
    progress.at(99 * 1024 * 1024)
    expect(shown()[0]).toContain(`${'█'.repeat(24)} 100%`)
    progress.step('Dumping', 100, 'percent')
    progress.at(50)
    expect(shown()).toEqual(['Dumping  ████████████░░░░░░░░░░░░  50%'])
    progress.step('empty', 0)
    expect(shown()[0]).toContain('100%')
    progress.stop()
  })

  it('escapes and shortens its text', async () => {
    const clock = new ManualClock()
    const progress = openProgress(terminal, clock, false)
    progress.step('\u001b[2J')
    clock.advance(400)
    await until(() => spinning.size === 1)
    expect(shown()).toEqual(['\\x1b[2J'])
    progress.step('x'.repeat(500))
    expect(shown()[0]).toHaveLength(60)
    progress.stop()
  })

  it.each([
    ['without a terminal', memoryOutput(), false],
    ['with --quiet', terminal, true],
  ])('shows nothing %s', async (_when, output, quiet) => {
    const clock = new ManualClock()
    const progress = openProgress(output, clock, quiet)
    progress.step('Reading', 100)
    progress.at(5)
    clock.advance(10_000)
    await settle()
    expect({ opened: opened.count, sleeping: clock.sleeping, written: output.text() }).toEqual({ opened: 0, sleeping: 0, written: '' })
    progress.stop()
  })
})

it('output removes the spinner first', async () => {
  const clock = new ManualClock()
  const progress = openProgress(terminal, clock, false)
  progress.step('Reading')
  clock.advance(400)
  await until(() => spinning.size === 1)
  const stdout = memoryOutput({ isTerminal: true, columns: 33 })
  const cleared = clearing(
    {
      ...stdout,
      write: async data => {
        await stdout.write(`${spinning.size} ${String(data)}`)
      },
    },
    progress,
  )
  await cleared.write('text')
  expect(stdout.text()).toBe('0 text')
  expect(cleared).toMatchObject({ isTerminal: true, color: false })
  expect(cleared.columns()).toBe(33)
})
