import type { Process } from '../processes/table.ts'
import { HOUR, MINUTE, pick, SECOND } from './hash.ts'
import type { Profile } from './profile.ts'
import { POWERSHELL_LINE, RUN_COPY } from './story.ts'

const SYSTEM32 = 'C:\\Windows\\System32\\'
const WELL_KNOWN: Record<string, string> = {
  'NT AUTHORITY\\SYSTEM': 'S-1-5-18',
  'NT AUTHORITY\\LOCAL SERVICE': 'S-1-5-19',
  'NT AUTHORITY\\NETWORK SERVICE': 'S-1-5-20',
  'Window Manager\\DWM-1': 'S-1-5-90-0-1',
  'Font Driver Host\\UMFD-0': 'S-1-5-96-0-0',
  'Font Driver Host\\UMFD-1': 'S-1-5-96-0-1',
}
const SYSTEM = 'NT AUTHORITY\\SYSTEM'
const LOCAL = 'NT AUTHORITY\\LOCAL SERVICE'
const NETWORK = 'NT AUTHORITY\\NETWORK SERVICE'

type Facts = Partial<Pick<Process, 'cmdline' | 'user' | 'sid' | 'services' | 'protected' | 'memory'>>

/** Makes the processes of the endpoint's initial state. */
export function seedProcesses(profile: Profile): Process[] {
  const all: Process[] = []
  const { user, service } = profile
  const login = `${user.authority}\\${user.name}`
  /** @param after milliseconds since the boot; more than 20 seconds is after the login */
  const add = (pid: number, ppid: number, path: string, after: number, facts: Facts = {}) => {
    const account = facts.user ?? SYSTEM
    const full = path.includes('\\') || path === 'System' || path === 'Registry' ? path : SYSTEM32 + path
    all.push({
      pid,
      ppid,
      path: full,
      cmdline: full,
      memory: pick(full + pid, 2_000, 60_000),
      session: account === login || /-1$|UMFD-1/.test(account) ? 1 : 0,
      user: account,
      sid: WELL_KNOWN[account] ?? user.sid,
      started: profile.booted + after,
      ...facts,
    })
  }
  boot(add)
  services(add)
  if (service !== undefined)
    add(4012, 656, 'C:\\Program Files\\BackupAgent\\bkagent.exe', 40 * SECOND, {
      user: `${service.authority}\\${service.name}`,
      sid: service.sid,
      cmdline: '"C:\\Program Files\\BackupAgent\\bkagent.exe" --service',
    })
  else desktop(add, login, profile)
  if (profile.role === 'finance-compromised') incident(add, login, profile)
  return all
}

type Add = (pid: number, ppid: number, path: string, after: number, facts?: Facts) => void

function boot(add: Add): void {
  add(4, 0, 'System', 0, { cmdline: '', protected: true, memory: 144 })
  add(124, 4, 'Registry', 0, { cmdline: '', protected: true, memory: 71_452 })
  add(404, 4, 'smss.exe', 1 * SECOND, { cmdline: '\\SystemRoot\\System32\\smss.exe', protected: true })
  add(524, 512, 'csrss.exe', 5 * SECOND, {
    cmdline: '%SystemRoot%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=1024,20480,768',
    protected: true,
  })
  add(616, 512, 'wininit.exe', 6 * SECOND, { cmdline: 'wininit.exe', protected: true })
  add(624, 608, 'csrss.exe', 6 * SECOND, {
    cmdline: '%SystemRoot%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=1024,20480,768',
    protected: true,
  })
  add(692, 608, 'winlogon.exe', 7 * SECOND, { cmdline: 'winlogon.exe' })
  add(656, 616, 'services.exe', 7 * SECOND, { protected: true })
  add(712, 616, 'lsass.exe', 7 * SECOND, { services: ['KeyIso', 'SamSs'], protected: true })
  add(824, 616, 'fontdrvhost.exe', 8 * SECOND, { cmdline: '"fontdrvhost.exe"', user: 'Font Driver Host\\UMFD-0' })
  add(832, 692, 'fontdrvhost.exe', 8 * SECOND, { cmdline: '"fontdrvhost.exe"', user: 'Font Driver Host\\UMFD-1' })
  add(1040, 692, 'dwm.exe', 9 * SECOND, { cmdline: '"dwm.exe"', user: 'Window Manager\\DWM-1' })
}

