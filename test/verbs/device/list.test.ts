import { describe, expect, it } from 'vitest'
import { openLab } from '../../../src/lab/lab.ts'
import { main } from '../../../src/main.ts'
import { clock, random } from '../../../src/host/clock.ts'
import { labService, memoryOutput, testHost } from '../../support/host.ts'

interface Device {
  id: number
  name: string
  os: string
  policy_name: string
  last_contact_time: string
}

/** Runs the program in its own lab. @returns its output, and the bodies of the searches */
async function cbc(
  words: string[],
  { options = {}, terminal = false }: { options?: { rosterSize?: number; settings?: object }; terminal?: boolean } = {},
) {
  const lab = labService(openLab({ clock, random, checkIn: 0, ...options }))
  const searches: { start: number; rows: number; query?: string; criteria: object }[] = []
  const host = testHost({
    stdout: memoryOutput({ isTerminal: terminal, columns: 100 }),
    lab: async () => ({
      ...lab,
      async send(request) {
        if (request.url.pathname.endsWith('/_search'))
          searches.push(JSON.parse(Buffer.from(request.body as Uint8Array).toString()) as (typeof searches)[number])
        return await lab.send(request)
      },
    }),
  })
  const code = await main(words, host)
  return { code, out: host.stdout.text(), err: host.stderr.text(), searches }
}
const rows = async (...words: string[]) => JSON.parse((await cbc(['device', 'list', ...words, '--json'])).out) as Device[]
const names = async (...words: string[]) => (await rows(...words)).map(({ name }) => name)

