import { expect, it } from 'vitest'
import type { LocalSource } from '../../src/core/ports.ts'
import { fitFor } from '../../src/remote/fit-script.ts'

const source = (bytes: Buffer): LocalSource => ({ path: '/here/x', name: 'x', size: bytes.length, modified: 0, async *bytes() { yield bytes } })
async function sent(bytes: Buffer, runner: string): Promise<Buffer> {
  const { source: fitting } = await fitFor(source(bytes), runner)
  const parts: Uint8Array[] = []
  for await (const part of fitting.bytes()) parts.push(part)
  expect(fitting.size).toBe(Buffer.concat(parts).length)
  return Buffer.concat(parts)
}

const POWERSHELL = 'powershell.exe -NoProfile -File'
const UMLAUTS = '$w = "passw\u00f6rter"\r\n'

it.each([
  ['UTF-8 with letters beyond ASCII', Buffer.from(UMLAUTS), POWERSHELL, Buffer.from(`\ufeff${UMLAUTS}`)],
  ['one that has a byte order mark', Buffer.from(`\ufeff${UMLAUTS}`), POWERSHELL, Buffer.from(`\ufeff${UMLAUTS}`)],
  ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${UMLAUTS}`, 'utf16le'), POWERSHELL, Buffer.from(`\ufeff${UMLAUTS}`, 'utf16le')],
  ['plain ASCII, its line ends too', Buffer.from('a\r\nb\n'), POWERSHELL, Buffer.from('a\r\nb\n')],
  ['text in a code page', Buffer.from(UMLAUTS, 'latin1'), POWERSHELL, Buffer.from(UMLAUTS, 'latin1')],
  ['a batch file with LF', Buffer.from('@echo off\n:x\n'), 'cmd.exe /c', Buffer.from('@echo off\r\n:x\r\n')],
  ['a batch file with a byte order mark', Buffer.from('\ufeff@echo off\r\n'), 'cmd.exe /c', Buffer.from('@echo off\r\n')],
  ['a batch file in UTF-16', Buffer.from('\ufeff@echo off\r\n', 'utf16le'), 'cmd.exe /c', Buffer.from('@echo off\r\n')],
  ['a shell script with CRLF', Buffer.from('#!/bin/sh\r\nls\r\n'), '/bin/sh', Buffer.from('#!/bin/sh\nls\n')],
  ['a shell script with CRLF and an interpreter of its own', Buffer.from('\ufeff#!/usr/bin/env bash\r\nls\r\n'), '/usr/bin/env bash', Buffer.from('#!/usr/bin/env bash\nls\n')],
  ['Python in UTF-16', Buffer.from('\ufeffprint(1)\r\n', 'utf16le'), 'python3', Buffer.from('print(1)\n')],
  ['what something else reads', Buffer.from('\ufeffa\r\n'), 'node', Buffer.from('\ufeffa\r\n')],
  ['bytes that are no text', Buffer.from([0, 1, 2, 0xff]), '/bin/sh', Buffer.from([0, 1, 2, 0xff])],
])('a script arrives fit for what runs it: %s', async (_what, bytes, runner, expected) => {
  expect(await sent(bytes, runner)).toEqual(expected)
})

it('of letters that cmd.exe may read as others the user is told', async () => {
  expect((await fitFor(source(Buffer.from('echo gr\u00fcn\r\n')), 'cmd.exe /c')).warning).toContain('letters beyond ASCII')
  expect((await fitFor(source(Buffer.from('echo hi\r\n')), 'cmd.exe /c')).warning).toBeUndefined()
})
