import { expect, it } from 'vitest'
import { keyHint, pathHint } from '../../src/core/missing-backslashes.ts'

const quoted = (hint: string | undefined) => /^quote it: (.*?);/.exec(hint ?? '')?.[1]

it.each([
  ['C:WindowsTemp', "'C:\\Windows\\Temp'"],
  ['c:windowssystem32driversetchosts', "'c:\\windows\\system32\\drivers\\etc\\hosts'"],
  ['C:UsersannaDesktopx.lnk', "'C:\\Users\\anna\\Desktop\\x.lnk'"],
  ['C:Program FilesVendor', "'C:\\Program Files\\Vendor'"],
  ['C:Fetch', "'C:\\Fetch'"],
  ['D:data', "'D:\\data'"],
])('the path %s was probably %s', (typed, meant) => {
  expect(quoted(pathHint(typed))).toBe(meant)
})

it.each(['C:\\Windows', 'C:/Windows', 'C:', 'Windows', 'C:Windows\\Temp', '%TEMP%', 'C:*.exe', '/etc'])(
  'the path %s has lost no backslash',
  typed => {
    expect(pathHint(typed)).toBeUndefined()
  },
)

it.each([
  ['HKLMSYSTEMCurrentControlSetServices', "'HKLM\\SYSTEM\\CurrentControlSet\\Services'"],
  ['hkcuSoftwareMicrosoftWindowsCurrentVersionRun', "'hkcu\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'"],
  ['HKEY_LOCAL_MACHINESAM', "'HKEY_LOCAL_MACHINE\\SAM'"],
  ['HKUS-1-5-18', "'HKU\\S-1-5-18'"],
])('the key %s was probably %s', (typed, meant) => {
  expect(quoted(keyHint(typed))).toBe(meant)
})

it('a key with slashes is suggested with backslashes', () => {
  expect(keyHint('HKLM/SOFTWARE/Microsoft')).toBe('write it with backslashes: HKLM\\SOFTWARE\\Microsoft')
})

it.each(['HKLM', 'HKLM\\SYSTEM', 'HKLM:\\SYSTEM', 'SYSTEM', 'HKXX'])('the key %s has lost no backslash', typed => {
  expect(keyHint(typed)).toBeUndefined()
})