describe('device list', () => {
  it('lists all devices by name, in the form of the API', async () => {
    const all = await rows()
    expect(all.map(({ name }) => name)).toEqual(all.map(({ name }) => name).sort())
    expect(all.find(({ name }) => name === 'WIN-FIN-01')).toMatchObject({
      id: 11412673,
      os: 'WINDOWS',
      policy_name: 'Standard',
      last_contact_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    })
  })

  it.each([
    [['--os', 'windows', '--name', '*-ceo-*'], ['WIN-CEO-01']],
    [['--os', 'linux,mac'], ['MBP-DESIGN-01']],
    [['--os', 'linux', '--os', 'windows', '--name', '*-ceo-*'], ['WIN-CEO-01']],
    [['--status', 'deregistered', '--status', 'registered', '--name', '*-ceo-*'], ['WIN-CEO-01']],
    [['--policy', 'executives'], ['WIN-CEO-01']],
    [['--policy', '6997312'], ['WIN-CEO-01']],
    [
      ['--policy', 'executives', '--policy', 'Standard', '--name', 'win-*-01', '--sort', 'name'],
      ['WIN-CEO-01', 'WIN-FIN-01', 'WIN-HR-01'],
    ],
    [
      ['--name', 'win-fin-0?'],
      ['WIN-FIN-01', 'WIN-FIN-02'],
    ],
    [
      ['--name', 'kiosk-01'],
      ['CORP\\KIOSK-01', 'LAB\\KIOSK-01'],
    ],
    [
      ['--name', 'KIOSK*', '--policy', 'Standard'],
      ['CORP\\KIOSK-01', 'LAB\\KIOSK-01'],
    ],
    [['--name', 'lab\\*'], ['LAB\\KIOSK-01']],
    [['--query', 'login_user_name:*moreau'], ['WIN-FIN-01']],
    [['--query', 'os:LINUX OR name:WIN-FIN-01', '--name', '*-01', '--os', 'windows'], ['WIN-FIN-01']],
    [
      ['--sort', 'name:desc', '--limit', '2'],
      ['WIN-SALES-LT3', 'WIN-HR-01'],
    ],
    [['--status', 'deregistered', '--os', 'linux'], []],
  ])('%j selects the right devices', async (words, expected) => {
    expect(await names(...words)).toEqual(expected)
  })

  it('distinguishes a status from a state', async () => {
    expect((await cbc(['device', 'list', '--status', 'online'])).err).toContain('that is a value of the state column')
    expect((await cbc(['device', 'list', '--status', 'sleepy'])).err).toMatch(
      /"sleepy" is not one of the choices\nhint: choose from active/,
    )
  })

  it('says that there are more devices than it shows when no limit was given', async () => {
    const many = { options: { rosterSize: 1100 } }
    const { out, err } = await cbc(['device', 'list', '--json'], many)
    expect(JSON.parse(out)).toHaveLength(1000)
    const total = 1000 + JSON.parse((await cbc(['device', 'list', '--json', '--start', '1000'], many)).out).length
    expect(JSON.parse(err)).toMatchObject({
      totals: {
        shown: 1000,
        num_found: total,
        message: `1,000 of ${total.toLocaleString('en-US')}; --start 1000 shows the next ones, --all shows all`,
      },
    })
    expect((await cbc(['device', 'list', '--limit', '3'], many)).err).toBe(
      `cbc: 3 of ${total.toLocaleString('en-US')}; --start 3 shows the next ones, --all shows all\n`,
    )
    expect((await cbc(['device', 'list', '--json', '--all'], many)).err).toBe('')
  })

  it('pages automatically, returns each device once, and asks for no more than needed', async () => {
    const many = { options: { rosterSize: 12_345 } }
    const { out, searches } = await cbc(['device', 'list', '--all', '-o', 'ndjson', '--columns', 'id'], many)
    expect(new Set(out.trimEnd().split('\n')).size).toBe(12_345)
    expect(searches).toHaveLength(13)
    expect(Math.max(...searches.map(({ rows }) => rows))).toBeLessThanOrEqual(10_000)
    expect((await cbc(['device', 'list', '--limit', '3', '--json'], many)).searches.map(({ rows }) => rows)).toEqual([3])
  })

  it.each([
    [[], 0],
    [[], 1],
    [['--name', 'win-*'], 0],
    [['--name', 'win-*'], 1],
    [['--policy', 'Standard'], 0],
    [['--os', 'windows', '--name', '*-0?'], 0],
  ] as const)(
    'shows the whole list in parts, with the number of remaining devices: %j, when the service numbers its first device %i',
    async (filters, deviceSearchStart) => {
      const whole = await names(...filters)
      const parts = []
      for (let start = 0; start < whole.length; start += 2) {
        const { out, err } = await cbc(['device', 'list', ...filters, '--start', String(start), '--limit', '2', '--json'], {
          options: { settings: { deviceSearchStart } },
        })
        const part = (JSON.parse(out) as Device[]).map(({ name }) => name)
        expect(JSON.parse(err)).toMatchObject({ totals: { shown: part.length, num_found: whole.length, start } })
        parts.push(...part)
      }
      expect(whole.length).toBeGreaterThan(2)
      expect(parts).toEqual(whole)
    },
  )

  it('pages automatically when the service numbers its first device 1, and returns each once', async () => {
    const { out } = await cbc(['device', 'list', '--all', '-o', 'ndjson', '--columns', 'id'], {
      options: { rosterSize: 2500, settings: { deviceSearchStart: 1 } },
    })
    expect(new Set(out.trimEnd().split('\n')).size).toBe(2500)
  })

  it('passes on every filter that the service supports', async () => {
    const { searches } = await cbc(['device', 'list', '--os', 'windows,linux', '--status', 'registered', '--query', 'a', '--name', 'WIN-*'])
    expect(searches[0]).toMatchObject({
      criteria: { os: ['WINDOWS', 'LINUX'], status: ['REGISTERED'] },
      query: '(a) AND (name:*WIN-*)',
      sort: [{ field: 'name', order: 'ASC' }],
    })
  })

  it('shows which devices are online', async () => {
    const { out } = await cbc(['device', 'list', '--name', '*-0?'], { terminal: true })
    const lines = out.split('\n')
    expect(lines[0]).toMatch(/^name +id +state +os +policy +user +last contact$/)
    expect(lines.find(line => line.includes('KIOSK-02'))).toMatch(/11412747 +disabled/)
    expect(lines.find(line => line.includes('WIN-FIN-01'))).toMatch(/11412673 +online/)
  })

  it.each(['WIN-FIN-01', '11412673', 'win-fin-01,11412673', 'WIN-FIN-?1', 'query:login_user_name:*moreau'])(
    'get finds the device by %s',
    async typed => {
      const { code, out } = await cbc(['device', 'get', typed, '--json'])
      expect({ code, id: (JSON.parse(out) as Device).id }).toEqual({ code: 0, id: 11412673 })
    },
  )

  it('get reports "not found" when there is no such device', async () => {
    expect((await cbc(['device', 'get', '99'])).code).toBe(4)
  })
})
