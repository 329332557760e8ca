import { describe, expect, it } from 'vitest'
import { runStatus } from '../../../src/cli/run/status.ts'
import { SILENT } from '../../../src/core/ports.ts'
import { countStates, type Counts } from '../../../src/runs/counts.ts'
import { ManualClock, memoryOutput } from '../../support/host.ts'

const counts = (done: number): Counts => ({ ...countStates([]), all: 5000, done, running: 90, failed: 128, 'not begun': 4782 - done })
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

describe('the status of a run', () => {
  it('is a line every 30 seconds where there is no terminal, until the run ends, and nothing with --quiet', async () => {
    const clock = new ManualClock()
    const [stderr, silent] = [memoryOutput(), memoryOutput()]
    let done = 0
    const common = { what: 'ps', progress: SILENT, clock, counts: () => counts(done) }
    const stops = [runStatus({ ...common, stderr, quiet: false }), runStatus({ ...common, stderr: silent, quiet: true })]
    for (done of [100, 200]) {
      clock.advance(29_999)
      await settle()
      const before = stderr.text()
      clock.advance(1)
      await settle()
      expect(stderr.text()).toBe(`${before}cbc: ps: done ${done}, running 90, failed 128 of 5000\n`)
    }
    for (const stop of stops) stop()
    clock.advance(60_000)
    await settle()
    expect([stderr.text().split('\n').length, silent.text()]).toEqual([3, ''])
  })

  it('says on a terminal how fast the run is and how long it takes yet, where there is room beside the counts', () => {
    const clock = new ManualClock()
    let line = (_: number) => ''
    let done = 1000
    const status = (text: (columns: number) => string) => void (line = text)
    const stop = runStatus({
      what: 'ps',
      stderr: memoryOutput({ isTerminal: true }),
      progress: { ...SILENT, status },
      clock,
      quiet: false,
      counts: () => counts(done),
    })
    expect(line(77)).toBe('ps: done 1000, running 90, failed 128 of 5000')
    clock.advance(10_000)
    done = 1400
    expect(line(77)).toBe('ps: done 1400, running 90, failed 128 of 5000; 40.0/s, 1 m 27 s left')
    expect(line(50)).toBe('ps: done 1400, running 90, failed 128 of 5000')
    stop()
  })
})
