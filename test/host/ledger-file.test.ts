import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Ledger, LedgerNote, Trace } from '../../src/core/ledger.ts'
import { random } from '../../src/host/clock.ts'
import { openLedger } from '../../src/host/ledger-file.ts'
import { ManualClock } from '../support/host.ts'
import { testFolder } from '../support/folder.ts'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

const FILE: Trace = { kind: 'file', device_id: 7, path: 'C:\\Windows\\Temp\\cbc-1.out' }
const SESSION: Trace = { kind: 'session', device_id: 7 }
/** Process ids that usual systems do not use. */
const [FIRST, SECOND] = [5_000_001, 5_000_002]

/** A state directory, and runs in it that count as alive until they are declared dead. */
function machine() {
  const directory = join(testFolder(), 'ledger')
  made.push(join(directory, '..'))
  const dead = new Set<number>()
  const clock = new ManualClock()
  const warnings: string[] = []
  const run = (pid = FIRST, place = 'https://a ORG'): Ledger =>
    openLedger({
      directory,
      place,
      clock,
      random,
      warn: line => {
        warnings.push(line)
      },
      processes: { pid, alive: other => !dead.has(other), startOf: () => undefined },
    })
  return { directory, dead, clock, run, warnings, files: () => readdirSync(directory) }
}

const traces = (ledger: Ledger) => ledger.entries().map(({ trace }) => trace)

describe('the ledger', () => {
  it('is written to disk at once, private to its user', () => {
    const m = machine()
    m.run().note(FILE)
    const [name = ''] = m.files()
    expect(readFileSync(join(m.directory, name), 'utf8')).toMatch(/^\{.*cbc-1\.out.*\}\n$/)
    expect([statSync(join(m.directory, name)).mode & 0o777, statSync(m.directory).mode & 0o777]).toEqual([0o600, 0o700])
  })

  it('starts a new line after one that a full disk cut off', () => {
    const m = machine()
    const ledger = m.run()
    ledger.note(SESSION)
    const file = join(m.directory, m.files()[0] ?? '')
    const whole = readFileSync(file, 'utf8')
    rmSync(file)
    mkdirSync(file)
    ledger.note({ ...FILE, path: 'lost' })
    rmdirSync(file)
    writeFileSync(file, `${whole}{"id":"cut`)
    ledger.note(FILE)
    expect(traces(m.run(SECOND))).toEqual([SESSION, FILE])
    expect(m.warnings).toHaveLength(1)
  })

  it('shows other runs what is recorded, what became known about it, and whether its run is alive', () => {
    const m = machine()
    const noted = m.run(FIRST).note(SESSION)
    m.clock.advance(5)
    noted.update({ session_id: '1:7' })
    const seen = () =>
      m
        .run(SECOND)
        .entries()
        .map(({ trace, used, since }) => ({ trace, used, since }))
    const since = m.clock.now() - 5
    expect(seen()).toEqual([{ trace: { ...SESSION, session_id: '1:7' }, used: true, since }])
    m.dead.add(FIRST)
    expect(seen()).toMatchObject([{ used: false }])
  })

  it('shows programs that could not be ended and shadow copies, with or without their ids, and no malformed one', () => {
    const m = machine()
    const id = '{0F6C5A2E-11D4-4B36-9C1E-8A4C5D7F2B90}'
    const programs: Trace[] = [
      { kind: 'program', device_id: 7, path: 'wiper.exe', pid: 3272 },
      { kind: 'program', device_id: 7, path: 'wiper.exe' },
      { kind: 'shadow', device_id: 7, path: 'C:' },
      { kind: 'shadow', device_id: 7, path: 'C:', output_file: 'C:\\Windows\\Temp\\cbc-1.out' },
      { kind: 'shadow', device_id: 7, path: 'C:', shadow_id: id },
    ]
    const ledger = m.run()
    for (const trace of [
      ...programs,
      { kind: 'program', device_id: 7, path: 'x', pid: '3272' },
      { kind: 'program', device_id: 7 },
      { kind: 'shadow', device_id: 7, path: 'C:', output_file: 7 },
      // It would become part of a command line.
      { kind: 'shadow', device_id: 7, path: 'C:', shadow_id: `${id} /all` },
    ] as Trace[])
      ledger.note(trace).release()
    expect(
      m
        .run(SECOND)
        .entries()
        .map(({ trace, used }) => [trace, used]),
    ).toEqual(programs.map(trace => [trace, false]))
  })

  it('shows that what a living run has released is no longer used', () => {
    const m = machine()
    m.run(FIRST).note(SESSION).release()
    expect(m.run(SECOND).entries()).toMatchObject([{ used: false }])
  })

  it('deletes the file of a run that has removed all its entries', () => {
    const m = machine()
    const ledger = m.run()
    const [a, b] = [ledger.note(FILE), ledger.note(SESSION)]
    a.strike()
    expect(traces(ledger)).toEqual([SESSION])
    b.strike()
    b.strike()
    expect(m.files()).toEqual([])
    ledger.note(FILE)
    expect(traces(ledger)).toEqual([FILE])
  })

  it('deletes the file of a dead run when another run removes its last entry', () => {
    const m = machine()
    const dead = m.run(FIRST)
    dead.note(FILE)
    dead.note(SESSION)
    m.dead.add(FIRST)
    const [first, second] = m.run(SECOND).entries()
    first?.strike()
    expect(traces(m.run(SECOND))).toEqual([SESSION])
    second?.strike()
    first?.strike()
    expect(m.files()).toEqual([])
  })

  it('is separate for each organization', () => {
    const m = machine()
    m.run(FIRST, 'https://a ORG').note(FILE)
    m.run(FIRST, 'https://b ORG').note(SESSION)
    expect(traces(m.run(SECOND, 'https://a ORG'))).toEqual([FILE])
    expect(traces(m.run(SECOND, 'https://b ORG'))).toEqual([SESSION])
  })

  it('skips a line that was cut off, and removes entries after it', () => {
    const m = machine()
    m.run().note(FILE)
    const file = join(m.directory, m.files()[0] ?? '')
    appendFileSync(file, '{"id":"half')
    m.dead.add(FIRST)
    const [entry] = m.run(SECOND).entries()
    expect(entry?.trace).toEqual(FILE)
    m.run(SECOND).entries()[0]?.strike()
    expect(traces(m.run(SECOND))).toEqual([])
  })

  it('never takes a run on another machine for dead', () => {
    const m = machine()
    m.run(FIRST).note(FILE)
    m.dead.add(FIRST)
    const [name = ''] = m.files()
    renameSync(join(m.directory, name), join(m.directory, `elsewhere${name.slice(name.indexOf('_'))}`))
    expect(m.run(SECOND).entries()).toMatchObject([{ used: true }])
  })

  it('does not grow in a shell that stays open for days', () => {
    const m = machine()
    const ledger = m.run()
    ledger.note(SESSION)
    for (let n = 0; n < 1200; n++) ledger.note(FILE).strike()
    expect(statSync(join(m.directory, m.files()[0] ?? '')).size).toBeLessThan(200_000)
    expect(traces(ledger)).toEqual([SESSION])
  })

  it('does not stop the work when it cannot be written, and says so once', () => {
    const m = machine()
    writeFileSync(m.directory, 'in its place')
    const ledger = m.run()
    ledger.note(FILE).update({ session_id: '1' })
    ledger.note(SESSION).strike()
    expect(m.warnings).toEqual([expect.stringContaining('cbc lr gc')])
    expect(ledger.entries()).toEqual([])
  })

  it('behaves like a list for any sequence of additions and removals', () => {
    const step = fc.record({ run: fc.nat(1), does: fc.constantFrom('note', 'know', 'strike'), which: fc.nat(5) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const m = machine()
        const runs = [m.run(FIRST), m.run(SECOND)].map(ledger => ({
          ledger,
          open: [] as { noted: LedgerNote; path: string; file_id?: string }[],
        }))
        let number = 0
        for (const { run, does, which } of steps) {
          const one = runs[run]
          const item = one?.open[which]
          if (does === 'note') {
            const path = String(++number)
            const noted = one?.ledger.note({ kind: 'staged', session_id: '1', path })
            if (noted !== undefined) one?.open.push({ noted, path })
          } else if (item !== undefined && does === 'know') {
            item.file_id = `${which}`
            item.noted.update({ file_id: item.file_id })
          } else if (item !== undefined) {
            item.noted.strike()
            one?.open.splice(which, 1)
          }
        }
        const held = runs.flatMap(({ open }) => open.map(({ path, file_id }) => `${path} ${file_id ?? ''}`)).sort()
        expect(
          traces(m.run(9))
            .map(trace => (trace.kind === 'staged' ? `${trace.path} ${trace.file_id ?? ''}` : 'none'))
            .sort(),
        ).toEqual(held)
      }),
      { numRuns: 40 },
    )
  })
})

