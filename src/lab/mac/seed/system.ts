import { DAY, HOUR, MINUTE } from '../../windows/seed/hash.ts'
import { BINARY_PLIST, directory, file, link, program, SQLITE, type Entry } from './entry.ts'
import { knowledge, privacyDecisions } from './databases.ts'
import { installLog, PASSWD, systemLog } from './logs.ts'
import { plist } from './plist.ts'
import type { Profile } from './profile.ts'
import { HELPER } from './story.ts'

const GZIP = { head: '\x1f\x8b\x08\0', size: 8_192 }
const ASL = { head: 'ASL DB\0\0\0\0\0\0\0\0\0\x02', size: 16_384 }

/** The programs that are there, by directory; those that `programs/` knows do something, and the others run until they are killed. */
const PROGRAMS: Record<string, string> = {
  '/bin': '[ bash cat chmod cp date df echo hostname kill launchctl ls mkdir mv ps pwd rm rmdir sh sleep sync test zsh',
  '/sbin': 'ifconfig launchd md5 mount ping reboot route shutdown',
  '/usr/bin':
    'awk codesign csrutil curl defaults dig dscl dsmemberutil env false fdesetup file find grep head hdiutil id last log nettop open osascript plutil printf profiles python3 security sed shasum sort sqlite3 ssh stat sudo sw_vers tail tar tee touch true uname unzip uptime vm_stat w wc which who whoami xattr xcode-select zip',
  '/usr/sbin':
    'arp cron kextstat lsof mDNSResponder netstat networksetup pkgutil scutil softwareupdate spctl sshd sysctl system_profiler systemsetup',
  '/usr/libexec': 'configd logd opendirectoryd syslogd trustd UserEventAgent xpcproxy',
}

/** Daemons and agents of macOS itself: label and program. */
const DAEMONS: readonly [label: string, program: string][] = [
  ['com.apple.configd', '/usr/libexec/configd'],
  ['com.apple.logd', '/usr/libexec/logd'],
  ['com.apple.mDNSResponder', '/usr/sbin/mDNSResponder'],
  ['com.apple.opendirectoryd', '/usr/libexec/opendirectoryd'],
  ['com.apple.trustd', '/usr/libexec/trustd'],
  ['com.openssh.sshd', '/usr/sbin/sshd'],
  ['com.vix.cron', '/usr/sbin/cron'],
]

/** Returns what macOS brings. */
export function systemEntries(profile: Profile): Entry[] {
  return [...links(), ...programs(), ...configuration(profile), ...databases(profile), ...logs(profile)]
}

function links(): Entry[] {
  return [
    link('/etc', 'private/etc'),
    link('/tmp', 'private/tmp'),
    link('/var', 'private/var'),
    directory('/private/tmp', { mode: 0o1777 }),
    directory('/private/var/tmp', { mode: 0o1777 }),
    ...['/Volumes', '/cores', '/opt', '/usr/local/bin', '/private/var/root', '/Network'].map(path => directory(path)),
    link('/Volumes/Macintosh HD', '/'),
  ]
}

function programs(): Entry[] {
  const names = Object.entries(PROGRAMS).flatMap(([folder, list]) => list.split(' ').map(name => program(`${folder}/${name}`)))
  return [
    ...names,
    ...['Safari', 'Mail', 'Calendar', 'Figma', 'Google Chrome', 'Slack', 'Utilities/Terminal'].flatMap(application),
    program('/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder'),
    program('/System/Library/CoreServices/loginwindow.app/Contents/MacOS/loginwindow'),
    program('/System/Library/PrivateFrameworks/SkyLight.framework/Versions/A/Resources/WindowServer'),
    program('/Applications/VMware Carbon Black Cloud/repmgr.bundle/Contents/MacOS/repmgr'),
  ]
}

function application(path: string): Entry[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const root = `/${/^(?:Safari|Mail|Calendar|Utilities)/.test(path) ? 'System/' : ''}Applications/${path}.app/Contents`
  const info = plist({ CFBundleExecutable: name, CFBundleIdentifier: `com.example.${name.replaceAll(' ', '-')}`, CFBundleVersion: '1.0' })
  return [
    program(`${root}/MacOS/${name}`),
    file(`${root}/Info.plist`, { text: info }),
    file(`${root}/_CodeSignature/CodeResources`, { text: plist({ files: {} }) }),
  ]
}

