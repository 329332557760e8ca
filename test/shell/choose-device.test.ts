import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/main.ts'
import type { Device, Devices } from '../../src/api/devices.ts'
import { DeviceList } from '../../src/engine/device-list.ts'
import { choices } from '../../src/shell/choose-device.ts'
import { testHost } from '../support/host.ts'

const NOW = Date.UTC(2026, 0, 31)
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()
const device = (id: number, name: string, more: Partial<Device> = {}): Device => ({
  id,
  name,
  os: 'WINDOWS',
  policy_name: 'Standard',
  login_user_name: `CORP\\user${id}`,
  last_contact_time: ago(3),
  ...more,
})

describe('the list of devices to choose from', () => {
  it('shows what is known in columns, online devices first', () => {
    const lines = choices(
      [
        device(1, 'B-OFF', { last_contact_time: ago(60 * 24 * 3) }),
        device(2, 'LONGER-NAME', { sensor_states: ['LIVE_RESPONSE_ENABLED', 'LIVE_RESPONSE_NOT_RUNNING'] }),
        device(3, 'A', { last_contact_time: ago(300) }),
        device(4, 'KILLED', { sensor_states: ['LIVE_RESPONSE_KILLED', 'LIVE_RESPONSE_ENABLED'] }),
        device(5, 'NOT-ON', { sensor_states: ['LIVE_RESPONSE_NOT_KILLED'] }),
      ],
      NOW,
      100,
    )
    expect(lines.map(({ name }) => name)).toEqual([
      'LONGER-NAME  WINDOWS  Standard  CORP\\user2  online    3 min ago',
      'A            WINDOWS  Standard  CORP\\user3  offline   5 h ago',
      'B-OFF        WINDOWS  Standard  CORP\\user1  offline   3 d ago',
      'KILLED       WINDOWS  Standard  CORP\\user4  disabled  3 min ago',
      'NOT-ON       WINDOWS  Standard  CORP\\user5  disabled  3 min ago',
    ])
    expect(lines[0]).toMatchObject({ value: { id: 2, name: 'LONGER-NAME' }, short: 'LONGER-NAME' })
  })

  it('fits the terminal, and makes hostile text harmless', () => {
    const [line] = choices([device(1, 'evil\u001b[2J'.padEnd(50, 'x'), { login_user_name: 'someone' })], NOW, 40)
    expect(line?.name).toHaveLength(37)
    expect(line?.name).toMatch(/^evil\\x1b\[2J/)
    expect(choices([{ id: 7, name: 'BARE' }], NOW, 80)[0]?.name).toBe('BARE        offline')
  })
})

describe('searching the devices', () => {
  const all = [device(1, 'CORP\\WIN-1'), device(2, 'LNX-1', { os: 'LINUX', policy_name: 'Servers' })]
  const service = (results: Device[], num_found = results.length) => {
    const asked: unknown[] = []
    const devices = {
      async search(search: { query?: string }) {
        asked.push(search.query)
        return search.query === undefined ? { results, num_found } : { results: [device(9, 'FAR-9')], num_found: 1 }
      },
    } as unknown as Devices
    return { list: new DeviceList(devices), asked }
  }
  const signal = new AbortController().signal
  const names = (devices: Device[]) => devices.map(({ name }) => name)

  it('looks in everything that is shown, for each word anywhere, without a request', async () => {
    const { list, asked } = service(all)
    expect(names(await list.find('', signal))).toEqual(['CORP\\WIN-1', 'LNX-1'])
    expect(names(await list.find('server linux', signal))).toEqual(['LNX-1'])
    expect(names(await list.find('USER1', signal))).toEqual(['CORP\\WIN-1'])
    expect(names(await list.find('nope', signal))).toEqual([])
    expect(asked).toEqual([undefined])
  })

  it('keeps only the requested part of a huge answer, and asks the service for the rest', async () => {
    const { list, asked } = service(Array.from({ length: 300_000 }, (_, id) => device(id, `HOST-${id}`)))
    expect(await list.find('', signal)).toHaveLength(1000)
    expect(names(await list.find('far', signal))).toEqual(['FAR-9'])
    expect(asked).toEqual([undefined, 'name:*far*'])
  })

  it('asks the service when there are more devices than are known', async () => {
    const { list, asked } = service(all, 5000)
    expect(names(await list.find('lnx', signal))).toEqual(['LNX-1', 'FAR-9'])
    expect(names(await list.find('corp\\w far', signal))).toEqual(['FAR-9'])
    expect(asked).toEqual([undefined, 'name:*lnx*', 'name:"corp\\\\w" AND name:*far*'])
  })
})

it.each([[[] as string[]], [['--no-input']]])('without a terminal, or with %j, a device must be named', async options => {
  const host = testHost({ stdin: { isTerminal: options.length > 0, stream: new PassThrough() } })
  expect(await main(['lr', 'connect', ...options], host)).toBe(2)
  expect(host.stderr.text()).toBe("cbc: missing required argument 'device'\nhint: see `cbc lr connect --help`\n")
})
