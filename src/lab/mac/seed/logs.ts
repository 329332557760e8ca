import { HOUR, MINUTE } from '../../windows/seed/hash.ts'
import type { Profile } from './profile.ts'
import { DAEMON, HELPER, HELPER_PID } from './story.ts'

/** As on every Mac: the accounts of services. Those of people are in the directory service. */
export const PASSWD = `##
# User Database
#
# Note that this file is consulted directly only when the system is running
# in single-user mode.  At other times this information is provided by
# Open Directory.
##
nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false
root:*:0:0:System Administrator:/var/root:/bin/sh
daemon:*:1:1:System Services:/var/root:/usr/bin/false
_uucp:*:4:4:Unix to Unix Copy Protocol:/var/spool/uucp:/usr/sbin/uucico
_installer:*:96:-2:Installer:/var/empty:/usr/bin/false
_spotlight:*:89:89:Spotlight:/var/empty:/usr/bin/false
_sshd:*:75:75:sshd Privilege separation:/var/empty:/usr/bin/false
_www:*:70:70:World Wide Web Server:/Library/WebServer:/usr/bin/false
`

/** Returns what syslogd wrote since the Mac was started. */
export function systemLog({ name, booted, broken, born, user }: Profile): string {
  const host = name.toLowerCase()
  const lines: [time: number, text: string][] = [
    [booted, 'bootlog[0]: BOOT_TIME'],
    [booted + 40_000, `loginwindow[152]: USER_PROCESS: 152 console (${user.name})`],
    [
      broken + MINUTE,
      `sudo[4098]: ${user.name} : TTY=ttys000 ; PWD=/Users/${user.name} ; USER=root ; COMMAND=/bin/mkdir -p /Users/Shared/.acc`,
    ],
    [
      broken + MINUTE + 1_500,
      `sudo[4104]: ${user.name} : TTY=ttys000 ; PWD=/Users/${user.name} ; USER=root ; COMMAND=/bin/launchctl load -w ${DAEMON.path}`,
    ],
    [broken + MINUTE + 2_000, `com.apple.xpc.launchd[1] (${DAEMON.label}[${HELPER_PID}]): Service launched: ${HELPER}`],
  ]
  for (let time = booted + HOUR; time < born; time += 6 * HOUR) lines.push([time, 'syslogd[98]: ASL Sender Statistics'])
  return lines
    .sort(([a], [b]) => a - b)
    .map(([time, text]) => `${syslogTime(time)} ${host} ${text}\n`)
    .join('')
}

/** Returns what the installer wrote. */
export function installLog({ installed, name, version }: Profile): string {
  const time = new Date(installed).toISOString().slice(0, 19).replace('T', ' ')
  const from = `${time}+00 ${name.toLowerCase()}`
  return `${from} softwareupdated[311]: SUOSUServiceDaemon: Installed macOS ${version}\n${from} installer[402]: Installed "VMware Carbon Black Cloud"\n`
}

/** Formats a time as syslogd does: `Mar  1 10:00:00`. */
function syslogTime(time: number): string {
  const [, day = '', month = '', , clock = ''] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time).toUTCString()) ?? []
  return `${month} ${String(Number(day)).padStart(2)} ${clock}`
}
