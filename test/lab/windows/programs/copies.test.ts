import { expect, test } from 'vitest'
import { openLab } from '../support.ts'

const SAM = 'C:\\Windows\\System32\\config\\SAM'

test('a locked file can not be read, and esentutl copies it from a shadow only', async () => {
  const lab = openLab()
  expect(await lab.exec(`esentutl /y ${SAM} /d C:\\Windows\\Temp\\sam`)).toMatchObject({ code: -1032 })
  expect(await lab.exec(`esentutl /y ${SAM} /vss /d C:\\Windows\\Temp\\sam`)).toMatchObject({ code: 0 })
  expect((await lab.exec('cmd /c dir C:\\Windows\\Temp\\sam')).output).toContain('131,072 sam')
  expect((await lab.exec('esentutl /y')).code).not.toBe(0)
})

test('reg save writes a hive, and never over a file unless it is told to', async () => {
  const lab = openLab()
  const line = 'reg save HKLM\\SAM C:\\Windows\\Temp\\sam'
  expect((await lab.exec(line)).code).toBe(0)
  expect((await lab.exec(line)).code).toBe(1)
  expect((await lab.exec(`${line} /y`)).code).toBe(0)
  expect((await lab.exec('cmd /c dir C:\\Windows\\Temp\\sam')).output).toContain('131,072 sam')
  expect(await lab.exec('reg save HKLM\\Nothing C:\\Windows\\Temp\\x')).toMatchObject({ code: 1 })
})

test('a shadow copy holds what was there when it was made, until it is deleted', async () => {
  const lab = openLab('server')
  const made = await lab.exec('vssadmin create shadow /for=C:')
  const [, id = '', device = ''] = /ID: (\{[^}]+\})\s+Shadow Copy Volume Name: (\S+)/.exec(made.output) ?? []
  await lab.put('C:\\Windows\\win.ini', 'changed')
  expect((await lab.exec(`cmd /c copy /b ${device}\\Windows\\win.ini C:\\Windows\\Temp\\old.ini`)).output).toContain('1 file(s) copied')
  expect((await lab.get('C:\\Windows\\Temp\\old.ini')).toString()).toContain('16-bit')
  expect((await lab.exec(`vssadmin list shadows /shadow=${id}`)).output).toContain(device)
  expect((await lab.exec(`vssadmin delete shadows /shadow=${id} /quiet`)).code).toBe(0)
  expect((await lab.exec('vssadmin list shadows')).output).toContain('No items found')
  expect((await lab.exec(`cmd /c copy /b ${device}\\Windows\\win.ini C:\\Windows\\Temp\\gone.ini`)).code).toBe(1)
})

test('only servers make shadow copies with vssadmin; wmic makes them everywhere', async () => {
  const lab = openLab()
  expect((await lab.exec('vssadmin create shadow /for=C:')).output).toContain('Invalid command')
  expect((await lab.exec('wmic shadowcopy call create Volume=C:\\')).output).toMatch(/ReturnValue = 0;\s+ShadowID = "\{/)
  expect((await lab.exec('wmic shadowcopy call create Volume=X:\\')).output).toContain('ReturnValue = 3;')
})
