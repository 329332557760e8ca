import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../src/api/live-response.ts'
import { exec } from '../../../src/verbs/process/exec.ts'
import { script } from '../../../src/verbs/process/script.ts'
import { verbBench } from '../../support/verb.ts'

/** An endpoint on which a program prints these bytes and ends in some way. */
async function endpoint(details: NonNullable<Command['process_details']>, output: Uint8Array = Buffer.from('ok')) {
  return await verbBench({
    run(request, service) {
      if (request.name === 'create process') return { result: { process_details: details } }
      return request.name === 'get file' ? { result: { file_details: { file_id: service.stage(Buffer.from(output)) } } } : {}
    },
  })
}

describe('exec --no-wait', () => {
  it.each([0, -1, 259, null])('returns the exit code from the answer: %j', async return_code => {
    const b = await endpoint({ pid: 99, return_code } as never)
    expect((await b.invoke(exec, { command: ['notepad.exe'], noWait: true })).rows).toMatchObject([{ process_pid: 99, return_code }])
  })
})

describe('the exit code of a program', () => {
  it.each([
    [0xc0000135, 'x.exe: ended with 0xc0000135: a DLL that it needs is missing'],
    [-1073741515, 'x.exe: ended with 0xc0000135: a DLL that it needs is missing'],
    [0xc000007b, 'x.exe: ended with 0xc000007b: a bad image: it, or a DLL that it needs, is damaged or for another kind of processor'],
  ])('%i is explained in words', async (return_code, said) => {
    const b = await endpoint({ pid: 99, return_code })
    await b.invoke(exec, { command: ['x.exe'] })
    expect(b.notices).toEqual([said])
  })

  it.each([
    [0, 0],
    [3, 3],
    [256, 1],
    [65_536, 1],
    [257, 257],
  ])('%i is %i here: a shell sees the lowest eight bits only, and must not take a failure for success', async (return_code, exitCode) => {
    const b = await endpoint({ pid: 99, return_code })
    expect((await b.invoke(exec, { command: ['x.exe'] })).result).toMatchObject({ exitCode })
  })

  it.each([0, 1, 5, 259, -1, 3221225999])('%i needs no explanation', async return_code => {
    const b = await endpoint({ pid: 99, return_code })
    await b.invoke(exec, { command: ['x.exe'] })
    expect(b.notices).toEqual([])
  })
})

describe('the output of a program', () => {
  const OEM = Buffer.from('Gr\u0094\u00e1e\r\n', 'latin1')
  const oem = async (input: Record<string, unknown>, page: unknown = '850') => {
    const asked: string[] = []
    const b = await verbBench({
      run(request, service) {
        if (request.name === 'create process') return { result: { process_details: { pid: 5, return_code: 0 } } }
        if (request.name === 'reg query value') {
          asked.push(request.path)
          return { result: { value: { registry_name: 'OEMCP', registry_type: 'pbREG_SZ', registry_data: page } as never } }
        }
        return request.name === 'get file' ? { result: { file_details: { file_id: service.stage(OEM) } } } : {}
      },
    })
    const rows = [
      ...(await b.invoke(exec, { command: ['x.exe'], ...input })).rows,
      ...(await b.invoke(exec, { command: ['x.exe'], ...input })).rows,
    ]
    return { rows, asked }
  }

  it("is read in the endpoint's code page, which is queried once per session", async () => {
    const { rows, asked } = await oem({})
    expect(rows).toMatchObject(Array(2).fill({ output: 'Gr\u00f6\u00dfe\r\n', output_encoding: 'utf8', source_encoding: 'cp850' }))
    expect(asked).toEqual(['HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage\\OEMCP'])
  })

  it('is read as --encoding says, without a query', async () => {
    const encoding = exec.options['encoding']?.parse?.('latin1')
    const { rows, asked } = await oem({ encoding })
    expect({ rows, asked }).toMatchObject({
      rows: [{ output: 'Gr\u201d\u00e1e\r\n', output_encoding: 'utf8', source_encoding: 'cp28591' }, {}],
      asked: [],
    })
    expect(() => exec.options['encoding']?.parse?.('nosuch')).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('is read in the code page that chcp.com prints when the registry cannot be read', async () => {
    const started: string[] = []
    const b = await verbBench({
      run(request, service) {
        if (request.name === 'create process') {
          started.push(request.path)
          return { result: { process_details: { pid: 5, return_code: 0 } } }
        }
        if (request.name === 'reg query value') return { result: { result_code: 2147942405 } }
        if (request.name !== 'get file') return {}
        const chcp = started.at(-1) === 'chcp.com'
        return { result: { file_details: { file_id: service.stage(chcp ? Buffer.from('Aktive Codepage: 850.\r\n') : OEM) } } }
      },
    })
    for (let n = 0; n < 2; n++)
      expect((await b.invoke(exec, { command: ['x.exe'] })).rows).toMatchObject([
        { output: 'Gr\u00f6\u00dfe\r\n', source_encoding: 'cp850' },
      ])
    expect(started).toEqual(['x.exe', 'chcp.com', 'x.exe'])
  })

  it('is base64 when its encoding is unknown', async () => {
    expect((await oem({}, 'nonsense')).rows[0]).toMatchObject({
      output: OEM.toString('base64'),
      output_encoding: 'base64',
      source_encoding: null,
    })
  })
})

describe('a program whose output is watched', () => {
  const SCRIPT = 'Write-Output one'
  const printed = (ms: number) => ['one\n', 'two\n', 'three\n'].slice(0, Math.floor(ms / 3000)).join('')
  const watched = async () => {
    let from = 0
    return await verbBench({
      beside: true,
      run({ name, ...request }, service) {
        if (name === 'create process') {
          from = service.clock.monotonic()
          return {
            takes: 10_000,
            meanwhile: { process_details: { pid: 99, return_code: -1 } },
            result: { process_details: { pid: 99, return_code: 3 } },
          }
        }
        if (name === 'directory list' && 'path' in request) {
          const filename = request.path.slice(request.path.lastIndexOf('\\') + 1)
          return {
            result: { files: [{ filename, size: SCRIPT.length, attributes: ['ARCHIVE'], last_write_time: '2024-01-01T00:00:00Z' }] },
          }
        }
        const text = printed(service.clock.monotonic() - from).slice('offset' in request ? request.offset : 0)
        return name === 'get file' ? { result: { file_details: { file_id: service.stage(text) } } } : {}
      },
    })
  }

  it('shows each byte once, and exits with its code', async () => {
    const b = await watched()
    const { result, text } = await b.invoke(exec, { command: ['x.exe'] }, { watched: true })
    expect([text, result]).toEqual(['one\ntwo\nthree\n', expect.objectContaining({ exitCode: 3 })])
    expect([b.service.staged, b.service.issued.filter(name => name === 'get file').length > 1]).toEqual([[], true])
  })

  it('may be a script', async () => {
    const b = await watched()
    writeFileSync(join(b.here, 'x.ps1'), SCRIPT)
    const { result, text } = await b.invoke(script, { file: join(b.here, 'x.ps1'), args: [] }, { watched: true })
    expect([text, result]).toEqual(['one\ntwo\nthree\n', expect.objectContaining({ exitCode: 3 })])
    expect([b.service.staged, b.service.issued.filter(name => name === 'get file').length > 1]).toEqual([[], true])
  })
})
