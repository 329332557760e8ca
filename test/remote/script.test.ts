import { describe, expect, it } from 'vitest'
import type { CommandRequest } from '../../src/api/live-response.ts'
import { interrupted } from '../../src/core/errors.ts'
import { SILENT, type LocalSource } from '../../src/core/ports.ts'
import { checkScript, runScript, type Script } from '../../src/remote/script.ts'
import type { RemoteSession } from '../../src/remote/session.ts'
import { failure } from '../api/support.ts'
import { LINUX, WINDOWS, type FakeService, type ServiceOptions } from '../support/service.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const WORK = { signal: NEVER, progress: SILENT }
const source = (name: string, text: string): LocalSource => ({
  path: `/here/${name}`,
  name,
  size: Buffer.byteLength(text),
  modified: 0,
  async *bytes() {
    yield Buffer.from(text)
  },
})

/** An endpoint that keeps files and runs anything. */
function endpoint(session: ServiceOptions['session'] = WINDOWS, fails: Partial<Record<CommandRequest['name'], number>> = {}, takes = 10) {
  const files = new Map<string, Buffer>()
  const ran: { line: string; script: string | undefined }[] = []
  const b = bench({
    session,
    run(request, service: FakeService) {
      const code = fails[request.name]
      if (code !== undefined) return { result: { result_code: code } }
      switch (request.name) {
        case 'put file':
          files.set(request.path, service.last.files.get(request.file_id)?.bytes ?? Buffer.alloc(0))
          return {}
        case 'directory list': {
          const name = request.path.split(/[\\/]/).pop() ?? ''
          const found = files.get(request.path)
          return { result: found === undefined ? { result_code: 2147942402 } : { files: [{ filename: name, size: found.length }] } }
        }
        case 'create process':
          ran.push({ line: request.path, script: [...files].find(([path]) => request.path.includes(path))?.[1].toString() })
          files.set(request.output_file ?? '', Buffer.from('said'))
          return {
            takes,
            meanwhile: { process_details: { pid: 7, return_code: -1 } },
            result: { process_details: { pid: 7, return_code: 5 } },
          }
        case 'kill':
          service.end(({ name }) => name === 'create process')
          return {}
        case 'get file':
          return { result: { file_details: { file_id: service.stage(files.get(request.path) ?? '') } } }
        case 'delete file':
          return { result: files.delete(request.path) ? {} : { result_code: 2147942402 } }
        default:
          return {}
      }
    },
  })
  const whole = async (on: RemoteSession, script: Script, work = WORK) => {
    const { output, ...ended } = await runScript(on, script, { directory: 'C:\\d' }, work)
    const parts: Uint8Array[] = []
    for await (const part of output) parts.push(Buffer.from(part))
    return { ...ended, output: Buffer.concat(parts).toString() }
  }
  return { ...b, files, ran, whole }
}

describe('a script', () => {
  it('is uploaded, run, and deleted, and its output and exit code are returned', async () => {
    const b = endpoint()
    expect(await b.run(b.whole(await b.open(), { source: source('collect.PS1', 'Get-Process'), args: ['a b', '-Depth', '3'] }))).toEqual({
      process_pid: 7,
      return_code: 5,
      output: 'said',
    })
    expect(b.ran).toEqual([
      {
        line: 'powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\\Windows\\Temp\\cbc-uuid-1.ps1 "a b" -Depth 3',
        script: 'Get-Process',
      },
    ])
    expect([[...b.files], b.service.staged]).toEqual([[], []])
  })

  it.each([
    [
      'x.bat',
      'echo',
      ['a', 'b c', 'd&e', '%TEMP%'],
      undefined,
      WINDOWS,
      'cmd.exe /c C:\\Windows\\Temp\\cbc-uuid-1.bat a "b c" "d&e" %TEMP%',
    ],
    ['x.cmd', 'echo', [], undefined, WINDOWS, 'cmd.exe /c C:\\Windows\\Temp\\cbc-uuid-1.cmd'],
    ['x.py', 'print()', ['say "hi"'], undefined, WINDOWS, 'python.exe C:\\Windows\\Temp\\cbc-uuid-1.py "say \\"hi\\""'],
    ['x.js', '1', ['y'], 'C:\\n\\node.exe -r z', WINDOWS, 'C:\\n\\node.exe -r z C:\\Windows\\Temp\\cbc-uuid-1.js y'],
    ['x.&calc', '1', [], 'type', WINDOWS, 'type C:\\Windows\\Temp\\cbc-uuid-1'],
    ['x.txt', '1', ['a&b', 'c d'], 'cmd.exe /c', WINDOWS, 'cmd.exe /c C:\\Windows\\Temp\\cbc-uuid-1.txt "a&b" "c d"'],
    ['plain', '1', [], 'type', WINDOWS, 'type C:\\Windows\\Temp\\cbc-uuid-1'],
    ['x.sh', 'ls', ['$HOME'], undefined, LINUX, "/bin/sh /tmp/cbc-uuid-1.sh '$HOME'"],
    ['x.sh', '#!/usr/bin/env bash\r\nls', [], undefined, LINUX, '/usr/bin/env bash /tmp/cbc-uuid-1.sh'],
    ['x.py', 'print()', [], undefined, LINUX, 'python3 /tmp/cbc-uuid-1.py'],
    ['x.ps1', 'ls', [], undefined, LINUX, 'pwsh -NoProfile -NonInteractive -File /tmp/cbc-uuid-1.ps1'],
  ])('%s of %j with %j is run correctly (%s)', async (name, text, args, interpreter, session, line) => {
    const b = endpoint(session)
    await b.run(b.whole(await b.open(), { source: source(name, text), args, ...(interpreter === undefined ? {} : { interpreter }) }))
    expect(b.ran.map(one => one.line)).toEqual([line])
  })

  it.each([
    ['x.sh', WINDOWS],
    ['x.bat', LINUX],
  ])('%s that the system cannot run is refused, and nothing is sent', async (name, session) => {
    const b = endpoint(session)
    expect(await b.run(failure(b.whole(await b.open(), { source: source(name, ''), args: [] })))).toMatchObject({ code: 'refused' })
    expect(b.service.issued).toEqual([])
  })

  it.each([
    ['put file', 2147942405],
    ['create process', 2147942402],
    ['get file', 2147942405],
  ] as const)('is also deleted when %s fails', async (command, code) => {
    const b = endpoint(WINDOWS, { [command]: code })
    expect(await b.run(failure(b.whole(await b.open(), { source: source('x.ps1', 'x'), args: [] })))).toMatchObject({
      facts: { result_code: code },
    })
    expect([[...b.files], b.service.staged]).toEqual([[], []])
  })

  it('is ended and deleted when it is interrupted', async () => {
    const b = endpoint(WINDOWS, {}, 10 ** 7)
    const session = await b.open()
    const reason = interrupted()
    expect(
      await abortedWhen(
        b,
        signal => failure(b.whole(session, { source: source('x.ps1', 'x'), args: [] }, { ...WORK, signal })),
        () => b.ran.length > 0,
        reason,
      ),
    ).toBe(reason)
    expect([[...b.files], b.service.issued.includes('kill')]).toEqual([[], true])
  })

  it.each([
    ['x.foo', []],
    ['x', []],
    ['.ps1', []],
    ['x.bat', ['"']],
    ['X.CMD', ['a\nb']],
  ])('%s with %j is refused before anything is sent', (name, args) => {
    expect(() => checkScript(name, args, undefined)).toThrow(expect.objectContaining({ code: 'usage' }))
    expect(() => checkScript(name, args, 'python3')).not.toThrow()
  })
})
