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
