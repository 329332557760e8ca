import { fileURLToPath } from 'node:url'
import stringWidth from 'string-width'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEVICE } from '../support/command-lines.ts'
import { memoryOutput } from '../support/host.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'

/*
 * What a person sees at a terminal of these widths. After a change, run `npx vitest run -u test/contract/tables.test.ts` and review the
 * files.
 */
const COMMANDS: readonly string[][] = [
  ['lr', 'ls', DEVICE, 'C:\\Users'],
  ['lr', 'ls', '-l', DEVICE, 'C:\\Users'],
  ['lr', 'ps', DEVICE, '--filter', 'svchost'],
  ['lr', 'ps', '--tree', '--decode', DEVICE, '--filter', 'svchost'],
  ['lr', 'ps', DEVICE, 'explorer.exe', 'notepad.exe'],
  ['lr', 'reg', 'query', DEVICE, 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run'],
  ['lr', 'reg', 'query', DEVICE, 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion'],
  ['lr', 'hash', DEVICE, 'C:\\Windows\\System32\\drivers\\etc\\*'],
  ['lr', 'hash', DEVICE, 'C:\\Windows\\System32\\drivers\\etc\\hosts'],
  ['lr', 'get', DEVICE, 'C:\\Windows\\System32\\drivers\\etc\\hosts', '--force', '--columns', 'path,size,sha256'],
  ['lr', 'session', 'list'],
  ['device', 'list'],
  ['usb', 'device', 'list', '--limit', '6'],
]
/** This command may have wider rows: a row is a line as in reg.exe, which the terminal breaks. */
const UNWRAPPED = 'reg'

let tenant: Tenant
beforeEach(async () => {
  tenant = await openTenant()
})
afterEach(async () => {
  await tenant.close()
})

it.each([80, 100, 120, 200])('tables at %i columns are as last reviewed', async columns => {
  let seen = ''
  for (const words of COMMANDS) {
    const { out, err } = await tenant.cbc(words, { stdout: memoryOutput({ isTerminal: true, columns }), stderr: memoryOutput() })
    seen += `$ cbc ${words.join(' ')}\n${out}${err}\n`
    if (words[1] !== UNWRAPPED) for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
  }
  await expect(seen).toMatchFileSnapshot(fileURLToPath(new URL(`../fixtures/tables/${columns}.txt`, import.meta.url)))
})