function configuration({ name, version, build, address, accounts, installed }: Profile): Entry[] {
  const etc = (path: string, text: string) => file(`/private/etc/${path}`, { text })
  const preferences = (path: string) => file(`/Library/Preferences/${path}.plist`, BINARY_PLIST)
  const daemon = ([label, path]: (typeof DAEMONS)[number]) =>
    file(`/System/Library/LaunchDaemons/${label}.plist`, { text: plist({ Label: label, ProgramArguments: [path], KeepAlive: true }) })
  return [
    etc(
      'hosts',
      `##\n# Host Database\n##\n127.0.0.1\tlocalhost\n255.255.255.255\tbroadcasthost\n::1\tlocalhost\n${address}\t${name.toLowerCase()}\n`,
    ),
    etc('passwd', PASSWD),
    etc('group', GROUP),
    file('/private/etc/master.passwd', { text: PASSWD }, { mode: 0o600 }),
    file('/private/etc/sudoers', { text: 'root\tALL = (ALL) ALL\n%admin\tALL = (ALL) ALL\n' }, { mode: 0o440 }),
    etc('shells', '/bin/bash\n/bin/sh\n/bin/zsh\n'),
    etc('profile', 'if [ -x /usr/libexec/path_helper ]; then\n\teval `/usr/libexec/path_helper -s`\nfi\n'),
    etc('zshrc', 'HISTFILE=${ZDOTDIR:-$HOME}/.zsh_history\nHISTSIZE=2000\nSAVEHIST=1000\n'),
    etc('zprofile', 'eval `/usr/libexec/path_helper -s`\n'),
    etc('bashrc', "PS1='\\h:\\W \\u\\$ '\n"),
    etc('ssh/sshd_config', 'AuthorizedKeysFile .ssh/authorized_keys\nSubsystem sftp /usr/libexec/sftp-server\n'),
    etc('defaults/periodic.conf', 'daily_output="/var/log/daily.out"\n'),
    etc('periodic/daily/110.clean-tmps', '#!/bin/sh\nexit 0\n'),
    link('/private/etc/localtime', '/var/db/timezone/zoneinfo/Europe/Berlin'),
    file('/private/var/db/timezone/zoneinfo/Europe/Berlin', { head: 'TZif2', size: 2_298 }),
    file('/System/Library/CoreServices/SystemVersion.plist', {
      text: plist({ ProductBuildVersion: build, ProductName: 'macOS', ProductUserVisibleVersion: version, ProductVersion: version }),
    }),
    ...DAEMONS.map(daemon),
    file('/System/Library/LaunchAgents/com.apple.Finder.plist', {
      text: plist({ Label: 'com.apple.Finder', ProgramArguments: ['/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder'] }),
    }),
    file('/Library/LaunchDaemons/com.vmware.carbonblack.cloud.daemon.plist', {
      text: plist({
        Label: 'com.vmware.carbonblack.cloud.daemon',
        ProgramArguments: ['/Applications/VMware Carbon Black Cloud/repmgr.bundle/Contents/MacOS/repmgr'],
        KeepAlive: true,
      }),
    }),
    directory('/Library/LaunchAgents'),
    directory('/Library/Extensions'),
    preferences('SystemConfiguration/preferences'),
    preferences('SystemConfiguration/com.apple.airport.preferences'),
    preferences('com.apple.SoftwareUpdate'),
    preferences('com.apple.loginwindow'),
    preferences('com.apple.Bluetooth'),
    file('/Library/Receipts/InstallHistory.plist', {
      text: plist([{ displayName: `macOS ${version}`, displayVersion: version, processName: 'softwareupdated' }]),
    }),
    ...accounts.map(account =>
      file(`/private/var/db/dslocal/nodes/Default/users/${account.name}.plist`, BINARY_PLIST, { mode: 0o600, written: installed }),
    ),
    file('/private/var/db/.AppleSetupDone', { text: '' }, { mode: 0o400, written: installed }),
  ]
}

