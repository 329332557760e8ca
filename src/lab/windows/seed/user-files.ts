import { ATTRIBUTE } from '../fs/attributes.ts'
import type { FileSeed } from './file-seed.ts'
import { DAY, HOUR, MINUTE, pick } from './hash.ts'
import type { Profile } from './profile.ts'
import { taskXml } from './story.ts'

const { HIDDEN, SYSTEM, READONLY, NOT_CONTENT_INDEXED } = ATTRIBUTE
const JUNCTION = HIDDEN | SYSTEM | NOT_CONTENT_INDEXED

const PUBLIC_PLACES = ['Desktop', 'Documents', 'Downloads', 'Music', 'Pictures', 'Videos']
const HOME_PLACES = [...PUBLIC_PLACES, '3D Objects', 'Contacts', 'Favorites', 'Links', 'Saved Games', 'Searches']
const APPLICATION_PLACES = [
  'Local\\Temp',
  'Local\\Microsoft\\Windows\\INetCache',
  'Local\\Programs',
  'LocalLow\\Microsoft',
  'Roaming\\Microsoft\\Windows\\Recent',
  'Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup',
]

/** Home directories, the second drive, and the tasks that Windows and its programs bring. */
export function seedUsers(files: FileSeed, profile: Profile): void {
  const { user, service, role, born, installed } = profile
  files.directory('C:\\Users', { attributes: READONLY })
  files.directory('C:\\Users\\All Users', { attributes: JUNCTION, target: 'C:\\ProgramData' })
  files.directory('C:\\Users\\Default User', { attributes: JUNCTION, target: 'C:\\Users\\Default' })
  home(files, 'Default', installed)
  home(files, 'Administrator', installed + DAY)
  home(files, user.name, installed + 2 * DAY)
  if (service !== undefined) home(files, service.name, installed + 9 * DAY)
  files.file(`C:\\Users\\${user.name}\\NTUSER.DAT`, {
    size: 3_932_160,
    attributes: HIDDEN | SYSTEM,
    guard: 'locked',
    written: born - 20 * MINUTE,
  })
  inUse(files, profile)
  files
    .directory('C:\\Users\\Public', { attributes: READONLY })
    .many('C:\\Users\\Public', 'desktop.ini:174', { attributes: HIDDEN | SYSTEM })
  for (const place of PUBLIC_PLACES) files.directory(`C:\\Users\\Public\\${place}`, { attributes: READONLY })
  files.directory(`C:\\$Recycle.Bin\\${user.sid}`, { attributes: HIDDEN | SYSTEM })
  if (role !== 'server') work(files, profile)
  tasks(files, profile)
}

/** What Windows keeps open as long as somebody is logged on. */
function inUse(files: FileSeed, { user, born }: Profile): void {
  const root = `C:\\Users\\${user.name}\\AppData\\Local\\Microsoft\\Windows`
  const locked = { guard: 'locked' as const, written: born - 20 * MINUTE }
  files.file(`${root}\\UsrClass.dat`, { ...locked, size: 2_621_440, attributes: HIDDEN | SYSTEM })
  files.file(`${root}\\WebCache\\WebCacheV01.dat`, { ...locked, size: 1_835_008 })
  files.file('C:\\ProgramData\\Microsoft\\Search\\Data\\Applications\\Windows\\Windows.edb', { ...locked, size: 8_388_608 })
}

function home(files: FileSeed, name: string, created: number): void {
  const root = `C:\\Users\\${name}`
  const at = { created }
  files.directory(root, name === 'Default' ? { ...at, attributes: HIDDEN | READONLY } : at)
  for (const place of HOME_PLACES) {
    files.directory(`${root}\\${place}`, { ...at, attributes: READONLY })
    files.file(`${root}\\${place}\\desktop.ini`, { ...at, size: pick(place, 170, 520), attributes: HIDDEN | SYSTEM })
  }
  files.directory(`${root}\\AppData`, { ...at, attributes: HIDDEN })
  for (const place of APPLICATION_PLACES) files.directory(`${root}\\AppData\\${place}`, at)
  const links: [string, string][] = [
    ['Application Data', 'AppData\\Roaming'],
    ['Local Settings', 'AppData\\Local'],
    ['My Documents', 'Documents'],
    ['Recent', 'AppData\\Roaming\\Microsoft\\Windows\\Recent'],
    ['Start Menu', 'AppData\\Roaming\\Microsoft\\Windows\\Start Menu'],
    ['AppData\\Local\\Application Data', 'AppData\\Local'],
    ['Documents\\My Music', 'Music'],
  ]
  for (const [link, target] of links) files.directory(`${root}\\${link}`, { ...at, attributes: JUNCTION, target: `${root}\\${target}` })
  files.file(`${root}\\NTUSER.DAT`, { ...at, size: 524_288, attributes: HIDDEN | SYSTEM })
  files.file(`${root}\\ntuser.ini`, { ...at, size: 20, attributes: HIDDEN | SYSTEM })
}

