import { describe, expect, it } from 'vitest'
import { isRetired, presenceOf } from '../../src/api/presence.ts'

const NOW = Date.UTC(2026, 0, 2, 12)
const presence = (sensor_states: unknown, minutes?: number) =>
  presenceOf(
    {
      id: 1,
      name: 'WIN-1',
      sensor_states: sensor_states as string[],
      ...(minutes === undefined ? {} : { last_contact_time: new Date(NOW - minutes * 60_000).toISOString() }),
    },
    NOW,
  )

describe('whether Live Response can reach a device', () => {
  it.each([
    [['LIVE_RESPONSE_ENABLED', 'ACTIVE'], 14, 'online'],
    [['LIVE_RESPONSE_ENABLED', 'LIVE_RESPONSE_NOT_RUNNING'], 14, 'online'],
    [['LIVE_RESPONSE_ENABLED'], 15, 'offline'],
    [['LIVE_RESPONSE_ENABLED'], undefined, 'offline'],
    [['LIVE_RESPONSE_ENABLED', 'LIVE_RESPONSE_KILLED'], 1, 'disabled'],
    [['LIVE_RESPONSE_NOT_RUNNING'], 1, 'disabled'],
    [['ACTIVE'], 1, 'online'],
    [[], 1, 'online'],
    [null, 1, 'online'],
    ['LIVE_RESPONSE_KILLED', 1, 'online'],
  ])('%j, last contact %s minutes ago: %s', (states, minutes, expected) => expect(presence(states, minutes)).toBe(expected))
})

it.each([
  ['DEREGISTERED', true],
  ['uninstalled', true],
  ['DELETED', true],
  ['REGISTERED', false],
  [undefined, false],
  [null, false],
])('a record with the status %j is that of a sensor which is gone: %s', (status, gone) => expect(isRetired({ status })).toBe(gone))