function services(add: Add): void {
  const host = (pid: number, group: string, user: string, names: string[], alone = false) =>
    add(pid, 656, 'svchost.exe', 8 * SECOND + pid, {
      user,
      services: names,
      cmdline: `C:\\Windows\\system32\\svchost.exe -k ${group} -p${alone ? ` -s ${names[0]}` : ''}`,
    })
  host(840, 'DcomLaunch', SYSTEM, ['BrokerInfrastructure', 'DcomLaunch', 'PlugPlay', 'Power', 'SystemEventsBroker'])
  host(960, 'RPCSS', NETWORK, ['RpcEptMapper', 'RpcSs'])
  host(1012, 'DcomLaunch', SYSTEM, ['LSM'], true)
  host(1072, 'NetworkService', NETWORK, ['TermService'], true)
  host(1180, 'LocalServiceNetworkRestricted', LOCAL, ['Dhcp', 'lmhosts'])
  host(1232, 'LocalServiceNetworkRestricted', LOCAL, ['EventLog'], true)
  host(1268, 'netsvcs', SYSTEM, ['BITS', 'gpsvc', 'iphlpsvc', 'ProfSvc', 'Schedule', 'SENS', 'Themes', 'Winmgmt', 'wuauserv'])
  host(1444, 'LocalService', LOCAL, ['EventSystem', 'FontCache', 'nsi'])
  host(1520, 'LocalServiceNoNetworkFirewall', LOCAL, ['BFE', 'mpssvc'])
  host(1804, 'NetworkService', NETWORK, ['CryptSvc', 'Dnscache', 'LanmanWorkstation', 'NlaSvc'])
  host(1956, 'LocalSystemNetworkRestricted', SYSTEM, ['AudioEndpointBuilder', 'SysMain'])
  host(2280, 'smbsvcs', SYSTEM, ['LanmanServer'], true)
  add(2104, 656, 'spoolsv.exe', 12 * SECOND, { services: ['Spooler'] })
  add(2496, 656, 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.25080.5-0\\MsMpEng.exe', 13 * SECOND, {
    services: ['WinDefend'],
    cmdline: '"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.25080.5-0\\MsMpEng.exe"',
    protected: true,
    memory: 184_320,
  })
  add(3016, 656, SENSOR_PATH, 14 * SECOND, { services: ['CbDefense'], cmdline: `"${SENSOR_PATH}"`, protected: true, memory: 96_212 })
  add(3340, 656, 'SearchIndexer.exe', 15 * SECOND, {
    services: ['WSearch'],
    cmdline: 'C:\\Windows\\system32\\SearchIndexer.exe /Embedding',
  })
}

/** The sensor itself, which starts the programs of `create process`. */
const SENSOR_PATH = 'C:\\Program Files\\Confer\\RepMgr.exe'
export const SENSOR_PID = 3016

const CHROME = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'

function desktop(add: Add, user: string, { booted, born }: Profile): void {
  const login = 12 * MINUTE
  add(4208, 1268, 'sihost.exe', login, { user, cmdline: 'sihost.exe' })
  add(4264, 656, 'svchost.exe', login + 1 * SECOND, {
    user,
    services: ['CDPUserSvc_5a1e7', 'WpnUserService_5a1e7'],
    cmdline: 'C:\\Windows\\system32\\svchost.exe -k UnistackSvcGroup',
  })
  add(4332, 1268, 'taskhostw.exe', login + 2 * SECOND, { user, cmdline: 'taskhostw.exe {222A245B-E637-4AE9-A93F-A59CA119A75E}' })
  add(4516, 4488, 'C:\\Windows\\explorer.exe', login + 4 * SECOND, { user, cmdline: 'C:\\Windows\\Explorer.EXE', memory: 121_540 })
  add(4988, 840, 'RuntimeBroker.exe', login + 9 * SECOND, { user, cmdline: 'C:\\Windows\\System32\\RuntimeBroker.exe -Embedding' })
  add(5120, 1956, 'ctfmon.exe', login + 10 * SECOND, { user, cmdline: '"ctfmon.exe"' })
  const chrome = (pid: number, parent: number, after: number, type: string) =>
    add(pid, parent, CHROME, after, { user, cmdline: `"${CHROME}"${type}`, memory: pick(type, 40_000, 210_000) })
  chrome(2712, 4516, login + 5 * MINUTE, '')
  chrome(
    5604,
    2712,
    login + 5 * MINUTE + 2 * SECOND,
    ' --type=utility --utility-sub-type=network.mojom.NetworkService --lang=en-US --service-sandbox-type=none' +
      ' --mojo-platform-channel-handle=1536 /prefetch:8',
  )
  chrome(
    5688,
    2712,
    login + 5 * MINUTE + 2 * SECOND,
    ' --type=gpu-process --gpu-preferences=UAAAAAAAAADgAAAYAAAAAAAAAAAAAAAAAABgAAAAAAAwAAAA --mojo-platform-channel-handle=1664 /prefetch:2',
  )
  chrome(
    9380,
    2712,
    born - booted - 4 * HOUR,
    ' --type=renderer --lang=en-US --device-scale-factor=1 --renderer-client-id=14 --mojo-platform-channel-handle=4120 /prefetch:1',
  )
  add(6044, 4516, 'C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE', login + 7 * MINUTE, {
    user,
    cmdline: '"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE"',
    memory: 201_928,
  })
  add(6180, 4516, 'C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE', login + 48 * MINUTE, {
    user,
    cmdline: '"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE" "D:\\Finance\\Forecast-Q4.xlsx"',
    memory: 143_804,
  })
}

/** Outlook's attachment starts Word, Word starts PowerShell, and that starts a program that calls itself svchost.exe. */
function incident(add: Add, user: string, { booted, born }: Profile): void {
  const before = (ms: number) => born - booted - ms
  const word = 'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE'
  add(6532, 6044, word, before(3 * HOUR + 16 * MINUTE), {
    user,
    cmdline: `"${word}" /n "C:\\Users\\j.moreau\\Downloads\\Invoice_8841.docm" /o ""`,
    memory: 118_272,
  })
  add(6820, 6532, 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', before(3 * HOUR + 15 * MINUTE), {
    user,
    cmdline: POWERSHELL_LINE,
    memory: 84_120,
  })
  add(6836, 6820, 'conhost.exe', before(3 * HOUR + 15 * MINUTE), { user, cmdline: '\\??\\C:\\Windows\\system32\\conhost.exe 0x4' })
  add(7312, 6820, RUN_COPY, before(3 * HOUR + 13 * MINUTE), { user, cmdline: `"${RUN_COPY}" -k netsvcs`, memory: 23_496 })
}