function work(files: FileSeed, { user, born, role, dnsSuffix }: Profile): void {
  const root = `C:\\Users\\${user.name}`
  const aged = (name: string) => ({ written: born - pick(name, 1, 200) * DAY - pick(`${name}.`, 0, 600) * MINUTE })
  const put = (directory: string, names: string) =>
    names
      .trim()
      .split(/\s+/)
      .forEach(name => files.many(directory, name, aged(name)))
  put(
    `${root}\\Documents`,
    'Onboarding~checklist.docx:48211 Travel~policy~2025.pdf:312004 Expenses~March.xlsx:22871 Expenses~April.xlsx:23110 Team~photo.jpg:2811302',
  )
  put(`${root}\\Desktop`, 'Teams.lnk:2211 Printer~3rd~floor.lnk:1024')
  put(`${root}\\Downloads`, 'ChromeSetup.exe:1391192 Agenda~board~meeting.pdf:188213 IMG_2041.jpg:3302918 vpn-client-7.2.1.msi:18874368')
  put(`${root}\\AppData\\Local\\Programs\\Teams`, 'Update.exe:2531264 Teams.exe:148901632')
  put(`${root}\\Pictures`, 'Screenshot~2025-06-12.png:411203 Screenshot~2025-07-03.png:288120')
  put(`${root}\\AppData\\Local\\Microsoft\\Outlook`, `${user.name}@${dnsSuffix || 'mail.example'}.ost:184558592`)
  files.file(`${root}\\Desktop\\todo.txt`, {
    text: 'call IT about the printer\r\nquarterly forecast to Paul until Friday\r\nrenew parking permit\r\n',
    written: born - 2 * DAY,
  })
  files.file(`${root}\\AppData\\Local\\Google\\Chrome\\User Data\\Local State`, { size: 81_223, written: born - HOUR })
  put(
    `${root}\\AppData\\Local\\Google\\Chrome\\User Data\\Default`,
    'Cookies:98304 Preferences:42133 Bookmarks:3011 Login~Data:40960 Web~Data:122880',
  )
  put(`${root}\\AppData\\Local\\Microsoft\\Edge\\User Data\\Default`, 'History:163840 Preferences:39011 Bookmarks:1204')
  put(
    `${root}\\AppData\\Roaming\\Mozilla\\Firefox\\Profiles\\k3x9v1qp.default-release`,
    'places.sqlite:5242880 cookies.sqlite:524288 prefs.js:14022',
  )
  files.file(`${root}\\AppData\\Roaming\\Microsoft\\Windows\\PowerShell\\PSReadLine\\ConsoleHost_history.txt`, {
    text: 'Get-Printer\r\nTest-NetConnection intranet.corp.example\r\n',
    written: born - 6 * DAY,
  })
  if (role === 'workstation') put('D:\\Projects\\website', 'index.html:8211 style.css:4410 app.js:61204 README.md:1211 logo.png:20118')
}

function tasks(files: FileSeed, { born, installed, service }: Profile): void {
  const start = new Date(installed + 3 * DAY).toISOString().slice(0, 19)
  const task = (path: string, author: string, command: string, line = '') =>
    files.file(`C:\\Windows\\System32\\Tasks\\${path}`, {
      bytes: () => taskXml({ uri: `\\${path}`, author, command, arguments: line, start, user: 'S-1-5-18', hidden: false }),
      created: installed + 3 * DAY,
      written: born - pick(path, 10, 90) * DAY,
    })
  const system = 'C:\\Windows\\System32\\'
  task('GoogleUpdateTaskMachineCore', 'Google LLC', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome_proxy.exe', '--update')
  task(
    'MicrosoftEdgeUpdateTaskMachineCore',
    'Microsoft Corporation',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge_proxy.exe',
    '/c',
  )
  task('Microsoft\\Windows\\Defrag\\ScheduledDefrag', 'Microsoft Corporation', `${system}svchost.exe`, '-k defragsvc')
  task(
    'Microsoft\\Windows\\Time Synchronization\\SynchronizeTime',
    'Microsoft Corporation',
    `${system}sc.exe`,
    'start w32time task_started',
  )
  task('Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan', 'Microsoft Corporation', `${system}UsoClient.exe`, 'StartScan')
  task(
    'Microsoft\\Windows\\Windows Defender\\Windows Defender Scheduled Scan',
    'Microsoft Corporation',
    'C:\\Program Files\\Windows Defender\\MpCmdRun.exe',
    'Scan -ScheduleJob',
  )
  task('Microsoft\\Windows\\Registry\\RegIdleBackup', 'Microsoft Corporation', `${system}rundll32.exe`)
  if (service !== undefined)
    task(
      'NightlyBackup',
      `${service.authority}\\${service.name}`,
      'C:\\Program Files\\BackupAgent\\bkagent.exe',
      '--full --target D:\\Backup',
    )
}
