import { describe, expect, it } from 'vitest'
import { Devices, type Device, type DeviceSearch } from '../../src/api/devices.ts'
import { CbcError, type ErrorCode } from '../../src/core/errors.ts'
import { describeDevice, resolveDevice, resolveDevices } from '../../src/engine/devices.ts'
import { absenceOf } from '../../src/engine/inventory.ts'

const KNOWN: Device[] = [
  { id: 1, name: 'WIN-FIN-01' },
  { id: 2, name: 'CORP\\KIOSK-01' },
  { id: 3, name: 'LAB\\KIOSK-01' },
  { id: 4, name: 'WIN-FIN-010' },
  { id: 5, name: 'Anna\'s "old" PC' },
  { id: 6, name: 'CORP\\SOLO' },
]

type Service = (search: DeviceSearch) => Device[]

/** A service that answers every search with everything, as one that reads names as words may. */
const careless: Service = () => KNOWN
/** A service that matches names exactly, without wildcards. */
const literal: Service = ({ query }) => KNOWN.filter(({ name }) => query === undefined || query === `name:${name}`)
/** A service that refuses leading wildcards. */
const strict: Service = search => {
  if (search.query?.includes(':*')) throw new CbcError('remote', 'no leading wildcards', { http_status: 400 })
  return literal(search)
}

function devices(service: Service = careless, failure?: CbcError) {
  const searches: (string | undefined)[] = []
  class Fake extends Devices {
    override async search(search: DeviceSearch) {
      searches.push(search.query)
      const found = service(search)
      const { start = 0, rows = 100 } = search
      return { results: found.slice(start, start + rows), num_found: found.length }
    }
    override async get(id: number) {
      if (failure !== undefined) throw failure
      return KNOWN.find(device => device.id === id) ?? { id, name: '?' }
    }
  }
  return { searches, devices: new Fake(undefined as never, 'ORG') }
}

const { signal } = new AbortController()
const FILES: Record<string, string> = {
  'list.txt': '# the first floor\nWIN-FIN-01   # the till\n\n6\n  lab\\kiosk-01\n',
  'empty.txt': '# nothing\n\n',
  'nested.txt': '@list.txt\n',
  'unknown.txt': 'WIN-FIN-01\nNOPE\n*-NONE\n',
}
const sources = {
  async file(path: string) {
    const text = FILES[path]
    if (text === undefined) throw new CbcError('io', `${path}: no such file or directory`)
    return text
  },
  stdin: async () => 'corp\\solo\n1\n',
}
const resolve = (typed: string, service?: Service) => resolveDevice(devices(service).devices, typed, sources, signal)
const ids = async (typed: string, service?: Service) =>
  (await resolveDevices(devices(service).devices, typed, sources, signal)).map(({ id }) => id)
const fails = async (typed: string, code: ErrorCode, message: RegExp | string) => {
  await expect(resolveDevices(devices().devices, typed, sources, signal)).rejects.toMatchObject({
    code,
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  })
}

