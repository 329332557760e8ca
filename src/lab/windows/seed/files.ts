import { ATTRIBUTE } from '../fs/attributes.ts'
import type { FileNode } from '../fs/node.ts'
import type { SeedNode } from '../overlay.ts'
import { FileSeed, textLines } from './file-seed.ts'
import { DAY, HOUR, MINUTE, pick } from './hash.ts'
import { seedIncident } from './incident-files.ts'
import { DRIVERS, EVENT_LOGS, FONTS, HOSTS, PREFETCHED, SYSTEM32_DLLS, SYSTEM32_EXES } from './names.ts'
import { prefetchName } from './prefetch.ts'
import type { Profile } from './profile.ts'
import { seedServer } from './server-files.ts'
import { seedUsers } from './user-files.ts'

const { HIDDEN, SYSTEM, READONLY, NOT_CONTENT_INDEXED } = ATTRIBUTE
const WINDOWS = 'C:\\Windows'
const SYSTEM32 = 'C:\\Windows\\System32'

/** Makes the drives in their initial state. */
export function seedFiles(profile: Profile): SeedNode<FileNode> {
  const files = new FileSeed(profile.installed)
  seedRoots(files, profile)
  seedWindows(files, profile)
  seedLogs(files, profile)
  seedPrograms(files, profile)
  seedUsers(files, profile)
  if (profile.role === 'finance-compromised') seedIncident(files, profile)
  if (profile.role === 'server') seedServer(files, profile)
  return files.build()
}

function seedRoots(files: FileSeed, { installed, booted, memory }: Profile): void {
  const root = { attributes: HIDDEN | SYSTEM, created: installed, written: booted }
  files.directory('C:', root).directory('D:', root)
  files.directory('C:\\Documents and Settings', { attributes: HIDDEN | SYSTEM | NOT_CONTENT_INDEXED, target: 'C:\\Users' })
  files.directory('C:\\PerfLogs')
  // The documents' examples get and delete its files, and create the directory itself.
  files.directory('C:\\demo', { remade: true }).file('C:\\demo\\hello_world.txt', { text: 'Hello\r\n'.repeat(6) })
  for (const drive of ['C:', 'D:']) {
    files.directory(`${drive}\\System Volume Information`, { attributes: HIDDEN | SYSTEM, guard: 'denied' })
    files.file(`${drive}\\System Volume Information\\IndexerVolumeGuid`, { size: 76 })
    files.directory(`${drive}\\$Recycle.Bin`, { attributes: HIDDEN | SYSTEM })
  }
  const locked = { attributes: HIDDEN | SYSTEM, guard: 'locked' as const, written: booted }
  files.file('C:\\pagefile.sys', { ...locked, size: 1_476_395_008 }).file('C:\\swapfile.sys', { ...locked, size: 16_777_216 })
  files.file('C:\\hiberfil.sys', { ...locked, size: Math.floor(memory * 0.4) })
  files.directory('C:\\Recovery', { attributes: HIDDEN | SYSTEM })
  files
    .file('C:\\bootmgr', { attributes: HIDDEN | SYSTEM | READONLY, size: 413_738, guard: 'protected' })
    .file('C:\\BOOTNXT', { attributes: HIDDEN | SYSTEM, size: 1 })
}

