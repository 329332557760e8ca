import type { Programs } from '../run.ts'
import { shell } from './sh/shell.ts'
import { cat, chmod, cp, ls, md5, mkdir, mv, rm, shasum, touch } from './files.ts'
import { dscl, id, last, who, whoami } from './identity.ts'
import { ifconfig, lsof, netstat } from './network.ts'
import * as system from './system.ts'
import * as text from './text.ts'

/** The programs that do something, by their names; any other runs until it is killed. */
export const PROGRAMS: Programs = new Map([
  ...Object.entries({ bash: shell, sh: shell, zsh: shell }),
  ...Object.entries({ cat, chmod, cp, ls, md5, mkdir, mv, rm, rmdir: rm, shasum, touch }),
  ...Object.entries({ dscl, id, last, w: who, who, whoami }),
  ...Object.entries({ ifconfig, lsof, netstat }),
  ...Object.entries({ csrutil: system.csrutil, fdesetup: system.fdesetup, hdiutil: system.hdiutil, hostname: system.hostname }),
  ...Object.entries({ kextstat: system.kextstat, kill: system.kill, launchctl: system.launchctl, ps: system.ps }),
  ...Object.entries({ python3: system.developerTool, scutil: system.scutil, sleep: system.sleep, spctl: system.spctl }),
  ...Object.entries({ sw_vers: system.swVers, uname: system.uname, uptime: system.uptime }),
  ...Object.entries({ date: text.date, echo: text.echo, env: text.env, false: text.failing, grep: text.grep, head: text.head }),
  ...Object.entries({ pwd: text.pwd, sort: text.sort, tail: text.tail, test: text.test, '[': text.test, true: text.succeed, wc: text.wc }),
])
