import { macAddress } from '../../mac-address.ts'
import { DAY, HOUR, MINUTE, pick } from './hash.ts'
import type { Connection, InventoryRecord, OperatingSystem, Profile, User } from './profile.ts'
import type { WindowsRole } from './role.ts'

const GIB = 1024 ** 3
const MIB = 1024 ** 2
const DOMAIN_SID = 'S-1-5-21-1085031214-1563985344-725345543'

interface RoleFacts {
  user: { name: string; fullName: string; rid: number }
  ip: string
  /** Bytes. */
  dump: number
  memory: number
  free: Record<string, number>
  os: Profile['os']
  model: { maker: string; name: string }
}

/** The account of the servers' backup service. */
const SERVICE = { name: 'svc-backup', fullName: 'Backup Service', rid: 1187 }

const WINDOWS_10: OperatingSystem = {
  caption: 'Microsoft Windows 10 Pro',
  product: 'Windows 10 Pro',
  build: 19045,
  revision: 6456,
  edition: 'Professional',
}
const SERVER_2019: OperatingSystem = {
  caption: 'Microsoft Windows Server 2019 Standard',
  product: 'Windows Server 2019 Standard',
  build: 17763,
  revision: 7792,
  edition: 'ServerStandard',
}

/** By the inventory's names. */
const SYSTEMS: ReadonlyMap<string, OperatingSystem> = new Map(
  Object.entries({
    'Windows 10 x64': WINDOWS_10,
    'Windows 11 x64': { ...WINDOWS_10, caption: 'Microsoft Windows 11 Pro', build: 22631, revision: 6060 },
    'Windows Server 2019 x64': SERVER_2019,
    'Windows Server 2022 x64': {
      ...SERVER_2019,
      caption: 'Microsoft Windows Server 2022 Standard',
      product: 'Windows Server 2022 Standard',
      build: 20348,
      revision: 4294,
    },
  }),
)

/** The differences between the roles, independent of name and time of creation. */
const ROLES: Record<WindowsRole, RoleFacts> = {
  'finance-compromised': {
    user: { name: 'j.moreau', fullName: 'Jeanne Moreau', rid: 1604 },
    ip: '10.20.4.37',
    dump: 256 * MIB,
    memory: 8 * GIB,
    free: { 'C:': 61.4 * GIB, 'D:': 2.5 * GIB },
    os: WINDOWS_10,
    model: { maker: 'Dell Inc.', name: 'Latitude 5420' },
  },
  workstation: {
    user: { name: 'a.lindqvist', fullName: 'Anna Lindqvist', rid: 1622 },
    ip: '10.20.6.112',
    dump: 128 * MIB,
    memory: 16 * GIB,
    free: { 'C:': 148.2 * GIB, 'D:': 12 * GIB },
    os: WINDOWS_10,
    model: { maker: 'LENOVO', name: '20XW00A7GE' },
  },
  server: {
    user: { name: 'adm-files', fullName: 'File Server Administration', rid: 1190 },
    ip: '10.20.1.15',
    dump: 512 * MIB,
    memory: 32 * GIB,
    free: { 'C:': 38.7 * GIB, 'D:': 210.5 * GIB },
    os: SERVER_2019,
    model: { maker: 'VMware, Inc.', name: 'VMware7,1' },
  },
}

/** The name servers: SRV-DC-01 of the inventory, and its stand-in. */
const NAME_SERVERS = ['10.20.0.10', '10.20.0.11']

/**
 * Returns the facts of an endpoint.
 * @param born      when the lab's state was created, epoch milliseconds
 * @param inventory the inventory's facts about it
 */
