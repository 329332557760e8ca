import type { SeedNode } from '../overlay.ts'
import type { KeyNode } from '../registry/node.ts'
import { DAY, HOUR, MINUTE } from './hash.ts'
import { registrySeed } from './key-seed.ts'
import { DRIVERS, SERVICES } from './names.ts'
import type { Profile } from './profile.ts'
import { HIJACK, HKCU_RUN, HKLM_RUN, ROAMING_COPY, SERVICE, TASK } from './story.ts'

const NT = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion'
const CV = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion'
const CONTROL_SET = 'HKLM\\SYSTEM\\ControlSet001'

/** Makes the registry in its initial state. */
export function seedRegistry(profile: Profile): SeedNode<KeyNode> {
  const notation = [hardware(profile), system(profile), services(), software(profile), classes(), users(profile)]
  if (profile.role === 'finance-compromised') notation.push(incident(profile))
  return registrySeed(notation.join('\n'), profile.booted)
}

function hardware({ model, network }: Profile): string {
  return `
[HKEY_CLASSES_ROOT]
[HKEY_CURRENT_CONFIG]
[HKEY_CURRENT_USER]
[HKLM\\BCD00000000\\Description]
KeyName = BCD00000000
System = REG_DWORD:1
[HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS]
BIOSVersion = ${model.bios}
SystemManufacturer = ${model.maker}
SystemProductName = ${model.name}
[HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0]
ProcessorNameString = 11th Gen Intel(R) Core(TM) i5-1145G7 @ 2.60GHz
~MHz = REG_DWORD:2611
[HKLM\\SAM\\SAM\\Domains\\Account\\Users\\Names]
[HKLM\\SECURITY\\Policy\\Secrets]
[${CONTROL_SET}\\Services\\Tcpip\\Parameters]
DhcpNameServer = ${network.dns.join(' ')}
`
}

function system({ name, dnsSuffix, network, role }: Profile): string {
  return `
[HKLM\\SYSTEM\\Select]
Current = REG_DWORD:1
Default = REG_DWORD:1
Failed = REG_DWORD:0
LastKnownGood = REG_DWORD:1
[HKLM\\SYSTEM\\CurrentControlSet]
[HKLM\\SYSTEM\\MountedDevices]
\\DosDevices\\C: = REG_BINARY:444d494f3a49443a8f1c2b7a55e04d4b9a1d7700c1d2e3f4
\\DosDevices\\D: = REG_BINARY:444d494f3a49443a2b7a8f1c04d455e04d9a1b77c1d2e300
[HKLM\\SYSTEM\\Setup]
SystemSetupInProgress = REG_DWORD:0
[${CONTROL_SET}\\Control]
SystemBootDevice = multi(0)disk(0)rdisk(0)partition(3)
WaitToKillServiceTimeout = 5000
[${CONTROL_SET}\\Control\\Nls\\CodePage]
ACP = 1252
MACCP = 10000
OEMCP = 437
[${CONTROL_SET}\\Control\\ComputerName\\ComputerName]
ComputerName = ${name}
[${CONTROL_SET}\\Control\\ComputerName\\ActiveComputerName]
ComputerName = ${name}
[${CONTROL_SET}\\Control\\FileSystem]
LongPathsEnabled = REG_DWORD:0
NtfsDisable8dot3NameCreation = REG_DWORD:0
NtfsDisableLastAccessUpdate = REG_DWORD:2147483651
[${CONTROL_SET}\\Control\\Lsa]
RunAsPPL = REG_DWORD:0
Security Packages = REG_MULTI_SZ:kerberos|msv1_0|schannel|wdigest|tspkg|pku2u
[${CONTROL_SET}\\Control\\Session Manager]
BootExecute = REG_MULTI_SZ:autocheck autochk *
PendingFileRenameOperations = REG_MULTI_SZ:
[${CONTROL_SET}\\Control\\Session Manager\\Environment]
ComSpec = REG_EXPAND_SZ:%SystemRoot%\\system32\\cmd.exe
Path = REG_EXPAND_SZ:%SystemRoot%\\system32;%SystemRoot%;%SystemRoot%\\System32\\Wbem
TEMP = REG_EXPAND_SZ:%SystemRoot%\\TEMP
TMP = REG_EXPAND_SZ:%SystemRoot%\\TEMP
windir = REG_EXPAND_SZ:%SystemRoot%
[${CONTROL_SET}\\Control\\Terminal Server]
fDenyTSConnections = REG_DWORD:${role === 'server' ? 0 : 1}
[${CONTROL_SET}\\Control\\TimeZoneInformation]
TimeZoneKeyName = UTC
Bias = REG_DWORD:0
[${CONTROL_SET}\\Control\\Windows]
Directory = REG_EXPAND_SZ:%SystemRoot%
ShutdownTime = REG_BINARY:8a3c5f11b247dc01
[${CONTROL_SET}\\Enum\\USB\\ROOT_HUB30\\4&2f5a8b1&0&0]
DeviceDesc = @usbhub3.inf,%usbhub3.roothubdevicedesc%;USB Root Hub (USB 3.0)
[${CONTROL_SET}\\Hardware Profiles\\0001\\Software\\Fonts]
LogPixels = REG_DWORD:96
[${CONTROL_SET}\\Services\\Tcpip\\Parameters]
Hostname = ${name}
NV Hostname = ${name}
Domain = ${dnsSuffix}
[${CONTROL_SET}\\Services\\Tcpip\\Parameters\\Interfaces\\{7d1c9a44-31e5-4f7e-8a6b-2d90e1c35f10}]
EnableDHCP = REG_DWORD:1
DhcpIPAddress = ${network.ip}
DhcpSubnetMask = ${network.mask}
DhcpDefaultGateway = REG_MULTI_SZ:${network.gateway}
`
}