function seedWindows(files: FileSeed, { installed, booted, born, os }: Profile): void {
  const own = { guard: 'protected' as const, written: installed - 30 * DAY }
  files.directory(WINDOWS, { written: booted }).directory(SYSTEM32, { written: booted + HOUR })
  files.many(WINDOWS, 'explorer.exe:5180208 regedit.exe:370176 write.exe:11264 hh.exe:18432 HelpPane.exe:1072640 bfsvc.exe:97280', own)
  files.many(WINDOWS, 'splwow64.exe:163840 winhlp32.exe:12288 notepad.exe:201216', own)
  files.file(`${WINDOWS}\\win.ini`, {
    text: textLines('; for 16-bit app support', '[fonts]', '[extensions]', '[mci extensions]', '[files]', '[Mail]', 'MAPI=1'),
  })
  files.file(`${WINDOWS}\\system.ini`, {
    text: textLines(
      '; for 16-bit app support',
      '[386Enh]',
      'woafont=dosapp.fon',
      'EGA80WOA.FON=EGA80WOA.FON',
      '',
      '[drivers]',
      'wave=mmdrv.dll',
      'timer=timer.drv',
      '',
      '[mci]',
    ),
  })
  files.file(`${WINDOWS}\\WindowsUpdate.log`, {
    text: textLines(
      'Windows Update logs are now generated using ETW (Event Tracing for Windows).',
      'Please run the Get-WindowsUpdateLog PowerShell command to convert ETW traces into a readable WindowsUpdate.log.',
    ),
    written: born - 5 * DAY,
  })
  files.directory(`${WINDOWS}\\Temp`, { written: born - 20 * MINUTE }).directory(`${WINDOWS}\\Minidump`)
  files.file(`${WINDOWS}\\Temp\\MpSigStub.log`, { size: 48_302, written: born - DAY })
  files.many(SYSTEM32, SYSTEM32_EXES, own)
  files.many(SYSTEM32, withExtension(SYSTEM32_DLLS, 'dll'), own)
  files.file(`${SYSTEM32}\\ntoskrnl.exe`, { ...own, size: 10_846_032 })
  files.many(`${SYSTEM32}\\drivers`, withExtension(DRIVERS, 'sys'), own)
  files.many(
    `${SYSTEM32}\\wbem`,
    'WmiPrvSE.exe:496128 WMIC.exe:521728 wbemcore.dll wbemprox.dll wbemsvc.dll cimwin32.dll repdrvfs.dll',
    own,
  )
  files.many(`${SYSTEM32}\\wbem\\Repository`, 'OBJECTS.DATA:22847488 INDEX.BTR:5791744 MAPPING1.MAP:81308 MAPPING2.MAP:81308', {
    written: booted,
  })
  files.file(`${SYSTEM32}\\WindowsPowerShell\\v1.0\\powershell.exe`, { ...own, size: 452_608 })
  files.many(
    'C:\\Windows\\SysWOW64',
    'cmd.exe:236544 notepad.exe:172032 reg.exe:59392 kernel32.dll ntdll.dll user32.dll advapi32.dll rundll32.exe:61952',
    own,
  )
  files.many('C:\\Windows\\Fonts', withExtension(FONTS, 'ttf'), own)
  const hives = { guard: 'locked' as const, written: booted }
  files.many(`${SYSTEM32}\\config`, 'SYSTEM:14942208 SOFTWARE:88080384 SAM:131072 SECURITY:65536 DEFAULT:786432', hives)
  files.file(`${SYSTEM32}\\sru\\SRUDB.dat`, { ...hives, size: 1_048_576 })
  files.file('C:\\Windows\\AppCompat\\Programs\\Amcache.hve', { ...hives, size: 2_097_152 })
  files.directory(`${SYSTEM32}\\config\\systemprofile`)
  files.file(`${SYSTEM32}\\license.rtf`, { ...own, size: 66_320 })
  files.file(`${SYSTEM32}\\drivers\\etc\\services`, { size: 17_635 })
  files.file(`${SYSTEM32}\\drivers\\etc\\hosts`, { text: HOSTS })
  files.file(`C:\\Windows\\Panther\\setupact.log`, { size: 191_024, written: installed })
  files.file(`C:\\Windows\\CbsTemp\\build.txt`, { text: `${os.build}.${os.revision}\r\n` })
  files.many('C:\\Windows\\INF', 'usbstor.inf disk.inf netrndis.inf keyboard.inf msmouse.inf hdaudio.inf machine.inf acpi.inf pci.inf', own)
}

const withExtension = (names: string, extension: string) => names.replace(/(\S)(?=\s|$)/g, `$1.${extension}`)