export function makeProfile(role: WindowsRole, name: string, born: number, inventory: InventoryRecord): Profile {
  const facts = ROLES[role]
  const { address = facts.ip, id = 0, sensorVersion = '4.0.2.1281', policy = 'Standard', os = '' } = inventory
  const [authority = '', login = ''] = (inventory.user ?? `CORP\\${facts.user.name}`).split('\\')
  const joined = authority !== name
  const domain = joined ? authority : 'WORKGROUP'
  const machineSid = `S-1-5-21-${pick(name, 1e9, 4e9)}-${pick(`${name}.`, 1e9, 4e9)}-${pick(`${name}:`, 1e9, 4e9)}`
  const account = (one: string, fullName: string, rid: number): User => ({
    name: one,
    fullName,
    authority,
    sid: `${joined ? DOMAIN_SID : machineSid}-${rid}`,
  })
  const user =
    login === facts.user.name ? account(login, facts.user.fullName, facts.user.rid) : account(login, login, pick(login, 1700, 9000))
  const local = (one: string, rid: number): User => ({ name: one, fullName: '', authority: name, sid: `${machineSid}-${rid}` })
  const free = Object.fromEntries(Object.entries(facts.free).map(([drive, bytes]) => [drive, Math.floor(bytes / 4096) * 4096]))
  return {
    role,
    name,
    domain,
    joined,
    dnsSuffix: joined ? `${domain.toLowerCase()}.example` : '',
    born,
    booted: born - 9 * HOUR - 12 * MINUTE,
    installed: born - 403 * DAY,
    user,
    ...(role === 'server' ? { service: account(SERVICE.name, SERVICE.fullName, SERVICE.rid) } : {}),
    locals: [
      ...(joined ? [] : [{ user, comment: '', active: true }]),
      { user: local('Administrator', 500), comment: 'Built-in account for administering the computer/domain', active: role === 'server' },
      { user: local('DefaultAccount', 503), comment: 'A user account managed by the system.', active: false },
      { user: local('Guest', 501), comment: 'Built-in account for guest access to the computer/domain', active: false },
      {
        user: local('WDAGUtilityAccount', 504),
        comment: 'A user account managed and used by the system for Windows Defender Application Guard scenarios.',
        active: false,
      },
      ...(role === 'finance-compromised' ? [{ user: local('updsvc', 1003), comment: '', active: true }] : []),
    ],
    administrators: [
      'Administrator',
      joined ? `${domain}\\Domain Admins` : login,
      ...(role === 'finance-compromised' ? ['updsvc'] : []),
      ...(role === 'server' ? [`${authority}\\${SERVICE.name}`] : []),
    ],
    os: SYSTEMS.get(os) ?? facts.os,
    sensor: { id, version: sensorVersion, policy },
    model: { ...facts.model, serial: `CN${pick(name, 1e6, 9e6)}`, bios: `${facts.model.maker} 1.${pick(name, 10, 30)}.0` },
    network: {
      ip: address,
      mask: '255.255.255.0',
      gateway: address.replace(/\d+$/, '1'),
      dns: NAME_SERVERS,
      adapter: 'Intel(R) Ethernet Connection (13) I219-LM',
      mac: macAddress(name).join('-'),
    },
    free,
    volumes: {
      'C:': { label: 'Windows', serial: '5C2A-91F0', size: 237 * GIB },
      'D:': { label: 'Data', serial: '1E07-B3D4', size: role === 'server' ? 500 * GIB : 16 * GIB },
    },
    memory: facts.memory,
    dumpSize: facts.dump,
    connections: connections(role, address),
    shares: [
      { name: 'C$', path: 'C:\\', remark: 'Default share' },
      { name: 'D$', path: 'D:\\', remark: 'Default share' },
      { name: 'IPC$', path: '', remark: 'Remote IPC' },
      { name: 'ADMIN$', path: 'C:\\Windows', remark: 'Remote Admin' },
      ...(role === 'server' ? [{ name: 'Backup', path: 'D:\\Backup', remark: 'Nightly backups' }] : []),
    ],
  }
}

/** The address that the finance computer's suspicious process talks to (in a network reserved for documentation). */
export const ATTACKER = '203.0.113.66'

/** Well-known pids, which must agree with the process seed. */
function connections(role: WindowsRole, ip: string): Connection[] {
  const listening = (port: number, pid: number): Connection => ({
    protocol: 'TCP',
    local: `0.0.0.0:${port}`,
    remote: '0.0.0.0:0',
    state: 'LISTENING',
    pid,
  })
  const open = (port: number, remote: string, pid: number): Connection => ({
    protocol: 'TCP',
    local: `${ip}:${port}`,
    remote,
    state: 'ESTABLISHED',
    pid,
  })
  const own: Record<WindowsRole, Connection[]> = {
    server: [listening(3389, 1072), open(3389, '10.20.1.4:51022', 1072)],
    workstation: [open(51377, '198.51.100.113:443', 5604), open(51402, '198.51.100.8:443', 5604)],
    'finance-compromised': [
      open(51377, '198.51.100.113:443', 5604),
      open(51402, '198.51.100.8:443', 5604),
      open(51688, `${ATTACKER}:443`, 7312),
      { ...open(51660, `${ATTACKER}:80`, 6820), state: 'CLOSE_WAIT' },
    ],
  }
  return [
    listening(135, 960),
    listening(445, 4),
    listening(49664, 712),
    listening(49665, 616),
    listening(49666, 1268),
    { protocol: 'TCP', local: `${ip}:139`, remote: '0.0.0.0:0', state: 'LISTENING', pid: 4 },
    open(50112, '198.51.100.20:443', 3016),
    ...own[role],
    { protocol: 'UDP', local: '0.0.0.0:123', remote: '*:*', state: '', pid: 1268 },
    { protocol: 'UDP', local: '0.0.0.0:5353', remote: '*:*', state: '', pid: 1804 },
    { protocol: 'UDP', local: `${ip}:137`, remote: '*:*', state: '', pid: 4 },
  ]
}
