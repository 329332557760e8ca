import { describe, expect, it } from 'vitest'
import { candidates, type Sources } from '../../../src/cli/completion/candidates.ts'
import { program } from '../../../src/cli/program.ts'
import { WATCHABLE } from '../../../src/cli/watch/command.ts'
import type { Row } from '../../../src/core/result.ts'
import { VERBS } from '../../../src/verbs/index.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'
import { labService, memoryOutput, testHost, type TestWorld } from '../../support/host.ts'
import { withoutService } from '../../support/tenant.ts'

const DEVICE = 'WIN-FIN-01'
const KEY = 'HKCU\\Software\\Watched'
const QUERY = ['lr', 'watch', DEVICE, 'reg', 'query', KEY, '--every', '4s']

/** What happens before each further look; after the last one, Ctrl-C. */
type Step = (fleet: Fleet) => Promise<unknown>

/** Watches while `steps` happen, one before each look but the first. */
async function watched(words: readonly string[], steps: readonly Step[], over: Partial<TestWorld> = {}, fleet = openFleet()) {
  const interruption = new AbortController()
  const service = labService(fleet.lab)
  let looks = 0
  const lab: TestWorld['lab'] = async () => ({
    ...service,
    close: async () => {},
    async send(request) {
      if (request.method === 'POST' && request.url.pathname.endsWith('/sessions')) {
        looks += 1
        if (looks > 1 + steps.length) interruption.abort(new DOMException('stop', 'AbortError'))
        else if (looks > 1) await steps[looks - 2]?.(fleet)
      }
      return await service.send(request)
    },
  })
  const ran = await fleet.cbc(words, { lab, interruption, interrupt: interruption.signal, ...over })
  return { ...ran, changes: ran.lines as unknown as Row[], looks, fleet }
}

const set =
  (name: string, data: string): Step =>
  async fleet =>
    expect(await fleet.cbc(['lr', 'reg', 'add', DEVICE, KEY, '-v', name, '-d', data, '-f'])).toMatchObject({ code: 0 })
const nothing: Step = async () => {}
const make: Step = fleet => fleet.cbc(['lr', 'mkdir', DEVICE, 'C:\\Users\\Public\\made'])

it('shows what is new, changed and gone since the look before, with the fields that changed, and Ctrl-C ends it with 0', async () => {
  const { code, changes, err } = await watched(
    [...QUERY, '-o', 'ndjson'],
    [set('run', 'a.exe'), nothing, set('run', 'b.exe'), fleet => fleet.cbc(['lr', 'reg', 'delete', DEVICE, KEY, '-v', 'run'])],
  )
  expect(changes.map(({ change, registry_name, registry_data }) => [change, registry_name, registry_data])).toEqual([
    ['new', undefined, undefined],
    ['new', 'run', 'a.exe'],
    ['changed', 'run', 'b.exe'],
    ['gone', 'run', 'b.exe'],
  ])
  expect(changes[2]).toMatchObject({
    time: expect.stringMatching(/^2026-01-02T.*Z$/) as string,
    device_name: DEVICE,
    path: KEY,
    changes: [{ field: 'registry_data', before: 'a.exe', after: 'b.exe' }],
  })
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('nothing there yet') as string })
})

it('keeps no session open between two looks', async () => {
  const open: unknown[] = []
  const look: Step = async fleet => open.push(JSON.parse((await fleet.cbc(['lr', 'session', 'list', '--json'])).out))
  const { looks } = await watched(['lr', 'watch', DEVICE, 'drives', '--every', '4s'], [look, look])
  expect({ looks, open }).toEqual({ looks: 4, open: [[], []] })
})

it('goes on while the endpoint is away, says so once and when it is back, and then shows what changed meanwhile', async () => {
  const away =
    (offline: boolean): Step =>
    fleet =>
      fleet.settings({ devices: { [DEVICE]: { offline } } })
  const { code, changes, err } = await watched(
    [...QUERY, '-o', 'ndjson', '--timeout', '1m'],
    [
      async fleet => {
        await set('run', 'a.exe')(fleet)
        await away(true)(fleet)
      },
      nothing,
      nothing,
      away(false),
    ],
  )
  expect(err.match(/looking again/g)).toHaveLength(2)
  expect(err.match(/reg query: .*; looking again every 4\.0 s/g)).toHaveLength(1)
  expect(err.match(/WIN-FIN-01 is back after \d+ m/g)).toHaveLength(1)
  expect(changes.map(({ registry_name }) => registry_name)).toEqual([undefined, 'run'])
  expect(code).toBe(0)
})

it('goes on while the service fails', async () => {
  const failing =
    (rules: unknown[]): Step =>
    fleet =>
      fleet.faults(rules)
  const down = [{ method: 'POST', path: '**/sessions/*/commands', do: { status: 503 } }]
  const { code, changes, err } = await watched(
    [...QUERY, '-o', 'ndjson'],
    [
      failing(down),
      async fleet => {
        await fleet.faults([])
        await set('run', 'a.exe')(fleet)
      },
      nothing,
    ],
  )
  expect(err).toMatch(/503.*looking again/s)
  expect({ code, found: changes.map(({ change }) => change) }).toEqual({ code: 0, found: ['new', 'new'] })
})

it.each([['what an API key may not do', { liveResponse: false }, 3]])(
  'ends on a failure that would not pass: %s',
  async (_what, setting, code) => {
    const fleet = openFleet()
    const ran = await watched(QUERY, [() => fleet.settings({ devices: { [DEVICE]: setting } }), nothing, nothing], {}, fleet)
    expect(ran).toMatchObject({ code, looks: 2 })
  },
)