const library = (name: string) => `
[${CONTROL_SET}\\Services\\${name}\\Parameters]
ServiceDll = REG_EXPAND_SZ:%SystemRoot%\\System32\\${name}.dll`

function services(): string {
  const drivers = DRIVERS.trim()
    .split(/\s+/)
    .map(
      name => `
[${CONTROL_SET}\\Services\\${name === 'acpi' ? 'ACPI' : name}]
Type = REG_DWORD:1
Start = REG_DWORD:${name === 'acpi' ? 0 : 3}
ErrorControl = REG_DWORD:${name === 'acpi' ? 3 : 1}
ImagePath = REG_EXPAND_SZ:\\SystemRoot\\System32\\drivers\\${name}.sys
${name === 'acpi' ? 'DisplayName = @acpi.inf,%ACPI.SvcDesc%;Microsoft ACPI Driver\nGroup = Core' : ''}`,
    )
  const hosted = SERVICES.map(
    ([name, image, display]) => `
[${CONTROL_SET}\\Services\\${name}]
DisplayName = ${display}
ErrorControl = REG_DWORD:1
ImagePath = REG_EXPAND_SZ:${image.startsWith('-') ? image.slice(1) : `%SystemRoot%\\system32\\svchost.exe -k ${image} -p`}
ObjectName = ${image.startsWith('Local') && !image.startsWith('LocalSystem') ? 'NT AUTHORITY\\LocalService' : 'LocalSystem'}
Start = REG_DWORD:2
Type = REG_DWORD:${image.startsWith('-') ? 16 : 32}
${image.startsWith('-') ? '' : library(name)}`,
  )
  return [...drivers, ...hosted].join('\n')
}

