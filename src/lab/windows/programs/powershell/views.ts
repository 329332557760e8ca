import { text, usDateTime, type PsObject, type Value } from './values.ts'

/** A column of a table: its title, and a function that returns its value. */
export interface Column {
  title: string
  show(item: PsObject): string
  right?: true
}

const get = (name: string) => (item: PsObject) => text(item.get(name))
const column = (name: string): Column => ({ title: name, show: get(name) })
const right = (title: string, show: (item: PsObject) => string): Column => ({ title, show, right: true })
const kilo = (value: Value | undefined) => String(Math.round(Number(value ?? 0) / 1024))

/** The default views of objects, by type. */
export interface View {
  columns: readonly Column[]
  /** Objects are grouped by this. */
  group?: (item: PsObject) => string
}

const FILES: View = {
  columns: [
    column('Mode'),
    right('LastWriteTime', item => fileTime(item.get('LastWriteTime'))),
    right('Length', get('Length')),
    column('Name'),
  ],
  group: item => `    Directory: ${text(item.get('DirectoryName') ?? item.get('Parent'))}`,
}

export const VIEWS: Readonly<Record<string, View>> = {
  'System.IO.FileInfo': FILES,
  'System.IO.DirectoryInfo': FILES,
  'System.Diagnostics.Process': {
    columns: [
      right('Handles', get('HandleCount')),
      right('NPM(K)', item => kilo(item.get('NPM'))),
      right('PM(K)', item => kilo(item.get('PM'))),
      right('WS(K)', item => kilo(item.get('WS'))),
      right('CPU(s)', item => Number(item.get('CPU') ?? 0).toFixed(2)),
      right('Id', get('Id')),
      right('SI', get('SI')),
      column('ProcessName'),
    ],
  },
  'System.ServiceProcess.ServiceController': { columns: [column('Status'), column('Name'), column('DisplayName')] },
  'Microsoft.PowerShell.Commands.FileHashInfo': {
    columns: [column('Algorithm'), { title: 'Hash', show: item => text(item.get('Hash')).padEnd(72) }, column('Path')],
  },
  MSFT_NetTCPConnection: {
    columns: [
      column('LocalAddress'),
      column('LocalPort'),
      column('RemoteAddress'),
      column('RemotePort'),
      column('State'),
      { title: 'AppliedSetting', show: () => 'Internet' },
      column('OwningProcess'),
    ],
  },
  MSFT_ScheduledTask: { columns: [column('TaskPath'), column('TaskName'), column('State')] },
  'System.Diagnostics.Eventing.Reader.EventLogRecord': {
    columns: [
      column('TimeCreated'),
      right('Id', get('Id')),
      column('LevelDisplayName'),
      { title: 'Message', show: item => text(item.get('Message')).split('\n')[0] ?? '' },
    ],
    group: item => `   ProviderName: ${text(item.get('ProviderName'))}`,
  },
  'System.Management.Automation.PathInfo': { columns: [column('Path')] },
  'Microsoft.PowerShell.Commands.GroupInfo': {
    columns: [right('Count', get('Count')), column('Name'), { title: 'Group', show: item => `{${text(item.get('Group'))}}` }],
  },
  'Microsoft.PowerShell.Commands.LocalUser': { columns: [column('Name'), column('Enabled'), column('Description')] },
  'Microsoft.PowerShell.Commands.LocalPrincipal': { columns: [column('ObjectClass'), column('Name'), column('PrincipalSource')] },
  'System.Collections.Hashtable': { columns: [column('Name'), column('Value')] },
}

/** Formats a time such as `11/4/2025   3:30 PM`. */
function fileTime(value: Value | undefined): string {
  if (!(value instanceof Date)) return ''
  const [day = '', clock = '', half = ''] = usDateTime(value).split(' ')
  return `${day.padStart(10)} ${`${clock.slice(0, -3)} ${half}`.padStart(10)}`
}
