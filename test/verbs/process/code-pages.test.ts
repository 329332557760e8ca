import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTenant, type Tenant } from '../../support/tenant.ts'

/** A German word in code page 437, in letters on which OEM code pages agree. */
const WORD = 'Gr\u00fc\u00dfe'
const OEM = Buffer.from('Gr\x81\xe1e', 'latin1')

let tenant: Tenant
beforeAll(async () => {
  tenant = await openTenant()
})
afterAll(() => tenant.close())

const json = async (...words: string[]) => JSON.parse((await tenant.cbc(words)).out) as Record<string, unknown>

describe('on a Windows endpoint, whose programs print in the code page of the console,', () => {
  it('output is text in JSON, with the name of its encoding, and bytes in a pipe', async () => {
    expect(await json('lr', 'exec', 'WIN-FIN-01', '--json', '--shell', `echo ${WORD}`)).toMatchObject({
      output: `${WORD}\r\n`,
      output_encoding: 'utf8',
      source_encoding: 'cp437',
    })
    expect((await tenant.cbc(['lr', 'exec', 'WIN-FIN-01', '--shell', `echo ${WORD}`])).stdout.bytes().subarray(0, OEM.length)).toEqual(OEM)
  })

  it('file names are read correctly', async () => {
    writeFileSync('x', 'x')
    await tenant.cbc(['lr', 'put', 'WIN-FIN-01', 'x', `C:\\Users\\Public\\${WORD}.txt`])
    expect(
      String((await json('lr', 'exec', 'WIN-FIN-01', '--json', 'cmd.exe', '/c', 'dir', '/b', 'C:\\Users\\Public\\G*'))['output']),
    ).toBe(`${WORD}.txt\r\n`)
  })

  it('output is read anew when a program sets another code page', async () => {
    expect(await json('lr', 'exec', 'WIN-FIN-01', '--json', '--shell', `chcp & chcp 65001 & echo ${WORD}`)).toMatchObject({
      output: `Active code page: 437\r\nActive code page: 65001\r\n${WORD}\r\n`,
      source_encoding: 'utf8',
    })
  })

  it('a batch file is sent in that code page', async () => {
    writeFileSync('greet.bat', `@echo off\necho ${WORD} %1\n`)
    expect(await json('lr', 'script', 'WIN-FIN-01', '--json', 'greet.bat', 'x')).toMatchObject({
      output: `${WORD} x\r\n`,
      source_encoding: 'cp437',
    })
    writeFileSync('greet.bat', `@chcp 65001 >nul\n@echo ${WORD}\n`)
    expect(await json('lr', 'script', 'WIN-FIN-01', '--json', 'greet.bat')).toMatchObject({
      output: `${WORD}\r\n`,
      source_encoding: 'utf8',
    })
  })
})
