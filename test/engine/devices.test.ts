import { describe, expect, it } from 'vitest'
import type { Device, Devices, DeviceSearch } from '../../src/api/devices.ts'
import { CbcError } from '../../src/core/errors.ts'
import { describeDevice, resolveDevice } from '../../src/engine/devices.ts'

const KNOWN: Device[] = [
  { id: 1, name: 'WIN-FIN-01' }, { id: 2, name: 'CORP\\KIOSK-01' }, { id: 3, name: 'LAB\\KIOSK-01' }, { id: 4, name: 'WIN-FIN-010' }, { id: 5, name: 'Anna\'s "old" PC' }, { id: 6, name: 'CORP\\SOLO' },
]

/** Devices that answer a search with all that there are, as a service that takes names for words may. */
function devices(known: Device[] = KNOWN, failure?: CbcError) {
  const searches: DeviceSearch[] = []
  const fake: Pick<Devices, 'search' | 'get'> = {
    async search(search) {
      searches.push(search)
      return { results: known, num_found: known.length }
    },
    async get(id) {
      if (failure !== undefined) throw failure
      return known.find(device => device.id === id) ?? { id, name: '?' }
    },
  }
  return { searches, devices: fake as Devices }
}

const { signal } = new AbortController()
const resolve = (typed: string, known?: Device[]) => resolveDevice(devices(known).devices, typed, signal)

describe('a device', () => {
  it('is known by its id, without a question', async () => {
    const { searches, devices: fake } = devices()
    expect(await resolveDevice(fake, '11412673', signal)).toEqual({ id: 11412673 })
    expect(searches).toEqual([])
  })

  it.each([['WIN-FIN-01', 1], ['win-fin-01', 1], ['KIOSK-01', undefined], ['corp\\kiosk-01', 2], ['LAB\\Kiosk-01', 3], ['solo', 6], ['anna\'s "OLD" pc', 5]])('%s', async (typed, id) => {
    if (id === undefined) await expect(resolve(typed)).rejects.toMatchObject({ code: 'usage' })
    else expect(await resolve(typed)).toEqual({ id, name: KNOWN.find(device => device.id === id)?.name })
  })

  it.each([
    ['WIN-FIN-01', 'name:WIN-FIN-01'], ['CORP\\SOLO', 'name:SOLO'], ['Anna\'s "old" PC', 'name:"Anna\'s \\"old\\" PC"'], ['x) OR name:(y', 'name:"x) OR name:(y"'], ['x AND y', 'name:"x AND y"'],
  ])('%s is searched as %s', async (typed, query) => {
    const { searches, devices: fake } = devices()
    await resolveDevice(fake, typed, signal).catch(() => {})
    expect(searches).toEqual([{ query, rows: 1000 }])
  })

  it('that fits several is an error that lists them', async () => {
    await expect(resolve('kiosk-01')).rejects.toMatchObject({
      code: 'usage', message: '"kiosk-01" fits 2 devices: CORP\\KIOSK-01 (2), LAB\\KIOSK-01 (3)', facts: { hint: 'give the id, or the name with its domain' },
    })
    const many = Array.from({ length: 12 }, (_, id) => ({ id, name: `D${id}\\PC` }))
    await expect(resolve('PC', many)).rejects.toMatchObject({ message: expect.stringMatching(/^"PC" fits 12 devices: (D\d\\PC \(\d\), ){10}…$/) as string })
  })

  it.each(['WIN-FIN', 'WIN-FIN-0', 'OTHER\\WIN-FIN-01', 'FIN-01', 'nope'])('%s is none', async typed => {
    await expect(resolve(typed)).rejects.toMatchObject({ code: 'not_found', message: `${typed}: no such device` })
  })

  it.each(['WIN-*', 'WIN-FIN-0?', 'a,b', '@list.txt', 'query:os:WINDOWS', '', ' ', '0', '99999999999999999999'])('%j is not one device', async typed => {
    const { searches, devices: fake } = devices()
    await expect(resolveDevice(fake, typed, signal)).rejects.toMatchObject({ code: 'usage' })
    expect(searches).toEqual([])
  })
})

describe('what is known of a device', () => {
  it('is what the service says', async () => {
    expect(await describeDevice(devices().devices, { id: 1 }, signal)).toEqual(KNOWN[0])
  })

  it.each(['auth', 'not_found'] as const)('is little where that may not be read (%s)', async code => {
    expect(await describeDevice(devices(KNOWN, new CbcError(code, 'no')).devices, { id: 1, name: 'X' }, signal)).toEqual({ id: 1, name: 'X' })
    expect(await describeDevice(devices(KNOWN, new CbcError(code, 'no')).devices, { id: 1 }, signal)).toEqual({ id: 1, name: null })
  })

  it('is an error where the network is down', async () => {
    await expect(describeDevice(devices(KNOWN, new CbcError('network', 'no')).devices, { id: 1 }, signal)).rejects.toMatchObject({ code: 'network' })
  })
})