function software({ os, user, locals, service, installed, name, domain, sensor }: Profile): string {
  const stamp = Math.floor(installed / 1000)
  const uninstall = (key: string, display: string, version: string, publisher: string) => `
[${CV}\\Uninstall\\${key}]
DisplayName = ${display}
DisplayVersion = ${version}
Publisher = ${publisher}`
  return `
[HKLM\\SOFTWARE\\Clients\\StartMenuInternet\\Google Chrome]
@ = Google Chrome
[HKLM\\SOFTWARE\\CarbonBlack\\config]
[HKLM\\SOFTWARE\\Google\\Chrome\\BLBeacon]
version = 94.0.4606.81
[HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths]
C:\\Users\\Public\\Libraries = REG_DWORD:0
[${NT}\\AppCompatFlags\\Layers]
C:\\Program Files\\LegacyApp\\ledger.exe = ~ RUNASADMIN WIN7RTM
[HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender]
[HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Run]
[HKLM\\SOFTWARE\\WOW6432Node\\Google\\Update]
path = REG_SZ:C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe
[${NT}]
ProductName = ${os.product}
EditionID = ${os.edition}
CurrentVersion = 6.3
CurrentBuild = ${os.build}
CurrentBuildNumber = ${os.build}
UBR = REG_DWORD:${os.revision}
InstallDate = REG_DWORD:${stamp}
InstallTime = REG_QWORD:${(BigInt(stamp) + 11_644_473_600n) * 10_000_000n}
ProductId = 00330-80000-00000-AA${String(stamp).slice(-3)}
RegisteredOwner = ${user.name}
SystemRoot = C:\\Windows
PathName = C:\\Windows
DigitalProductId = REG_BINARY:a40000000300000030303333302d38303030302d30303030302d4141
[${NT}\\Image File Execution Options\\svchost.exe]
MinimumStackCommitInBytes = REG_DWORD:32768
[${NT}\\ProfileList]
ProfilesDirectory = REG_EXPAND_SZ:%SystemDrive%\\Users
ProgramData = REG_EXPAND_SZ:%SystemDrive%\\ProgramData
Public = REG_EXPAND_SZ:%SystemDrive%\\Users\\Public
[${NT}\\ProfileList\\S-1-5-18]
ProfileImagePath = REG_EXPAND_SZ:%systemroot%\\system32\\config\\systemprofile
${[
  user,
  ...locals.filter(local => local.user.name === 'Administrator').map(local => local.user),
  ...(service === undefined ? [] : [service]),
]
  .map(
    one => `
[${NT}\\ProfileList\\${one.sid}]
ProfileImagePath = REG_EXPAND_SZ:C:\\Users\\${one.name}`,
  )
  .join('')}
[${NT}\\Schedule\\TaskCache\\Tasks]
[${NT}\\Schedule\\TaskCache\\Tree\\Microsoft\\Windows\\Defrag\\ScheduledDefrag]
Id = {C0E9F4B7-1A75-4D2C-9E3B-58D1FA6B2C90}
[${NT}\\Winlogon]
DefaultDomainName = ${domain}
DefaultUserName = ${user.name}
LastUsedUsername = ${user.name}
Shell = explorer.exe
Userinit = C:\\Windows\\system32\\userinit.exe,
AutoAdminLogon = 0
[${CV}]
ProgramFilesDir = C:\\Program Files
ProgramFilesDir (x86) = C:\\Program Files (x86)
CommonFilesDir = C:\\Program Files\\Common Files
CommonFilesDir (x86) = C:\\Program Files (x86)\\Common Files
ProgramFilesPath = REG_EXPAND_SZ:%ProgramFiles%
[${CV}\\App Paths\\chrome.exe]
@ = C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe
Path = C:\\Program Files\\Google\\Chrome\\Application
[${CV}\\Authentication\\LogonUI]
LastLoggedOnUser = ${user.authority}\\${user.name}
LastLoggedOnSAMUser = ${user.authority}\\${user.name}
[${CV}\\Explorer\\Shell Folders]
Common Desktop = C:\\Users\\Public\\Desktop
[${CV}\\Group Policy\\DataStore\\Machine\\0]
DNName = CN=${name},OU=Computers,DC=${domain.toLowerCase()},DC=example
[${CV}\\Policies\\System]
ConsentPromptBehaviorAdmin = REG_DWORD:5
EnableLUA = REG_DWORD:1
[${CV}\\Run]
SecurityHealth = REG_EXPAND_SZ:%windir%\\system32\\SecurityHealthService.exe
[${CV}\\RunOnce]
${uninstall('Google Chrome', 'Google Chrome', '94.0.4606.81', 'Google LLC')}
${uninstall('{90160000-008C-0000-1000-0000000FF1CE}', 'Microsoft Office 2016', '16.0.14332.21040', 'Microsoft Corporation')}
${uninstall('{8B2F4E1C-6A3D-4C57-B0E1-9D2A7C5F3E64}', 'Carbon Black Cloud Sensor', sensor.version, 'Broadcom')}
`
}

function classes(): string {
  const type = (extension: string, id: string, name: string, command: string) => `
[HKLM\\SOFTWARE\\Classes\\${extension}]
@ = ${id}
[HKLM\\SOFTWARE\\Classes\\${id}]
@ = ${name}
[HKLM\\SOFTWARE\\Classes\\${id}\\shell\\open\\command]
@ = ${command}`
  return [
    type('.exe', 'exefile', 'Application', '"%1" %*'),
    type('.bat', 'batfile', 'Windows Batch File', '"%1" %*'),
    type('.cmd', 'cmdfile', 'Windows Command Script', '"%1" %*'),
    type('.txt', 'txtfile', 'Text Document', 'C:\\Windows\\system32\\NOTEPAD.EXE %1'),
    type('.js', 'JSFile', 'JavaScript File', 'C:\\Windows\\System32\\WScript.exe "%1" %*'),
    type('.reg', 'regfile', 'Registration Entries', 'regedit.exe "%1"'),
    type('.lnk', 'lnkfile', 'Shortcut', ''),
  ].join('\n')
}

