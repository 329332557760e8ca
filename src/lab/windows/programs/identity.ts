import { largest } from '../../../core/lists.ts'
import type { Program } from '../processes/run.ts'
import { fit, usDate, usTime } from './format.ts'

const GROUPS: [name: string, type: string, sid: string, attributes: string][] = [
  ['BUILTIN\\Administrators', 'Alias', 'S-1-5-32-544', 'Enabled by default, Enabled group, Group owner'],
  ['Everyone', 'Well-known group', 'S-1-1-0', 'Mandatory group, Enabled by default, Enabled group'],
  ['NT AUTHORITY\\Authenticated Users', 'Well-known group', 'S-1-5-11', 'Mandatory group, Enabled by default, Enabled group'],
  ['Mandatory Label\\System Mandatory Level', 'Label', 'S-1-16-16384', ''],
]
const PRIVILEGES: [name: string, description: string, state: string][] = [
  ['SeTcbPrivilege', 'Act as part of the operating system', 'Enabled'],
  ['SeBackupPrivilege', 'Back up files and directories', 'Disabled'],
  ['SeRestorePrivilege', 'Restore files and directories', 'Disabled'],
  ['SeDebugPrivilege', 'Debug programs', 'Enabled'],
  ['SeChangeNotifyPrivilege', 'Bypass traverse checking', 'Enabled'],
  ['SeImpersonatePrivilege', 'Impersonate a client after authentication', 'Enabled'],
]
const USER = 'nt authority\\system'
const SID = 'S-1-5-18'

/** whoami: everything that the sensor starts runs as SYSTEM. */
export const whoami: Program = async run => {
  const wants = (name: string) => run.args.some(arg => arg.toLowerCase() === name || arg.toLowerCase() === '/all')
  const known = ['/all', '/user', '/groups', '/priv', '/fo', 'list', 'table', 'csv', '/nh']
  const wrong = run.args.find(arg => !known.includes(arg.toLowerCase()))
  if (wrong !== undefined) {
    run.complain(`ERROR: Invalid argument/option - '${wrong}'.\nType "WHOAMI /?" for usage.\n`)
    return 1
  }
  if (run.args.length === 0) run.print(`${USER}\n`)
  if (wants('/user')) run.print(heading('USER INFORMATION') + table(['User Name', 'SID'], [[USER, SID]]))
  if (wants('/groups')) run.print(heading('GROUP INFORMATION') + table(['Group Name', 'Type', 'SID', 'Attributes'], GROUPS))
  if (wants('/priv')) run.print(heading('PRIVILEGES INFORMATION') + table(['Privilege Name', 'Description', 'State'], PRIVILEGES))
  return 0
}

export const hostname: Program = async run => {
  run.print(`${run.machine.seed.profile.name}\n`)
  return 0
}

/** quser, and query user: who is logged in at the desktop. */
export const quser: Program = async run => {
  if (run.args.length > 0 && run.args[0]?.toLowerCase() !== 'user') {
    run.complain('Invalid parameter(s)\nQUERY { PROCESS | SESSION | TERMSERVER | USER }\n')
    return 1
  }
  const { user, role, booted } = run.machine.seed.profile
  if (role === 'server') {
    run.complain('No User exists for *\n')
    return 1
  }
  const login = booted + 12 * 60_000
  run.print(' USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\n')
  run.print(
    ` ${fit(user.name, 21)} ${fit('console', 16)}   1  Active      none   ${usDate(login).replace(/\b0/g, '')} ${usTime(login).replace(/^0/, '')}\n`,
  )
  return 0
}

const heading = (text: string) => `\n${text}\n${'-'.repeat(text.length)}\n\n`

/** Makes a table with columns as wide as their widest cells. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, at) =>
    largest(
      rows.map(row => (row[at] ?? '').length),
      title.length,
    ),
  )
  const line = (cells: string[]) =>
    `${cells
      .map((cell, at) => fit(cell, widths[at] ?? 0))
      .join(' ')
      .trimEnd()}\n`
  return line(head) + line(widths.map(width => '='.repeat(width))) + rows.map(line).join('')
}