describe('a device', () => {
  it('is identified by its id without a request', async () => {
    const { searches, devices: fake } = devices()
    expect(await resolveDevice(fake, '11412673', sources, signal)).toEqual({ id: 11412673 })
    expect(searches).toEqual([])
  })

  it.each([
    ['WIN-FIN-01', 1],
    ['win-fin-01', 1],
    ['corp\\kiosk-01', 2],
    ['LAB\\Kiosk-01', 3],
    ['solo', 6],
    ['anna\'s "OLD" pc', 5],
  ])('is found by %s', async (typed, id) => {
    expect(await resolve(typed)).toEqual({ id, name: KNOWN.find(device => device.id === id)?.name })
  })

  it.each([
    ['WIN-FIN-01', 'name:WIN-FIN-01'],
    ['CORP\\SOLO', 'name:SOLO'],
    ['Anna\'s "old" PC', 'name:"Anna\'s \\"old\\" PC"'],
    ['x) OR name:(y', 'name:"x) OR name:(y"'],
    ['x AND y', 'name:"x AND y"'],
    ['WIN-*', 'name:*WIN-*'],
    ['*-01', 'name:*-01'],
    ['CORP\\KIOSK-0?', 'name:*KIOSK-0?'],
    ['x) OR name:y*', 'name:*x*OR*name*y*'],
    ['*', undefined],
    ['query:os:WINDOWS AND name:A,B', 'os:WINDOWS AND name:A,B'],
  ])('%s is searched as %s', async (typed, query) => {
    const { searches, devices: fake } = devices()
    await resolveDevices(fake, typed, sources, signal).catch(() => {})
    expect(searches[0]).toBe(query)
  })

  it('named by what several match is an error that lists them', async () => {
    await expect(resolve('kiosk-01')).rejects.toMatchObject({
      code: 'usage',
      message: '"kiosk-01" fits 2 devices: CORP\\KIOSK-01 (2), LAB\\KIOSK-01 (3)',
      facts: { hint: 'give the id, or the name with its domain' },
    })
    const many = Array.from({ length: 12 }, (_, id) => ({ id, name: `D${id}\\PC` }))
    await expect(resolve('PC', () => many)).rejects.toMatchObject({
      message: expect.stringMatching(/^"PC" fits 12 devices: (D\d\\PC \(\d\), ){10}…$/) as string,
    })
  })

  describe('with the same name twice after a reinstallation', () => {
    const twice =
      (...more: Partial<Device>[]): Service =>
      () =>
        more.map((over, at) => ({ id: at + 1, name: 'CORP\\WIN-7', status: 'REGISTERED', ...over }))

    it.each(['DEREGISTERED', 'deregistered', 'UNINSTALLED', 'DELETED'])('is the one that is not %s', async status => {
      expect(await resolve('win-7', twice({ status }, {}))).toEqual({ id: 2, name: 'CORP\\WIN-7' })
      expect(await ids('WIN-*', twice({}, { status }))).toEqual([1])
    })

    it('is reported when chosen: which one was passed over, and why', async () => {
      const told: string[] = []
      const service = twice({ status: 'DEREGISTERED', last_contact_time: '2025-12-01T00:00:00Z' }, {})
      await resolveDevice(devices(service).devices, 'WIN-7', { ...sources, notice: line => told.push(line) }, signal)
      expect(told).toEqual([
        '"WIN-7" is CORP\\WIN-7 (2, REGISTERED); ignored: CORP\\WIN-7 (1, DEREGISTERED, last contact 2025-12-01T00:00:00Z)',
      ])
    })

    it('is not reported where nothing was passed over, nor for a pattern', async () => {
      const told: string[] = []
      const around = { ...sources, notice: (line: string) => told.push(line) }
      await resolveDevice(devices(twice({})).devices, 'WIN-7', around, signal)
      await resolveDevices(devices(twice({ status: 'DELETED' }, {})).devices, 'WIN-*', around, signal)
      expect(told).toEqual([])
    })

    it('is found by a query even where it is an old record: what the query asks for counts', async () => {
      expect(await ids('query:status:DEREGISTERED', twice({ status: 'DEREGISTERED' }, {}))).toEqual([1, 2])
    })

    it('is the old one when there is no other', async () => {
      expect(await resolve('WIN-7', twice({ status: 'DEREGISTERED' }))).toEqual({ id: 1, name: 'CORP\\WIN-7' })
    })

    it('is an error when both are registered, which says which is which and what to type', async () => {
      const service = twice(
        { last_contact_time: '2026-01-02T03:04:05.000Z' },
        { last_contact_time: '2026-11-30T10:00:00Z', status: 'PENDING' },
        {},
        { status: 'DEREGISTERED' },
      )
      await expect(resolve('WIN-7', service)).rejects.toMatchObject({
        code: 'usage',
        message:
          '"WIN-7" fits 3 devices: CORP\\WIN-7 (2, PENDING, last contact 2026-11-30T10:00:00Z), CORP\\WIN-7 (1, REGISTERED, last contact 2026-01-02T03:04:05Z), CORP\\WIN-7 (3, REGISTERED)',
        facts: { hint: 'give the id of the right one: 2, 1, 3' },
      })
    })
  })

  it.each(['WIN-FIN', 'WIN-FIN-0', 'OTHER\\WIN-FIN-01', 'FIN-01', 'nope'])('%s matches no device', async typed => {
    await expect(resolve(typed)).rejects.toMatchObject({ code: 'not_found', message: `${typed}: no such device` })
  })

  it.each(['', ' ', ',', '0', '99999999999999999999', 'query:', 'query: ', '@'])('%j cannot name a device', async typed => {
    const { searches, devices: fake } = devices()
    await expect(resolveDevice(fake, typed, sources, signal)).rejects.toMatchObject({ code: 'usage' })
    expect(searches).toEqual([])
  })

  it('is exactly one where only one is allowed', async () => {
    expect(await resolve('*FIN-01')).toEqual({ id: 1, name: 'WIN-FIN-01' })
    expect(await resolve('1,win-fin-01')).toEqual({ id: 1, name: 'WIN-FIN-01' })
    await expect(resolve('WIN-*')).rejects.toMatchObject({
      code: 'usage',
      message: '"WIN-*" fits 2 devices: WIN-FIN-01 (1), WIN-FIN-010 (4); this command takes one',
      facts: { hint: 'give its name or id' },
    })
    await expect(resolve('7,8')).rejects.toMatchObject({ code: 'usage', message: '"7,8" fits 2 devices: 7, 8; this command takes one' })
  })
})