it('survives any content of its file', () => {
  const m = machine()
  m.run().note(FILE)
  const [name = ''] = m.files()
  const file = join(m.directory, name)
  const whole = readFileSync(file, 'utf8')
  const field = fc.oneof(
    fc.constantFrom('a', 'session', 'file', 'staged', 'https://a ORG', '__proto__', null, 7, true),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const trace = fc.record(
    { kind: field, device_id: field, session_id: field, file_id: field, path: field, joined: field },
    { requiredKeys: [] },
  )
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json({ maxDepth: 2 }),
    fc
      .record(
        { id: field, place: field, since: field, trace: fc.oneof(trace, field), left: field, gone: field, know: fc.oneof(trace, field) },
        { requiredKeys: ['id'] },
      )
      .map(entry => JSON.stringify(entry)),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), lines => {
      writeFileSync(
        file,
        `${whole}${JSON.stringify({ ...(JSON.parse(whole) as object), id: 'a' })}\n${lines.filter(text => !text.includes(whole.slice(7, 40))).join('\n')}\n`,
      )
      const entries = m.run(SECOND).entries()
      expect(entries.map(entry => entry.trace)).toContainEqual(FILE)
      for (const { trace: found } of entries) {
        expect(['session', 'file', 'staged']).toContain(found.kind)
        expect([typeof found.device_id, found.kind]).toEqual([
          found.kind === 'staged' && found.device_id === undefined ? 'undefined' : 'number',
          found.kind,
        ])
        if (found.kind !== 'session') expect(typeof found.path).toMatch(found.kind === 'file' ? /string/ : /string|undefined/)
      }
    }),
    { numRuns: 500 },
  )
})
