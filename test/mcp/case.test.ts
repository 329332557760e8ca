import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { openCaseFolder } from '../../src/host/case-folder.ts'
import { clock, random } from '../../src/host/clock.ts'
import { testFolder } from '../support/folder.ts'
import { chainOf } from '../support/journal-chain.ts'
import { assistant, changing } from '../support/mcp.ts'

const HOSTS = 'C:\\Windows\\System32\\drivers\\etc\\hosts'

let folder = ''
beforeEach(() => {
  folder = join(testFolder(), 'case')
})
const ended = () => chainOf(folder).filter(({ event }) => event === 'finished')

it('every call is a line of the journal: what was read, refused, declined, and paged', async () => {
  const { call, end } = await assistant(changing(folder), { answer: () => ({ action: 'decline' }) })
  await call('ps', { device: 'WIN-FIN-01', filter: 'powershell' })
  await call('ps', { device: 'WIN-HR-01' })
  await call('kill', { device: 'WIN-FIN-01', process: ['6820'] })
  await call('ps', { device: 'WIN-FIN-01', cursor: 'none:1' })
  const { json } = await call('artifact_list')
  await call('artifact_list', { cursor: json.next_cursor })
  await end()
  expect(ended().map(({ verb, outcome, error, device }) => [verb, outcome, error?.code, device?.id])).toEqual([
    ['ps', 'done', undefined, 11412673],
    ['ps', 'failed', 'refused', undefined],
    ['kill', 'failed', 'refused', 11412673],
    ['ps', 'failed', 'usage', undefined],
    ['artifact list', 'done', undefined, undefined],
    ['artifact list', 'done', undefined, undefined],
  ])
  expect(ended()[0]).toMatchObject({
    line: 'cbc mcp (test): ps {"device":"WIN-FIN-01","filter":"powershell"}',
    effect: 'read',
    result: { rows: 1 },
  })
})

it('a change that a person agreed to is in the journal before it is sent', async () => {
  const { call, end } = await assistant(changing(folder), { answer: () => ({ action: 'accept', content: {} }) })
  await call('kill', { device: 'WIN-FIN-01', process: ['6820'] })
  await end()
  const [started] = chainOf(folder).filter(({ event }) => event === 'started')
  expect(started).toMatchObject({ verb: 'kill', change: 'kill', effect: 'destroy', device: { id: 11412673 } })
  expect(ended()).toEqual([expect.objectContaining({ operation: started?.operation, outcome: 'done' })])
})

it('files come home into the case, and nowhere else', async () => {
  const { call, client, end } = await assistant(['--case', folder])
  const names = (await client.listTools()).tools.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['get', 'collect', 'reg_export', 'case_log']))
  expect((await call('get', { device: 'WIN-FIN-01', remote: HOSTS, local: '/tmp/x' })).json.error).toMatchObject({ code: 'usage' })
  const { json } = await call('get', { device: 'WIN-FIN-01', remote: HOSTS })
  const file = join(folder, 'files', 'WIN-FIN-01', 'C', 'Windows', 'System32', 'drivers', 'etc', 'hosts')
  expect(json.result).toMatchObject({ path: HOSTS, local_path: file, sha256: expect.any(String) as unknown })
  expect(readFileSync(file, 'utf8')).toContain('onedrivesync')
  expect((await call('collect', { device: 'WIN-FIN-01', artifact: ['WindowsRunKeys'] })).isError).toBeFalsy()
  expect((await call('collect', { device: 'WIN-FIN-01', artifact: ['WindowsRunKeys'], locked: true })).json.error).toMatchObject({
    code: 'usage',
  })
  expect(
    (await call('reg_export', { device: 'WIN-FIN-01', key: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run' })).isError,
  ).toBeFalsy()
  await end()
})

it('the journal is a tool and a resource, and so are runs', async () => {
  const { call, client, end } = await assistant(['--case', folder])
  await call('drives', { device: 'WIN-FIN-01' })
  expect((await call('case_log')).json.result).toEqual(
    expect.arrayContaining([expect.objectContaining({ verb: 'drives', event: 'finished' })]),
  )
  expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['cbc://case/journal'])
  const { contents } = await client.readResource({ uri: 'cbc://case/journal' })
  expect(contents).toEqual([
    expect.objectContaining({ mimeType: 'text/plain', text: expect.stringContaining('untrusted content') as unknown }),
  ])
  expect(ended().at(-1)).toMatchObject({ verb: 'case log', outcome: 'done' })
  expect((await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(['cbc://run/{name}'])
  for (const uri of ['cbc://run/none', 'cbc://run/..%2F..%2Fetc', 'cbc://run/%', 'cbc://case/files/x', 'file:///etc/passwd'])
    await expect(client.readResource({ uri })).rejects.toThrow(/no such run|Unknown resource/)
  await end()
})

it('where the case can no longer be written, nothing is changed, and a call is an error', async () => {
  let isFull = false
  const caseFolder = async (path: string) => {
    const opened = await openCaseFolder(path, clock, random, true)
    const append: typeof opened.append = async make => {
      if (isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: 'journal.jsonl' })
      return await opened.append(make)
    }
    return { ...opened, append }
  }
  const { call, end } = await assistant(changing(folder), { answer: () => ({ action: 'accept', content: {} }), host: { caseFolder } })
  isFull = true
  const path = 'C:\\Users\\Public\\new'
  for (const [name, given] of [
    ['mkdir', { path: [path] }],
    ['stat', { path }],
    ['ps', { nothing: true }],
  ] as const) {
    const { json } = await call(name, { device: 'WIN-FIN-01', ...given })
    expect(json.error).toMatchObject({ code: name === 'stat' ? 'not_found' : 'io' })
  }
  await end()
})