function databases({ born, broken, user }: Profile): Entry[] {
  const db = (path: string, written = born - HOUR) => file(`/private/var/db/${path}`, SQLITE, { written })
  const used = [
    { bundle: 'com.apple.Safari', from: broken - 11 * MINUTE, to: broken - 3 * MINUTE },
    { bundle: 'com.apple.Terminal', from: broken - 3 * MINUTE, to: broken + MINUTE },
    { bundle: 'com.figma.Desktop', from: broken + 2 * MINUTE, to: broken + 3 * HOUR },
  ].map(({ from, to, ...more }) => ({ ...more, from: from + 0.5, to: to + 0.5 }))
  const allowed = [
    { service: 'SystemPolicyAllFiles', client: 'com.vmware.carbonblack.cloud.se-agent', at: born - 200 * DAY },
    { service: 'SystemPolicyAllFiles', client: HELPER, at: broken + 2 * MINUTE },
    { service: 'Accessibility', client: HELPER, at: broken + 2 * MINUTE },
  ]
  return [
    file('/Library/Application Support/com.apple.TCC/TCC.db', { bytes: () => privacyDecisions(allowed) }, { written: broken + 2 * MINUTE }),
    file(
      `/Users/${user.name}/Library/Application Support/com.apple.TCC/TCC.db`,
      { bytes: () => privacyDecisions([{ service: 'AppleEvents', client: 'com.apple.Terminal', at: broken + MINUTE }]) },
      { written: broken + MINUTE },
    ),
    file(
      `/Users/${user.name}/Library/Application Support/Knowledge/knowledgeC.db`,
      { bytes: () => knowledge(used) },
      { written: born - HOUR },
    ),
    file('/private/var/db/CoreDuet/Knowledge/knowledgeC.db', { bytes: () => knowledge(used) }, { written: born - HOUR }),
    db('CoreDuet/People/interactionC.db'),
    db('SystemPolicy'),
    db('auth.db'),
    db('dslocal/nodes/Default/sqlindex'),
    file('/private/var/db/com.apple.backgroundtaskmanagement/BackgroundItems-v8.btm', BINARY_PLIST, { written: broken + 3 * MINUTE }),
    directory('/private/var/at/tabs', { mode: 0o700 }),
    link('/usr/lib/cron', '../../private/var/at'),
    ...['Persist/00000000000000a1.tracev3', 'Persist/00000000000000a2.tracev3', 'Special/0000000000000017.tracev3'].map((path, at) =>
      file(`/private/var/db/diagnostics/${path}`, { head: '\0\x10\0\0', size: 65_536 }, { written: born - (3 - at) * HOUR }),
    ),
    file('/private/var/db/diagnostics/timesync/0000000000000004.timesync', { size: 4_096 }, { written: born - HOUR }),
    file('/private/var/db/uuidtext/0A/3F2B6C1D9E8A4750B6C1D2E3F4A5B6', { head: '\x99\x88\x77\x66', size: 12_288 }),
    file('/private/var/networkd/netusage.sqlite', SQLITE, { written: born - HOUR }),
    file('/private/var/run/utmpx', { size: 1_256 }, { written: born - 3 * HOUR }),
    file('/private/var/vm/sleepimage', { size: 1_048_576 }, { mode: 0o600 }),
    ...['/.fseventsd', '/System/Volumes/Data/.fseventsd'].flatMap(folder =>
      ['00000000004a11c2', '00000000004a7f0e'].map((name, at) => file(`${folder}/${name}`, GZIP, { written: born - (2 - at) * DAY })),
    ),
  ]
}

function logs(profile: Profile): Entry[] {
  const { born } = profile
  const log = (path: string, text: string) => file(`/private/var/log/${path}`, { text }, { written: born - 2 * MINUTE })
  return [
    log('system.log', systemLog(profile)),
    log('install.log', installLog(profile)),
    log('wifi.log', ''),
    file('/private/var/log/system.log.0.gz', GZIP, { written: born - DAY }),
    file('/private/var/log/asl/BB.2027.01.31.G80.asl', ASL, { written: born - DAY }),
    file('/private/var/log/lastlog', { size: 4_096 }),
    file('/Library/Logs/DiagnosticReports/shutdown_stall.diag', { text: 'Event: shutdown stall\n' }, { written: born - 5 * DAY }),
    file('/private/var/audit/current', { size: 4_096 }, { written: born - HOUR }),
  ]
}

const GROUP = `##
# Group Database
##
nobody:*:-2:
wheel:*:0:root
daemon:*:1:root
admin:*:80:root
staff:*:20:root
_www:*:70:_devicemgr,_teamsserver
`