describe('when it ends', () => {
  it('--until ends it after that time', async () => {
    const { code, looks } = await watched(
      ['lr', 'watch', DEVICE, 'drives', '--every', '4s', '--until', '11s'],
      Array<Step>(9).fill(nothing),
    )
    expect({ code, looks }).toEqual({ code: 0, looks: 3 })
  })

  it('without any look that succeeded, it fails as the last one did', async () => {
    const fleet = openFleet()
    await fleet.settings({ devices: { [DEVICE]: { offline: true } } })
    const words = ['lr', 'watch', DEVICE, 'drives', '--every', '4s', '--timeout', '1m']
    expect(await watched([...words, '--until', '3m'], Array<Step>(99).fill(nothing), {}, fleet)).toMatchObject({ code: 6, out: '' })
    expect(await watched(words, [], {}, fleet)).toMatchObject({ code: 130, out: '' })
  })
})

describe('--exec', () => {
  it('runs the line as it was typed for each change, which it gets as JSON on its standard input', async () => {
    const ran: [string, Row][] = []
    const localShell: TestWorld['localShell'] = async (line, { input, output } = {}) => {
      let text = ''
      for await (const chunk of input ?? []) text += Buffer.from(chunk).toString()
      output?.(Buffer.from('said\n'))
      ran.push([line, JSON.parse(text) as Row])
      return ran.length - 1
    }
    const hostile = '$(touch x); `touch x`\x1b[2J'
    const { code, changes, err } = await watched([...QUERY, '-o', 'ndjson', '--exec', 'notify me'], [set('run', hostile)], { localShell })
    expect(ran.map(([line]) => line)).toEqual(['notify me', 'notify me'])
    expect(ran.map(([, change]) => change)).toEqual(changes)
    expect(changes[1]).toMatchObject({ registry_data: hostile })
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/said\n[^]*--exec: the command ended with exit code 1/) as string })
  })
})

it('a terminal gets a table for each look that found something, with what is dangerous escaped', async () => {
  const { out } = await watched(QUERY, [set('run', 'a\x1b[2J'), nothing, set('run', 'b')], {
    stdout: memoryOutput({ isTerminal: true, columns: 100 }),
  })
  expect(out.match(/change +path/g)).toHaveLength(2)
  expect(out).toMatch(/new .*a\\x1b\[2J/)
  expect(out).toMatch(/registry_data: a\\x1b\[2J -> b/)
})

it('a narrow terminal is told times that stay true, and no ages', async () => {
  const stdout = memoryOutput({ isTerminal: true, columns: 40 })
  const { out } = await watched(['lr', 'watch', DEVICE, 'ls', 'C:\\Users\\Public', '--every', '4s'], [make], { stdout })
  expect(out).toMatch(/2026-01-02T\d\d:\d\d:\d\d(\.\d+)?Z +new/)
  expect(out).not.toMatch(/\bnow\b|ago/)
})

it('a change is not dated before it happened, however long the look waited for the endpoint', async () => {
  let made = Infinity
  const { changes } = await watched(
    ['lr', 'watch', DEVICE, 'ls', 'C:\\Users\\Public', '--every', '4s', '-o', 'ndjson'],
    [
      async fleet => {
        await fleet.clock.sleep(3000)
        await make(fleet)
        made = fleet.clock.now()
      },
    ],
  )
  expect(Date.parse(String(changes[0]?.['time']))).toBeGreaterThanOrEqual(made)
})

describe('the command line', () => {
  it('has the options of the verb and of the watch in any order', async () => {
    const { code, changes } = await watched(
      [
        'lr',
        'watch',
        '--every',
        '4s',
        DEVICE,
        'dir',
        '-R',
        'C:\\Users\\Public',
        '--columns',
        'change,filename',
        '-o',
        'ndjson',
        '--until',
        '1m',
      ],
      [make],
    )
    expect({ code, changes }).toEqual({ code: 0, changes: [{ change: 'new', filename: 'made' }] })
  })

  it.each([
    [['kill', '4'], /"kill" is not one of the choices/],
    [['reg', 'add', KEY], /"reg add .*" can't be watched/],
    [['ps', '--every', '0.5s'], /too often/],
    [['ps', '--until', 'tomorrow'], /neither a duration nor a time/],
    [['ps', '--until', '2020-01-01T00:00:00Z'], /that time is over/],
    [['ps', '--columns', 'nosuch'], /there is no "nosuch"/],
    [['ps', '--dry-run'], /no dry run/],
    [['ls', '-aR', 'C:\\'], /exclude each other/],
  ])('is refused before anything is sent: %s', async (words, message) => {
    expect(await withoutService(['lr', 'watch', DEVICE, ...words])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(message) as string,
    })
  })

  it('names exactly the verbs whose rows can be told apart', async () => {
    const all = await Promise.all(VERBS.map(({ load }) => load()))
    expect(
      all
        .filter(({ identity }) => identity !== undefined)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...WATCHABLE].sort())
  })

  it.each([
    [['lr', 'watch', DEVICE], 'p', ['ps']],
    [['lr', 'watch', DEVICE, 'ps'], '--tr', ['--tree']],
    [['lr', 'watch', DEVICE, 'ps'], '--ev', ['--every']],
  ])('is completed: %s %s', async (words, typed, expected) => {
    const grammar = program(testHost(), () => Promise.reject(new Error('not asked for')))
    const found = await candidates(grammar, { words, typed, redirected: false }, {} as Sources)
    expect(found).toMatchObject(expected.map(text => ({ text })))
  })
})
