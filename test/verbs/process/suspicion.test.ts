import { expect, it } from 'vitest'
import { suspicionOf } from '../../../src/verbs/process/suspicion.ts'

const at = (process_path: string | null) => ({ process_path, process_cmdline: null })
const SERVICES = at('c:\\windows\\system32\\services.exe')

it.each([
  ['c:\\users\\public\\svchost.exe', SERVICES, "svchost.exe outside the system's folders"],
  ['C:\\Windows\\Temp\\LSASS.EXE', undefined, "lsass.exe outside the system's folders"],
  ['C:\\Windows\\svchost.exe', SERVICES, "svchost.exe outside the system's folders"],
  ['C:\\Windows\\System32\\sub\\svchost.exe', SERVICES, "svchost.exe outside the system's folders"],
  ['C:\\x\\Windows\\System32\\svchost.exe', SERVICES, "svchost.exe outside the system's folders"],
  ['\\Device\\HarddiskVolume3\\Users\\x\\explorer.exe', undefined, "explorer.exe outside the system's folders"],
  ['C:\\Windows\\System32\\svchost.exe', at('C:\\Windows\\explorer.exe'), 'svchost.exe started by explorer.exe, not by services.exe'],
  ['C:\\Windows\\System32\\lsass.exe', at('C:\\Windows\\System32\\cmd.exe'), 'lsass.exe started by cmd.exe, not by wininit.exe'],
])('finds %s suspicious', (path, parent, why) => {
  expect(suspicionOf(at(path), parent)).toBe(why)
})

it.each([
  ['c:\\windows\\system32\\svchost.exe', SERVICES],
  ['C:\\Windows\\SysWOW64\\svchost.exe', SERVICES],
  ['\\??\\C:\\Windows\\system32\\conhost.exe', at('C:\\x.exe')],
  ['\\SystemRoot\\System32\\smss.exe', at('System')],
  ['\\Device\\HarddiskVolume3\\Windows\\System32\\lsass.exe', undefined],
  ['D:\\Windows\\explorer.exe', undefined],
  ['C:\\Windows\\System32\\wbem\\WmiPrvSE.exe', at('C:\\Windows\\System32\\svchost.exe')],
  ['C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', at('C:\\Office\\winword.exe')],
  ['svchost.exe', SERVICES],
  [null, SERVICES],
  ['C:\\Tools\\mine.exe', at('C:\\x.exe')],
  ['C:\\Windows\\System32\\svchost.exe', at(null)],
])('does not find %s suspicious', (path, parent) => {
  expect(suspicionOf(at(path), parent)).toBeUndefined()
})