describe('several devices', () => {
  it.each([
    ['WIN-*', [1, 4]],
    ['win-fin-0?', [1]],
    ['kiosk*', [2, 3]],
    ['corp\\*', [2, 6]],
    ['*', [1, 2, 3, 4, 5, 6]],
    ['anna* pc', [5]],
    ['6,WIN-FIN-01', [6, 1]],
    ['solo, win-fin-01 ,6', [6, 1]],
    ['WIN-*,WIN-FIN-01,*', [1, 4, 2, 3, 5, 6]],
    ['WIN-FIN-01,query:os:WINDOWS', [1, 2, 3, 4, 5, 6]],
    ['@list.txt', [1, 6, 3]],
    ['4,@list.txt,1', [4, 1, 6, 3]],
    ['@-', [6, 1]],
  ])('are selected by %s', async (typed, expected) => {
    expect(await ids(typed)).toEqual(expected)
  })

  it('keep their names where known', async () => {
    expect(await resolveDevices(devices().devices, '1,7,WIN-FIN-01', sources, signal)).toEqual([{ id: 1, name: 'WIN-FIN-01' }, { id: 7 }])
  })

  it.each([
    ['literal', literal],
    ['strict', strict],
  ])('are found when the service treats names as %s', async (_, service) => {
    expect(await ids('WIN-FIN-*', service)).toEqual([1, 4])
    expect(await ids('KIOSK*', service)).toEqual([2, 3])
    expect(await ids('WIN-FIN-01', service)).toEqual([1])
  })

  it('are all found when there is more than one page', async () => {
    const many = Array.from({ length: 2500 }, (_, at) => ({ id: at + 1, name: `WIN-${at}` }))
    const { searches, devices: fake } = devices(() => many)
    expect(await resolveDevices(fake, 'WIN-*', sources, signal)).toHaveLength(2500)
    expect(searches).toHaveLength(3)
  })

  it('may be typed as separate words', async () => {
    expect(await resolveDevices(devices().devices, ['solo', 'WIN-*,1', '@list.txt'], sources, signal)).toEqual([
      { id: 6, name: 'CORP\\SOLO' },
      { id: 1, name: 'WIN-FIN-01' },
      { id: 4, name: 'WIN-FIN-010' },
      { id: 3, name: 'LAB\\KIOSK-01' },
    ])
  })

  it('may be hundreds of thousands in a list', async () => {
    const many = Array.from({ length: 200_000 }, (_, at) => at + 1)
    expect(await resolveDevices(devices().devices, '@long.txt', { ...sources, file: async () => many.join('\n') }, signal)).toHaveLength(
      many.length,
    )
  })

  it('without a match are all named', async () => {
    await fails('WIN-FIN-01,NOPE,*-NONE,6', 'not_found', 'NOPE, *-NONE: no such devices')
    await fails('@unknown.txt', 'not_found', 'NOPE, *-NONE: no such devices')
    await expect(ids('query:name:x', () => [])).rejects.toMatchObject({ code: 'not_found', message: 'query:name:x: no such device' })
  })

  it('in a malformed list are an error', async () => {
    await fails('@empty.txt', 'usage', '@empty.txt: names no device')
    await fails('@nested.txt', 'usage', /can't name another list/)
    await fails('@gone.txt', 'io', /gone\.txt: no such file/)
  })

  it('are looked for until that is interrupted', async () => {
    const failure = new CbcError('network', 'no')
    await expect(
      resolveDevices(
        devices(() => {
          throw failure
        }).devices,
        'a,b,c*',
        sources,
        signal,
      ),
    ).rejects.toBe(failure)
  })
})

describe('names similar to one that no device has', () => {
  const hint = async (typed: string, service: Service = careless) =>
    await resolveDevices(devices(service).devices, typed, sources, signal).then(
      () => undefined,
      (error: CbcError) => error.facts.hint,
    )

  it('are suggested for a name, and not for a pattern, an id or a query', async () => {
    expect(await hint('WIN-FIN-02')).toBe('did you mean WIN-FIN-01, WIN-FIN-010? `cbc device list` shows all devices')
    expect(await hint('win-fin-09*', literal)).toBe('`cbc device list` shows all devices')
    expect(await hint('query:name:WIN-FIN-02', () => [])).toBe('`cbc device list` shows all devices')
  })

  it('are not those of devices that are gone, and none where devices may not be listed', async () => {
    const gone = KNOWN.map(device => ({ ...device, status: 'DEREGISTERED' }))
    expect(await hint('WIN-FIN-02', ({ query }) => (query === undefined ? gone : []))).toBe('`cbc device list` shows all devices')
    const refusing: Service = ({ query }) => {
      if (query === undefined) throw new CbcError('auth', 'no')
      return []
    }
    expect(await hint('WIN-FIN-02', refusing)).toBe('`cbc device list` shows all devices')
  })
})

describe('why a device may not answer', () => {
  const NOW = Date.UTC(2026, 0, 2)
  const told = (over: Partial<Device>) => absenceOf({ id: 1, name: 'WIN-1', ...over }, NOW)

  it('is its last contact, if it is offline', () => {
    expect(told({ last_contact_time: '2026-01-01T22:00:00.000Z' })).toMatch(/^last contact 2 h.* ago, 2026-01-01T22:00:00Z$/)
    expect(told({})).toBe('and has never made contact')
  })

  it('is unknown if it should be online', () => {
    expect(told({ last_contact_time: '2026-01-01T23:50:00.000Z' })).toBeUndefined()
  })
})

describe('the facts about a device', () => {
  it('are what the service returns', async () => {
    expect(await describeDevice(devices().devices, { id: 1 }, signal)).toEqual(KNOWN[0])
  })

  it.each(['auth', 'not_found'] as const)('are few when the device may not be read (%s)', async code => {
    expect(await describeDevice(devices(careless, new CbcError(code, 'no')).devices, { id: 1, name: 'X' }, signal)).toEqual({
      id: 1,
      name: 'X',
    })
    expect(await describeDevice(devices(careless, new CbcError(code, 'no')).devices, { id: 1 }, signal)).toEqual({ id: 1, name: null })
  })

  it('are an error when the network is down', async () => {
    await expect(describeDevice(devices(careless, new CbcError('network', 'no')).devices, { id: 1 }, signal)).rejects.toMatchObject({
      code: 'network',
    })
  })
})
