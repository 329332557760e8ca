import { afterEach, expect, it } from 'vitest'
import type { Command } from '../../../src/api/live-response.ts'
import { render } from '../../../src/ui/render.ts'
import { commandResult, RESULT } from '../../../src/verbs/live-response/command-result.ts'
import { memoryOutput } from '../../support/host.ts'
import { openTenant, type Tenant } from '../../support/tenant.ts'

const command = (more: object): Command => ({ id: 3, name: 'directory list', status: 'COMPLETE', result_code: 0, ...more })

/** The lines of a command on a terminal. */
async function lines(more: object): Promise<string[]> {
  const stdout = memoryOutput({ isTerminal: true, columns: 200 })
  await render({ kind: 'object', value: commandResult(command(more)), columns: RESULT }, { wide: true, stdout, stderr: memoryOutput() })
  return stdout.text().trimEnd().split('\n')
}

it.each([
  ['an error of a system call', { status: 'ERROR', result_code: 0x80070005, result_desc: 'E_ACCESSDENIED' }, 'access denied (0x80070005)'],
  ['a signed error number', { status: 'ERROR', result_code: -2147024891 }, 'access denied (0x80070005)'],
  ['a virus', { status: 'ERROR', result_code: 0x800700e1 }, expect.stringMatching(/virus.*\(0x800700e1\)$/)],
  ['an error of unknown meaning', { status: 'ERROR', result_code: 0x8badf00d }, 'the endpoint answered 0x8badf00d'],
  ['an error without a code', { status: 'ERROR', result_desc: 'it slept' }, 'it slept'],
  ['none', {}, null],
])('%s is decoded, and its raw fields stay', (_, more, words) => {
  expect(commandResult(command(more))).toMatchObject({
    ...more,
    result_code: Number((more as Command).result_code ?? 0) >>> 0,
    result_text: words,
  })
})

it.each([
  ['a program', { process_details: { pid: 4711, return_code: 0 } }, /^process +pid 4711, return_code 0$/],
  [
    'a program that crashed',
    { process_details: { pid: 4711, return_code: 3221225785 } },
    /^process +pid 4711, return_code 3221225785 \(a DLL that it needs lacks a function\)$/,
  ],
  ['a dump in progress', { mem_dump: { dumping: true, percentdone: 40 } }, /^memory dump +percent 40, state dumping$/],
  ['a fetched file', { file_details: { file_id: 'F-1', offset: 0, count: 12 } }, /^staged file +file_id F-1, offset 0, count 12$/],
  ['files', { files: [{ filename: 'a.txt', size: 3 }, { filename: 'b' }] }, /^files +2: a\.txt \(3 bytes\), b$/],
  [
    'processes',
    {
      processes: [
        { process_pid: 4, process_path: null },
        { process_pid: 5, process_path: 'c:\\x.exe' },
      ],
    },
    /^processes +2: 4, 5 c:\\x\.exe$/,
  ],
  ['a registry value', { value: { value_name: '', value_type: 'pbREG_SZ', value_data: 'x' } }, /^value +\(Default\) REG_SZ x$/],
  ['sub keys', { sub_keys: [] }, /^sub_keys +0$/],
  ['a failure', { status: 'ERROR', result_code: 0x80070005 }, /^result_text +access denied \(0x80070005\)$/],
])('%s is described in one line, without made-up facts', async (_, more, line) => {
  expect(await lines(more)).toEqual([expect.stringMatching(line)])
})

it('a file name from an endpoint cannot add lines, and a long list is shortened', async () => {
  const files = Array.from({ length: 500 }, () => ({ filename: 'a\n\u001b[31mb', size: 1 }))
  const found = await lines({ files })
  expect(found).toHaveLength(1)
  expect(found[0]).not.toContain('\u001b[31m')
  expect(found[0]).toMatch(/^files +500: .*480 more/)
})

let tenant: Tenant | undefined
afterEach(() => tenant?.close())

it("lr command get and list explain why a command failed, and keep the API's own fields in JSON", async () => {
  tenant = await openTenant()
  await tenant.cbc(['lr', 'ls', 'WIN-FIN-01', 'C:\\nosuch\\dir'])
  const { out } = await tenant.cbc(['lr', 'command', 'list', 'WIN-FIN-01', '--json'])
  const commands = JSON.parse(out) as (Command & { result_text: string | null })[]
  const failed = commands.find(({ status }) => status === 'ERROR')
  expect(failed?.result_text).toMatch(/^no such .* \(0x8007000[23]\)$/)
  for (const { status, result_text: words } of commands) expect(words === null).toBe(status !== 'ERROR')
  expect((await tenant.cbc(['lr', 'command', 'list', 'WIN-FIN-01'])).out).toMatch(/\tno such .* \(0x8007000[23]\)\t/)
  const get = ['lr', 'command', 'get', 'WIN-FIN-01', String(failed?.id)]
  expect(JSON.parse((await tenant.cbc([...get, '--json'])).out)).toEqual(failed)
  expect((await tenant.cbc(get, { stdout: memoryOutput({ isTerminal: true, columns: 200 }) })).out).toMatch(
    /\nresult_text +no such .* \(0x8007000[23]\)\n/,
  )
})

it('lr command cancel shows what lr command get shows', async () => {
  tenant = await openTenant()
  const answer = command({ name: 'create process', status: 'CANCELLED', process_details: { pid: 4711 }, result_code: -2147024891 })
  tenant.between(
    service => async request =>
      /\/commands\/3$/.test(request.url.pathname)
        ? {
            status: request.method === 'DELETE' ? 204 : 200,
            headers: { 'content-type': 'application/json' },
            body: (async function* () {
              if (request.method !== 'DELETE') yield Buffer.from(JSON.stringify(answer))
            })(),
          }
        : await service(request),
  )
  const cancel = ['lr', 'command', 'cancel', 'WIN-FIN-01', '3']
  expect(JSON.parse((await tenant.cbc([...cancel, '--json'])).out)).toMatchObject({
    status: 'CANCELLED',
    result_code: 0x80070005,
    result_text: 'access denied (0x80070005)',
  })
  expect((await tenant.cbc(cancel, { stdout: memoryOutput({ isTerminal: true, columns: 200 }) })).out).toMatch(/\nprocess +pid 4711\n/)
})
