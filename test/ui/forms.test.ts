import { afterEach, describe, expect, it, vi } from 'vitest'
import { formsOf, localTime } from '../../src/ui/forms.ts'

const NOW = Date.UTC(2026, 0, 2, 12)

afterEach(() => {
  vi.unstubAllEnvs()
})

it.each([
  ['2026-01-02T12:00:00Z', 'now'],
  ['2026-01-02T11:59:30Z', '30 s ago'],
  ['2026-01-02T11:00:01Z', '59 min ago'],
  ['2026-01-02T09:00:00Z', '3 h ago'],
  ['2025-12-24T12:00:00Z', '9 d ago'],
  ['2021-01-02T12:00:00Z', '4 y ago'],
  ['2026-01-02T12:05:00Z', 'in 5 min'],
  ['not a time', 'not a time'],
  ['', ''],
])('the age of %s is shown correctly', (time, said) => {
  expect(formsOf({ key: 'at', kind: 'time' }, { times: 'relative', now: NOW })[0].text({ at: time })).toBe(said)
})

it.each([
  ['Europe/Berlin', '2026-01-02 13:00:00 +01:00'],
  ['America/St_Johns', '2026-01-02 08:30:00 -03:30'],
  ['UTC', '2026-01-02 12:00:00 +00:00'],
])('local time is shown with its offset from UTC: %s', (zone, said) => {
  vi.stubEnv('TZ', zone)
  expect(localTime('2026-01-02T12:00:00Z')).toBe(said)
})

it('the most distant times and invalid ones are accepted', () => {
  for (const time of ['8640000000000000', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00.000Z'])
    expect(() => localTime(time)).not.toThrow()
  expect(localTime('\u001b')).toBe('\u001b')
})

describe('the forms of a column, longest first', () => {
  const row = { at: '2026-01-02T09:00:00.123Z', size: 97280, path: 'C:\\x\\y.exe' }
  const texts = (column: Parameters<typeof formsOf>[0], look: Parameters<typeof formsOf>[1]) =>
    formsOf(column, look).map(form => form.text(row))

  it('for a time', () => {
    const at = { key: 'at', kind: 'time' } as const
    expect(texts(at, { now: NOW })).toEqual(['2026-01-02T09:00:00.123Z', '2026-01-02T09:00:00Z', '2 h ago'])
    expect(texts(at, { now: NOW, times: 'utc' })).toEqual(['2026-01-02T09:00:00.123Z', '2026-01-02T09:00:00Z'])
    expect(texts(at, { now: NOW, times: 'relative' })).toEqual(['2 h ago'])
    vi.stubEnv('TZ', 'Asia/Tokyo')
    expect(texts(at, { now: NOW, times: 'local' })).toEqual(['2026-01-02 18:00:00 +09:00', '2026-01-02 18:00'])
  })

  it('for a size', () => {
    const size = { key: 'size', kind: 'size' } as const
    expect(texts(size, {})).toEqual(['97280', '95 KiB'])
    expect([texts(size, { sizes: 'human' }), texts(size, { sizes: 'bytes' })]).toEqual([['95 KiB'], ['97280']])
  })

  it('for any other column that has a shorter one', () => {
    expect(
      formsOf({ key: 'path', title: 'path of the program', brief: 'program', shorter: () => 'y.exe' }, {}).map(form => [
        form.title,
        form.text(row),
      ]),
    ).toEqual([
      ['path of the program', 'C:\\x\\y.exe'],
      ['program', 'y.exe'],
    ])
  })
})
