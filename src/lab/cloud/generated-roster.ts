import { seeded } from '../behaviour/seeded.ts'
import { EXECUTIVES, KIOSKS, NO_LIVE_RESPONSE, SERVERS, STANDARD, type RosterDevice } from './roster.ts'

/** The id of the first generated device. */
const FIRST_ID = 11_500_000
const SITES = ['BER', 'LON', 'NYC', 'SFO', 'SIN', 'TYO', 'PAR', 'WAW', 'SYD', 'GRU']
/** Three letters, so that no computer name exceeds the 15 characters that Windows allows. */
const TEAMS = ['FIN', 'HUM', 'ENG', 'SAL', 'MKT', 'OPS', 'LEG', 'SUP']
const INITIALS = 'abcdefghijklmnoprstvwyz'
const LAST_NAMES = [
  'abbott',
  'andersen',
  'bauer',
  'becker',
  'castro',
  'chen',
  'cohen',
  'dubois',
  'eriksen',
  'ferrari',
  'garcia',
  'haas',
  'ibrahim',
  'ito',
  'jansen',
  'kaya',
  'kim',
  'kowalski',
  'lopez',
  'meyer',
  'moreno',
  'nguyen',
  'novotny',
  'okafor',
  'olsen',
  'park',
  'patel',
  'popescu',
  'rossi',
  'santos',
  'sato',
  'schmid',
  'silva',
  'singh',
  'smith',
  'suzuki',
  'tanaka',
  'vega',
  'virtanen',
  'wagner',
  'walker',
  'wang',
  'weber',
  'yilmaz',
  'zhang',
  'zimmer',
]

/** The kinds of devices, with their shares in percent. */
const KINDS: { share: number; make: (facts: Facts) => Kind }[] = [
  {
    share: 42,
    make: ({ site, team, number }) => ({
      name: `${site}-${team}-LT${number}`,
      os_version: 'Windows 11 x64',
      sensor_version: '4.0.2.1281',
      endpoint: { kind: 'windows', role: 'workstation' },
      ...STANDARD,
    }),
  },
  {
    share: 33,
    make: ({ site, team, number }) => ({
      name: `${site}-${team}-WS${number}`,
      os_version: 'Windows 10 x64',
      sensor_version: '3.9.1.2464',
      endpoint: { kind: 'windows', role: 'workstation' },
      ...STANDARD,
    }),
  },
  {
    share: 3,
    make: ({ site, number }) => ({
      name: `CORP\\${site}-KIOSK-${number}`,
      os_version: 'Windows 10 x64',
      sensor_version: '3.9.1.2464',
      endpoint: { kind: 'windows', role: 'workstation' },
      disabled: true,
      ...KIOSKS,
    }),
  },
  {
    share: 1,
    make: ({ site, number }) => ({
      name: `${site}-EXEC-${number}`,
      os_version: 'Windows 11 x64',
      sensor_version: '4.0.2.1281',
      endpoint: { kind: 'windows', role: 'workstation' },
      ...EXECUTIVES,
    }),
  },
  {
    share: 9,
    make: ({ site, number }) => ({
      name: `CORP\\${site}-SRV-${number}`,
      os_version: 'Windows Server 2019 x64',
      sensor_version: '3.9.1.2464',
      endpoint: { kind: 'windows', role: 'server' },
      ...SERVERS,
    }),
  },
  {
    share: 6,
    make: ({ site, team, number }) => ({
      name: `${site}-${team}-MB${number}`,
      os_version: 'MAC OS X 12.7.4',
      sensor_version: '3.8.0.58',
      endpoint: { kind: 'none', os: 'MAC' },
      disabled: true,
      ...NO_LIVE_RESPONSE,
    }),
  },
  {
    share: 6,
    make: ({ site, number }) => ({
      name: `${site.toLowerCase()}-lnx-${number}.corp.example`,
      os_version: 'Ubuntu 22.04 x64',
      sensor_version: '2.15.2.2184',
      endpoint: { kind: 'none', os: 'LINUX' },
      disabled: true,
      ...NO_LIVE_RESPONSE,
    }),
  },
]

interface Facts {
  site: string
  team: string
  number: string
}

type Kind = Pick<RosterDevice, 'name' | 'os_version' | 'sensor_version' | 'endpoint' | 'policy_id' | 'policy_name' | 'disabled'>

/**
 * Returns a large organization: the known devices, and generated ones up to `count` in total. Three percent are offline. Those with macOS
 * and Linux can be found by searches but have no Live Response.
 * @param count the number of devices; if it is smaller than `known`, the first of those
 * @param seed  the same seed generates the same devices, however many there are
 */
export function makeRoster(known: readonly RosterDevice[], count: number, seed: number): RosterDevice[] {
  const chance = seeded(seed)
  const made = Array.from({ length: Math.max(0, count - known.length) }, (_, index) => makeDevice(index, chance))
  return [...known.slice(0, count), ...made]
}

function makeDevice(index: number, chance: () => number): RosterDevice {
  const below = (limit: number) => Math.floor(chance() * limit)
  const site = SITES[below(SITES.length)] ?? ''
  const team = TEAMS[below(TEAMS.length)] ?? ''
  const user = `${INITIALS[below(INITIALS.length)] ?? ''}.${LAST_NAMES[below(LAST_NAMES.length)] ?? ''}`
  const kind = pickKind(below(100)).make({ site, team, number: String(index + 1).padStart(5, '0') })
  const offline = below(100) < 3
  return {
    id: FIRST_ID + index,
    ...kind,
    last_internal_ip_address: `10.${30 + SITES.indexOf(site)}.${(index >> 8) & 0xff}.${index & 0xff}`,
    login_user_name: kind.endpoint.kind === 'windows' ? `CORP\\${user}` : user,
    contact: offline ? 60 * (1 + below(20 * 24)) : below(5),
    ...(offline ? { offline } : {}),
  }
}

function pickKind(percent: number): (typeof KINDS)[number] {
  let left = percent
  const [first] = KINDS
  for (const kind of KINDS) {
    if (left < kind.share) return kind
    left -= kind.share
  }
  return first as (typeof KINDS)[number]
}
