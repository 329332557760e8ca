import { cmd } from './cmd/index.ts'
import { esentutl } from './copies.ts'
import { wevtutil } from './events.ts'
import { attrib, certutil, where } from './files.ts'
import { hostname, quser, whoami } from './identity.ts'
import { net } from './net.ts'
import { arp, getmac, ipconfig, netstat, nslookup, ping } from './network.ts'
import { powershell } from './powershell/index.ts'
import type { Programs } from '../processes/run.ts'
import { reg } from './registry.ts'
import { repcli } from './sensor.ts'
import { schtasks, sc } from './services.ts'
import { chcp, systeminfo, timeout } from './system.ts'
import { taskkill, tasklist } from './tasks.ts'
import { vssadmin, wmic } from './shadows.ts'
import { find, findstr, more, sort } from './text.ts'

/** The implementations of the endpoint's executables. */
export const PROGRAMS: Programs = new Map(
  Object.entries({
    'arp.exe': arp,
    'attrib.exe': attrib,
    'certutil.exe': certutil,
    'chcp.com': chcp,
    'cmd.exe': cmd,
    'esentutl.exe': esentutl,
    'find.exe': find,
    'findstr.exe': findstr,
    'hostname.exe': hostname,
    'getmac.exe': getmac,
    'ipconfig.exe': ipconfig,
    'more.com': more,
    'net.exe': net,
    'net1.exe': net,
    'netstat.exe': netstat,
    'nslookup.exe': nslookup,
    'ping.exe': ping,
    'powershell.exe': powershell,
    'query.exe': quser,
    'quser.exe': quser,
    'reg.exe': reg,
    'repcli.exe': repcli,
    'sc.exe': sc,
    'schtasks.exe': schtasks,
    'sort.exe': sort,
    'systeminfo.exe': systeminfo,
    'taskkill.exe': taskkill,
    'tasklist.exe': tasklist,
    'timeout.exe': timeout,
    'vssadmin.exe': vssadmin,
    'where.exe': where,
    'wevtutil.exe': wevtutil,
    'whoami.exe': whoami,
    'wmic.exe': wmic,
  }),
)