function seedLogs(files: FileSeed, { born, booted, role }: Profile): void {
  const logs = `${SYSTEM32}\\winevt\\Logs`
  files.directory(logs, { written: booted }).later(logs, () => {
    for (const word of EVENT_LOGS.trim().split(/\s+/)) {
      const [name = '', size = '69632'] = word.split(':')
      files.file(`${logs}\\${name.replaceAll('~', ' ')}.evtx`, { size: Number(size), written: born - pick(name, 1, 8 * 60) * MINUTE })
    }
  })
  if (role === 'server') return
  const prefetch = 'C:\\Windows\\Prefetch'
  files.directory(prefetch, { written: born - 20 * MINUTE }).later(prefetch, () => {
    for (const name of PREFETCHED.trim().split(/\s+/)) {
      const file = prefetchName(`${name}.EXE`, `C:\\WINDOWS\\SYSTEM32\\${name}.EXE`)
      files.file(`${prefetch}\\${file}`, {
        size: pick(name, 3, 60) * 1024 + pick(file, 0, 1024),
        created: booted - pick(name, 1, 90) * DAY,
        written: born - pick(file, 20, 540) * MINUTE,
      })
    }
  })
}

function seedPrograms(files: FileSeed, { installed, born, role }: Profile): void {
  const chrome = 'C:\\Program Files\\Google\\Chrome\\Application'
  const built = born - 16 * DAY
  files
    .directory('C:\\Program Files', { attributes: READONLY })
    .directory('C:\\Program Files (x86)', { attributes: READONLY })
    .directory('C:\\ProgramData', { attributes: HIDDEN })
  files.file('C:\\Program Files\\desktop.ini', {
    text: '[.ShellClassInfo]\r\nLocalizedResourceName=@%SystemRoot%\\system32\\shell32.dll,-21781\r\n',
    attributes: HIDDEN | SYSTEM,
  })
  files.directory(chrome, { written: built })
  files.file(`${chrome}\\chrome.exe`, { size: 2_509_656, created: installed + DAY, written: built })
  files.many(chrome, 'chrome_proxy.exe:966488 chrome.VisualElementsManifest.xml:466', { written: built })
  files.many(`${chrome}\\94.0.4606.81`, 'chrome.dll:182190936 chrome_elf.dll:1063768 resources.pak:6120043', { written: built })
  files
    .many(
      'C:\\Program Files\\Confer',
      'RepMgr.exe:7802760 RepUtils.exe:2301832 RepUx.exe:3402120 RepWSC.exe:1018248 RepCLI.exe:1266032 cfg.ini:1022 scanhost.exe:1801096',
      { guard: 'protected', written: born - 60 * DAY },
    )
    .directory('C:\\Program Files\\Confer\\temp', { written: born - 2 * DAY })
  files.many(
    'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.25080.5-0',
    'MsMpEng.exe:133688 MpCmdRun.exe:1520136 NisSrv.exe:3191288 MpClient.dll',
    { guard: 'protected', written: born - 20 * DAY },
  )
  files.many('C:\\Program Files\\Common Files\\microsoft shared\\ink', 'tabskb.dll InkObj.dll mip.exe:1622016')
  files.many('C:\\Program Files\\Windows Defender', 'MpCmdRun.exe:466392 MSASCuiL.exe:634880')
  files.many('C:\\Program Files\\Internet Explorer', 'iexplore.exe:834512 ieproxy.dll')
  files.many('C:\\Program Files (x86)\\Google\\Update', 'GoogleUpdate.exe:158816')
  files.many('C:\\Program Files (x86)\\Microsoft\\Edge\\Application', 'msedge.exe:4243904 msedge_proxy.exe:1281480')
  files.directory('C:\\ProgramData\\Application Data', { attributes: HIDDEN | SYSTEM | NOT_CONTENT_INDEXED, target: 'C:\\ProgramData' })
  if (role !== 'server')
    files.many(
      'C:\\Program Files\\Microsoft Office\\root\\Office16',
      'WINWORD.EXE:1936184 EXCEL.EXE:41829176 OUTLOOK.EXE:41403192 POWERPNT.EXE:1848120 MSACCESS.EXE:16821048 ONENOTE.EXE:2102072',
      { written: born - 33 * DAY },
    )
}
