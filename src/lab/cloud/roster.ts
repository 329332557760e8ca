import type { Blobs, Document, Endpoint } from '../endpoint.ts'
import type { Clock, Random } from '../../core/ports.ts'

/** A device of the organization, in its state when the lab is created. */
export interface RosterDevice {
  id: number
  /** As in the API, with its domain if it has one. */
  name: string
  /** What runs commands on it: a simulated Windows machine with a role, a simulated Mac, this machine, or nothing. */
  endpoint:
    | { kind: 'windows'; role: 'finance-compromised' | 'workstation' | 'server' }
    | { kind: 'mac' }
    | { kind: 'linux' }
    | { kind: 'none'; os: 'LINUX' | 'MAC' }
  os_version: string
  policy_id: number
  policy_name: string
  last_internal_ip_address: string
  /** The user who logged in last, with the domain, or with the computer's name when it is in no domain. */
  login_user_name: string
  sensor_version: string
  /** How long before the lab was created it last made contact, in minutes; below 5 for a reachable device. */
  contact: number
  /** Switched off or unreachable: sessions never become active. */
  offline?: true
  /** Live Response is disabled by its policy. */
  disabled?: true
}

/** Returns a device's computer name: its name without the domain. */
export function computerName(name: string): string {
  return name.slice(name.indexOf('\\') + 1)
}

/** Opens the endpoint of a device. */
export type OpenEndpoint = (device: RosterDevice, tools: EndpointTools) => Promise<Endpoint>

interface EndpointTools {
  /** Returns the document with the endpoint's state. */
  document<T>(initial: () => T): Document<T>
  blobs: Blobs
  clock: Clock
  random: Random
  /** When this lab's state was created, ms since 1970. */
  born: number
}

/** The organization's policies. */
export const STANDARD = { policy_id: 6997287, policy_name: 'Standard' }
export const SERVERS = { policy_id: 6997301, policy_name: 'Servers' }
export const EXECUTIVES = { policy_id: 6997312, policy_name: 'Executives' }
export const KIOSKS = { policy_id: 6997320, policy_name: 'Kiosks - no Live Response' }
export const NO_LIVE_RESPONSE = { policy_id: 6997328, policy_name: 'Unmanaged - no Live Response' }
const WORKSTATION = { kind: 'windows', role: 'workstation' } as const
const SERVER = { kind: 'windows', role: 'server' } as const

/** The organization's devices. Id 11412673 and policy 6997287 are from the documents' examples. */
export const ROSTER: readonly RosterDevice[] = [
  {
    id: 11412673,
    name: 'WIN-FIN-01',
    endpoint: { kind: 'windows', role: 'finance-compromised' },
    ...STANDARD,
    os_version: 'Windows 10 x64',
    last_internal_ip_address: '10.20.4.31',
    login_user_name: 'CORP\\j.moreau',
    sensor_version: '3.9.1.2464',
    contact: 1,
  },
  {
    id: 11412674,
    name: 'WIN-FIN-02',
    endpoint: WORKSTATION,
    ...STANDARD,
    os_version: 'Windows 10 x64',
    last_internal_ip_address: '10.20.4.32',
    login_user_name: 'CORP\\s.brandt',
    sensor_version: '3.9.1.2464',
    contact: 2,
  },
  {
    id: 11412690,
    name: 'WIN-HR-01',
    endpoint: WORKSTATION,
    ...STANDARD,
    os_version: 'Windows 11 x64',
    last_internal_ip_address: '10.20.5.17',
    login_user_name: 'CORP\\a.osei',
    sensor_version: '4.0.2.1281',
    contact: 1,
  },
  {
    id: 11412702,
    name: 'WIN-ENG-07',
    endpoint: WORKSTATION,
    ...STANDARD,
    os_version: 'Windows 11 x64',
    last_internal_ip_address: '10.20.7.107',
    login_user_name: 'WIN-ENG-07\\j.lindqvist',
    sensor_version: '4.0.2.1281',
    contact: 3,
  },
  {
    id: 11412711,
    name: 'WIN-CEO-01',
    endpoint: WORKSTATION,
    ...EXECUTIVES,
    os_version: 'Windows 11 x64',
    last_internal_ip_address: '10.20.1.5',
    login_user_name: 'CORP\\p.marchetti',
    sensor_version: '4.0.2.1281',
    contact: 4,
  },
  {
    id: 11412730,
    name: 'WIN-SALES-LT3',
    endpoint: WORKSTATION,
    ...STANDARD,
    offline: true,
    os_version: 'Windows 10 x64',
    last_internal_ip_address: '192.168.178.44',
    login_user_name: 'CORP\\d.novak',
    sensor_version: '3.8.0.722',
    contact: 3 * 24 * 60,
  },
  {
    id: 11412745,
    name: 'CORP\\KIOSK-01',
    endpoint: WORKSTATION,
    ...STANDARD,
    os_version: 'Windows 10 x64',
    last_internal_ip_address: '10.20.9.11',
    login_user_name: 'CORP\\kiosk',
    sensor_version: '3.9.1.2464',
    contact: 2,
  },
  {
    id: 11412746,
    name: 'LAB\\KIOSK-01',
    endpoint: WORKSTATION,
    ...STANDARD,
    os_version: 'Windows 10 x64',
    last_internal_ip_address: '10.60.0.11',
    login_user_name: 'LAB\\kiosk',
    sensor_version: '3.9.1.2464',
    contact: 4,
  },
  {
    id: 11412747,
    name: 'CORP\\KIOSK-02',
    endpoint: WORKSTATION,
    ...KIOSKS,
    disabled: true,
    os_version: 'Windows 10 x64',
    last_internal_ip_address: '10.20.9.12',
    login_user_name: 'CORP\\kiosk',
    sensor_version: '3.9.1.2464',
    contact: 1,
  },
  {
    id: 11412760,
    name: 'CORP\\SRV-DC-01',
    endpoint: SERVER,
    ...SERVERS,
    os_version: 'Windows Server 2019 x64',
    last_internal_ip_address: '10.20.0.10',
    login_user_name: 'CORP\\adm-tier0',
    sensor_version: '3.9.1.2464',
    contact: 1,
  },
  {
    id: 11412761,
    name: 'SRV-FILE-02',
    endpoint: SERVER,
    ...SERVERS,
    os_version: 'Windows Server 2022 x64',
    last_internal_ip_address: '10.20.0.22',
    login_user_name: 'CORP\\adm-files',
    sensor_version: '4.0.2.1281',
    contact: 1,
  },
  {
    id: 11412762,
    name: 'SRV-SQL-01',
    endpoint: SERVER,
    ...SERVERS,
    os_version: 'Windows Server 2019 x64',
    last_internal_ip_address: '10.20.0.31',
    login_user_name: 'CORP\\adm-sql',
    sensor_version: '3.9.1.2464',
    contact: 2,
  },
  {
    id: 11412801,
    name: 'LNX-LAB-01',
    endpoint: { kind: 'linux' },
    ...SERVERS,
    os_version: 'Ubuntu 22.04 x64',
    last_internal_ip_address: '127.0.0.1',
    login_user_name: 'analyst',
    sensor_version: '2.15.2.2184',
    contact: 0,
  },
  {
    id: 11412810,
    name: 'MBP-DESIGN-01',
    endpoint: { kind: 'mac' },
    ...STANDARD,
    os_version: 'MAC OS X 14.6.1',
    last_internal_ip_address: '10.20.8.41',
    login_user_name: 'lena',
    sensor_version: '3.8.0.58',
    contact: 1,
  },
]