function users({ user, born, joined, name }: Profile): string {
  const hive = (sid: string) => `
[HKU\\${sid}\\Control Panel\\Desktop]
WallPaper = C:\\Windows\\web\\wallpaper\\Windows\\img0.jpg
[HKU\\${sid}\\Environment]
TEMP = REG_EXPAND_SZ:%USERPROFILE%\\AppData\\Local\\Temp
TMP = REG_EXPAND_SZ:%USERPROFILE%\\AppData\\Local\\Temp
[HKU\\${sid}\\Software\\Classes]
[HKU\\${sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run]
[HKU\\${sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce]
[HKU\\${sid}_Classes\\Local Settings]`
  return `
${['.DEFAULT', 'S-1-5-18', 'S-1-5-19', 'S-1-5-20', user.sid].map(hive).join('\n')}
[HKU\\${user.sid}\\Software\\Google\\Chrome\\BLBeacon]
version = 94.0.4606.81
[HKU\\${user.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run]
com.squirrel.Teams.Teams = C:\\Users\\${user.name}\\AppData\\Local\\Programs\\Teams\\Update.exe --processStart "Teams.exe"
[HKU\\${user.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RunMRU]
a = cmd\\1
MRUList = a
[HKU\\${user.sid}\\Volatile Environment]
USERNAME = ${user.name}
USERDOMAIN = ${user.authority}
USERPROFILE = C:\\Users\\${user.name}
LOGONSERVER = \\\\${joined ? 'SRV-DC-01' : name}
[HKU\\${user.sid}\\Volatile Environment\\1]
SESSIONNAME = Console
[HKU\\${user.sid}\\Software\\Microsoft\\Office\\16.0\\Common\\Internet]
LastSync = REG_QWORD:${born - 2 * DAY}
`
}

function incident({ user, born }: Profile): string {
  const time = (at: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE((BigInt(at) + 11_644_473_600_000n) * 10_000n)
    return bytes.toString('hex')
  }
  const plugged = born - 2 * DAY - 4 * HOUR
  const stick = 'Disk&Ven_SanDisk&Prod_Ultra&Rev_1.00\\4C530001230523117263&0'
  return `
[${CV}\\Run]
${HKLM_RUN.name} = ${HKLM_RUN.data}
[HKU\\${user.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run]
${HKCU_RUN.name} = ${HKCU_RUN.data}
[${CONTROL_SET}\\Services\\${SERVICE.name}]
DisplayName = ${SERVICE.display}
ErrorControl = REG_DWORD:0
ImagePath = REG_EXPAND_SZ:${SERVICE.command}
ObjectName = LocalSystem
Start = REG_DWORD:2
Type = REG_DWORD:16
[${NT}\\Image File Execution Options\\${HIJACK.program}]
Debugger = ${HIJACK.debugger}
[${NT}\\Schedule\\TaskCache\\Tree\\${TASK.name}]
Id = ${TASK.guid}
Index = REG_DWORD:3
[${NT}\\Schedule\\TaskCache\\Tasks\\${TASK.guid}]
Path = \\${TASK.name}
URI = \\${TASK.name}
Author = ${TASK.author}
Actions = REG_BINARY:${Buffer.from(`\u0003\0${ROAMING_COPY}`, 'utf16le').toString('hex')}
DynamicInfo = REG_BINARY:03000000${time(born - 3 * HOUR - 11 * MINUTE)}${time(born - 11 * MINUTE)}
[${CONTROL_SET}\\Enum\\USB\\VID_0781&PID_5581\\4C530001230523117263]
DeviceDesc = @usbstor.inf,%genericbulkonly.devicedesc%;USB Mass Storage Device
Service = USBSTOR
[${CONTROL_SET}\\Enum\\USBSTOR\\${stick}]
FriendlyName = SanDisk Ultra USB Device
Service = disk
ClassGUID = {4d36e967-e325-11ce-bfc1-08002be10318}
HardwareID = REG_MULTI_SZ:USBSTOR\\DiskSanDisk_Ultra___________1.00|USBSTOR\\DiskSanDisk_Ultra___________|GenDisk
[${CONTROL_SET}\\Enum\\USBSTOR\\${stick}\\Properties\\{83da6326-97a6-4088-9453-a1923f573b29}\\0064]
@ = REG_BINARY:${time(plugged)}
[${CONTROL_SET}\\Enum\\USBSTOR\\${stick}\\Properties\\{83da6326-97a6-4088-9453-a1923f573b29}\\0066]
@ = REG_BINARY:${time(plugged + 25 * MINUTE)}
[HKU\\${user.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\.iso]
0 = REG_BINARY:${Buffer.from('Invoice_8841.iso\0', 'utf16le').toString('hex')}
MRUListEx = REG_BINARY:00000000ffffffff
`
}
