import type { LogEvent } from '../events/event.ts'
import { imageName, type Process } from '../processes/table.ts'
import { DAY, MINUTE, SECOND } from './hash.ts'
import { EVENT_LOGS } from './names.ts'
import type { Profile } from './profile.ts'
import { POWERSHELL_LINE, POWERSHELL_SCRIPT, ROAMING_COPY, TASK } from './story.ts'

type Told = Omit<LogEvent, 'record' | 'computer' | 'level' | 'task'> & Partial<Pick<LogEvent, 'level' | 'task'>>

const AUDIT = { log: 'Security', provider: 'Microsoft-Windows-Security-Auditing', level: 0 }
const SYSTEM_LOG = { log: 'System', provider: 'Service Control Manager' }
const POWERSHELL_LOG = 'Microsoft-Windows-PowerShell/Operational'
const TASK_LOG = 'Microsoft-Windows-TaskScheduler/Operational'

/** The names of all event logs, as wevtutil and Get-WinEvent take them; their files have `%4` for `/`. */
export const LOG_NAMES: readonly string[] = EVENT_LOGS.trim()
  .split(/\s+/)
  .map(word => (word.split(':')[0] ?? '').replaceAll('~', ' ').replace('%4', '/'))

/** Makes the events of the computer's last day; they agree with the other parts of the seed. */
export function seedEvents(profile: Profile, processes: readonly Process[]): LogEvent[] {
  const events = [
    ...boot(profile),
    ...logon(profile),
    ...programs(processes),
    ...(profile.role === 'finance-compromised' ? incident(profile, processes) : []),
  ]
  const counts = new Map<string, number>()
  const computer = profile.joined ? `${profile.name}.${profile.dnsSuffix}` : profile.name
  return events
    .sort((a, b) => a.time - b.time)
    .map(event => {
      const record = (counts.get(event.log) ?? 0) + 1
      counts.set(event.log, record)
      return { level: 4, task: 'None', computer, ...event, record }
    })
}

function boot({ booted, installed, sensor, os }: Profile): Told[] {
  return [
    {
      log: 'Application',
      provider: 'MsiInstaller',
      id: 11707,
      time: installed + 3 * DAY,
      data: [['', 'Carbon Black Cloud Sensor']],
      message: `Product: Carbon Black Cloud Sensor ${sensor.version} -- Installation completed successfully.`,
    },
    {
      ...SYSTEM_LOG,
      id: 7045,
      time: installed + 3 * DAY,
      data: [
        ['ServiceName', 'Carbon Black Cloud Sensor'],
        ['ImagePath', '"C:\\Program Files\\Confer\\RepMgr.exe"'],
      ],
      message: 'A service was installed in the system.',
    },
    {
      log: 'System',
      provider: 'EventLog',
      id: 6009,
      time: booted,
      data: [],
      message: `Microsoft (R) Windows (R) 10.00. ${os.build}  Multiprocessor Free.`,
    },
    { log: 'System', provider: 'EventLog', id: 6005, time: booted, data: [], message: 'The Event log service was started.' },
    { ...AUDIT, id: 4608, time: booted, task: 'Security State Change', data: [], message: 'Windows is starting up.' },
    {
      ...SYSTEM_LOG,
      id: 7036,
      time: booted + 14 * SECOND,
      data: [
        ['param1', 'Carbon Black Cloud Sensor'],
        ['param2', 'running'],
      ],
      message: 'The Carbon Black Cloud Sensor service entered the running state.',
    },
  ]
}

