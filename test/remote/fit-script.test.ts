import { describe, expect, it } from 'vitest'
import type { LocalSource } from '../../src/core/ports.ts'
import { fitFor } from '../../src/remote/fit-script.ts'

const source = (bytes: Buffer): LocalSource => ({
  path: '/here/x',
  name: 'x',
  size: bytes.length,
  modified: 0,
  async *bytes() {
    yield bytes
  },
})
const unasked = async (): Promise<number | undefined> => {
  throw new Error('asked')
}
async function sent(bytes: Buffer, runner: string): Promise<Buffer> {
  const { source: fitting } = await fitFor(source(bytes), runner, unasked)
  const parts: Uint8Array[] = []
  for await (const part of fitting.bytes()) parts.push(part)
  expect(fitting.size).toBe(Buffer.concat(parts).length)
  return Buffer.concat(parts)
}

const POWERSHELL = 'powershell.exe -NoProfile -File'
const UMLAUTS = '$w = "passw\u00f6rter"\r\n'

it.each([
  ['UTF-8 with non-ASCII letters', Buffer.from(UMLAUTS), POWERSHELL, Buffer.from(`\ufeff${UMLAUTS}`)],
  ['a script with a byte order mark', Buffer.from(`\ufeff${UMLAUTS}`), POWERSHELL, Buffer.from(`\ufeff${UMLAUTS}`)],
  ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${UMLAUTS}`, 'utf16le'), POWERSHELL, Buffer.from(`\ufeff${UMLAUTS}`, 'utf16le')],
  ['plain ASCII, including its line ends', Buffer.from('a\r\nb\n'), POWERSHELL, Buffer.from('a\r\nb\n')],
  ['text in a code page', Buffer.from(UMLAUTS, 'latin1'), POWERSHELL, Buffer.from(UMLAUTS, 'latin1')],
  ['a batch file with LF', Buffer.from('@echo off\n:x\n'), 'cmd.exe /c', Buffer.from('@echo off\r\n:x\r\n')],
  ['a batch file with a byte order mark', Buffer.from('\ufeff@echo off\r\n'), 'cmd.exe /c', Buffer.from('@echo off\r\n')],
  ['a batch file in UTF-16', Buffer.from('\ufeff@echo off\r\n', 'utf16le'), 'cmd.exe /c', Buffer.from('@echo off\r\n')],
  ['a shell script with CRLF', Buffer.from('#!/bin/sh\r\nls\r\n'), '/bin/sh', Buffer.from('#!/bin/sh\nls\n')],
  [
    'a shell script with CRLF and its own interpreter',
    Buffer.from('\ufeff#!/usr/bin/env bash\r\nls\r\n'),
    '/usr/bin/env bash',
    Buffer.from('#!/usr/bin/env bash\nls\n'),
  ],
  ['Python in UTF-16', Buffer.from('\ufeffprint(1)\r\n', 'utf16le'), 'python3', Buffer.from('print(1)\n')],
  ['a file for another program', Buffer.from('\ufeffa\r\n'), 'node', Buffer.from('\ufeffa\r\n')],
  ['bytes that are not text', Buffer.from([0, 1, 2, 0xff]), '/bin/sh', Buffer.from([0, 1, 2, 0xff])],
])('a script is converted for the program that runs it: %s', async (_what, bytes, runner, expected) => {
  expect(await sent(bytes, runner)).toEqual(expected)
})

describe('a batch file with non-ASCII letters', () => {
  const fit = async (text: string, page: number | undefined) => {
    const { source: fitting, warning } = await fitFor(source(Buffer.from(text)), 'cmd.exe /c', async () => page)
    const parts: Uint8Array[] = []
    for await (const part of fitting.bytes()) parts.push(part)
    return { bytes: Buffer.concat(parts), warning }
  }

  it.each([
    [850, 'gr\u00fcn \u00df', 'gr\x81n \xe1'],
    [437, '\u00fc', '\x81'],
    [866, '\u043f', '\xaf'],
    [1252, '\u20ac', '\x80'],
    [932, '\u65e5\u672c \uff71', '\x93\xfa\x96\x7b \xb1'],
    [936, '\u4e2d', '\xd6\xd0'],
  ])("is sent in the code page of the endpoint's console: %i", async (page, text, bytes) => {
    expect(await fit(`echo ${text}\n`, page)).toEqual({ bytes: Buffer.from(`echo ${bytes}\r\n`, 'latin1'), warning: undefined })
  })

  it('is sent in the code page that it sets before the first of them', async () => {
    expect(await fit('@chcp 65001 >nul\necho gr\u00fcn\n', 850)).toEqual({
      bytes: Buffer.from('@chcp 65001 >nul\r\necho gr\u00fcn\r\n'),
      warning: undefined,
    })
    expect((await fit('chcp.com 1252\necho \u00fc\n', 850)).bytes).toEqual(Buffer.from('chcp.com 1252\r\necho \xfc\r\n', 'latin1'))
    expect((await fit('echo \u00fc\nchcp 65001\n', 850)).bytes).toEqual(Buffer.from('echo \x81\r\nchcp 65001\r\n', 'latin1'))
  })

  it('says which letters are lost, and when the code page is unknown', async () => {
    const { bytes, warning } = await fit('echo \u0436\u00fc\n', 850)
    expect([bytes.toString('latin1'), warning]).toEqual([
      'echo ?\x81\r\n',
      expect.stringMatching(/^x: has letters that .* cp850: \? stands for \u0436; /),
    ])
    expect(await fit('echo \u00fc\n', undefined)).toEqual({
      bytes: Buffer.from('echo \u00fc\r\n'),
      warning: expect.stringContaining('sent as UTF-8') as string,
    })
  })

  it('does not ask for the code page when it is plain ASCII', async () => {
    expect((await fitFor(source(Buffer.from('echo hi\r\n')), 'cmd.exe /c', unasked)).warning).toBeUndefined()
  })
})
