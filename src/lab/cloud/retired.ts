import { STANDARD, type RosterDevice } from './roster.ts'

const DESKTOP = {
  name: 'DESKTOP-IL2ON7C',
  endpoint: { kind: 'windows', role: 'workstation' },
  ...STANDARD,
  os_version: 'Windows 10 x64',
  last_internal_ip_address: '10.20.6.77',
  login_user_name: 'CORP\\t.albrecht',
  sensor_version: '3.6.0.1979',
  offline: true,
} as const

/**
 * Retired endpoints: one machine that was reinstalled and then taken out of use, from the Device Control document's examples. USB devices
 * were seen on them; the device search has them as DEREGISTERED.
 */
export const RETIRED: readonly RosterDevice[] = [
  { id: 7590378, ...DESKTOP, contact: 52 * 24 * 60 },
  { id: 7579317, ...DESKTOP, contact: (52 * 24 + 3) * 60 },
]