function logon({ booted, user, role, network }: Profile): Told[] {
  const at = booted + 12 * MINUTE
  const remote = role === 'server'
  const who: [string, string][] = [
    ['TargetUserSid', user.sid],
    ['TargetUserName', user.name],
    ['TargetDomainName', user.authority],
  ]
  return [
    {
      ...AUDIT,
      id: 4625,
      time: at - 40 * SECOND,
      task: 'Logon',
      data: [...who, ['LogonType', '2'], ['Status', '0xc000006d']],
      message: 'An account failed to log on.',
    },
    {
      ...AUDIT,
      id: 4624,
      time: at,
      task: 'Logon',
      data: [...who, ['LogonType', remote ? '10' : '2'], ['IpAddress', remote ? network.gateway : '127.0.0.1']],
      message: 'An account was successfully logged on.',
    },
    {
      ...AUDIT,
      id: 4672,
      time: at,
      task: 'Special Logon',
      data: [
        ['SubjectUserName', user.name],
        ['PrivilegeList', 'SeSecurityPrivilege'],
      ],
      message: 'Special privileges assigned to new logon.',
    },
  ]
}

/** "A new process has been created", with its command line. */
function programs(processes: readonly Process[]): Told[] {
  const paths = new Map(processes.map(({ pid, path }) => [pid, path]))
  return processes
    .filter(({ path }) => path.includes('\\'))
    .map(({ pid, ppid, path, cmdline, user, sid, started }) => ({
      ...AUDIT,
      id: 4688,
      time: started,
      task: 'Process Creation',
      data: [
        ['SubjectUserSid', sid],
        ['SubjectUserName', imageName(user)],
        ['NewProcessId', `0x${pid.toString(16)}`],
        ['NewProcessName', path],
        ['ProcessId', `0x${ppid.toString(16)}`],
        ['CommandLine', cmdline],
        ['ParentProcessName', paths.get(ppid) ?? ''],
      ] satisfies [string, string][],
      message: 'A new process has been created.',
    }))
}

/** The traces of the attack on the finance computer in the logs: a script, an account, a task. */
function incident({ name, user, locals, born }: Profile, processes: readonly Process[]): Told[] {
  const started = processes.find(({ cmdline }) => cmdline === POWERSHELL_LINE)?.started ?? born
  const by: [string, string] = ['SubjectUserName', user.name]
  const account = locals.find(one => one.user.name === 'updsvc')?.user
  return [
    {
      log: 'Windows PowerShell',
      provider: 'PowerShell',
      id: 400,
      time: started,
      task: 'Engine Lifecycle',
      data: [['HostApplication', POWERSHELL_LINE]],
      message: `Engine state is changed from None to Available. HostApplication=${POWERSHELL_LINE}`,
    },
    {
      log: POWERSHELL_LOG,
      provider: 'Microsoft-Windows-PowerShell',
      id: 4104,
      level: 3,
      time: started + SECOND,
      task: 'Execute a Remote Command',
      data: [
        ['ScriptBlockText', POWERSHELL_SCRIPT],
        ['Path', ''],
      ],
      message: `Creating Scriptblock text (1 of 1):\n${POWERSHELL_SCRIPT}`,
    },
    {
      ...AUDIT,
      id: 4720,
      time: started + 4 * MINUTE,
      task: 'User Account Management',
      data: [['TargetUserName', 'updsvc'], ['TargetDomainName', name], ['TargetSid', account?.sid ?? ''], by],
      message: 'A user account was created.',
    },
    {
      ...AUDIT,
      id: 4732,
      time: started + 4 * MINUTE + SECOND,
      task: 'Security Group Management',
      data: [['MemberSid', account?.sid ?? ''], ['TargetUserName', 'Administrators'], by],
      message: 'A member was added to a security-enabled local group.',
    },
    {
      ...AUDIT,
      id: 4698,
      time: started + 4 * MINUTE + 10 * SECOND,
      task: 'Other Object Access Events',
      data: [by, ['TaskName', `\\${TASK.name}`], ['TaskContent', ROAMING_COPY]],
      message: 'A scheduled task was created.',
    },
    {
      log: TASK_LOG,
      provider: 'Microsoft-Windows-TaskScheduler',
      id: 106,
      time: started + 4 * MINUTE + 10 * SECOND,
      task: 'Task registered',
      data: [
        ['TaskName', `\\${TASK.name}`],
        ['UserContext', `${user.authority}\\${user.name}`],
      ],
      message: `User "${user.authority}\\${user.name}"  registered Task Scheduler task "\\${TASK.name}"`,
    },
  ]
}
