import { MINUTE } from '../../windows/seed/hash.ts'
import type { MacProcess } from '../processes.ts'
import type { Profile } from './profile.ts'
import { AGENT, AGENT_PID, HELPER, HELPER_PID } from './story.ts'

const APPLICATIONS: readonly [pid: number, path: string][] = [
  [601, '/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder'],
  [655, '/System/Applications/Safari.app/Contents/MacOS/Safari'],
  [702, '/Applications/Figma.app/Contents/MacOS/Figma'],
  [744, '/Applications/Slack.app/Contents/MacOS/Slack'],
  [781, '/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal'],
]
const DAEMONS: readonly [pid: number, path: string][] = [
  [71, '/usr/libexec/logd'],
  [72, '/usr/libexec/configd'],
  [73, '/usr/libexec/opendirectoryd'],
  [98, '/usr/sbin/mDNSResponder'],
  [101, '/usr/libexec/trustd'],
  [118, '/usr/sbin/cron'],
  [141, '/System/Library/PrivateFrameworks/SkyLight.framework/Versions/A/Resources/WindowServer'],
  [152, '/System/Library/CoreServices/loginwindow.app/Contents/MacOS/loginwindow'],
  [210, '/Applications/VMware Carbon Black Cloud/repmgr.bundle/Contents/MacOS/repmgr'],
]
/** The process of the sensor, which starts what Live Response starts. */
export const SENSOR_PID = 210

/** Returns what runs on the Mac. */
export function processes({ user, booted, broken, born }: Profile): MacProcess[] {
  const of = (pid: number, path: string, more: Partial<MacProcess> = {}): MacProcess => {
    return { pid, ppid: 1, path, cmdline: path, user: 'root', started: booted + pid * 40, ...more }
  }
  const theirs = { user: user.name, started: booted + MINUTE }
  return [
    of(1, '/sbin/launchd', { ppid: 0 }),
    ...DAEMONS.map(([pid, path]) => of(pid, path)),
    ...APPLICATIONS.map(([pid, path]) => of(pid, path, theirs)),
    of(790, '/bin/zsh', { ...theirs, ppid: 781, cmdline: '-zsh' }),
    of(HELPER_PID, HELPER, { cmdline: `${HELPER} --daemon`, started: broken + MINUTE }),
    of(AGENT_PID, '/bin/bash', { ...theirs, cmdline: `/bin/bash -c ${AGENT.command}`, started: born - 7 * MINUTE }),
    of(AGENT_PID + 1, '/usr/bin/curl', {
      ...theirs,
      ppid: AGENT_PID,
      cmdline: AGENT.command.split(' | ')[0] ?? '',
      started: born - 7 * MINUTE,
    }),
  ]
}
