import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERBS } from '../../src/verbs/index.ts'
import { testFolder } from '../support/folder.ts'
import { assistant, changing, type Assistant } from '../support/mcp.ts'

describe('tools that read', () => {
  let one: Assistant
  beforeAll(async () => {
    one = await assistant()
  })
  afterAll(async () => {
    await one.end()
  })

  it('are the verbs that change nothing, with their own words and schemas', async () => {
    const { tools } = await one.client.listTools()
    const names = tools.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['ls', 'ps', 'cat', 'reg_query', 'triage', 'device_list', 'usb_device_list', 'run_list']))
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint && !annotations.destructiveHint)).toBe(true)
    const find = tools.find(({ name }) => name === 'find')
    expect(find?.inputSchema).toMatchObject({
      required: ['device', 'path'],
      properties: { max_depth: { type: 'integer' }, type: { enum: ['f', 'd'] } },
      additionalProperties: false,
    })
    for (const { inputSchema } of tools) expect(JSON.stringify(inputSchema)).not.toMatch(/"(local|into|artifacts|profile|queue|yes)"/)
  })

  it('leave out what would change something: a switch that starts programs is set, and not offered', async () => {
    const { tools } = await one.client.listTools()
    expect(Object.keys(tools.find(({ name }) => name === 'triage')?.inputSchema.properties ?? {})).toEqual([
      'device',
      'since',
      'all',
      'cursor',
    ])
    const { json } = await one.call('triage', { device: 'WIN-FIN-01' })
    expect(json.result).toMatchObject({ not_looked_at: [{ what: expect.stringContaining('services') as string }], os: 'windows' })
  })

  it('list the processes of an endpoint as the command does', async () => {
    const told = await one.call('ps', { device: 'win-fin-01', filter: 'powershell' })
    expect(told.isError).toBeFalsy()
    expect(told.json.result).toEqual([expect.objectContaining({ process_pid: 6820, parent_pid: expect.any(Number) })])
    expect(told.text).toContain(JSON.stringify(told.json).slice(1, 60))
  })

  it('take a number where an option takes one, and one text where an argument takes several', async () => {
    const { json } = await one.call('cat', { device: 'WIN-FIN-01', path: 'C:\\Windows\\System32\\drivers\\etc\\hosts', head: 11 })
    expect(json.result).toMatchObject({ content: '# Copyright', size: 11 })
    expect((await one.call('ps', { device: 11412673, process: 'powershell.exe' })).json.result).toHaveLength(1)
  })

  it.each([
    ['a verb that ends something', 'kill', { device: 'WIN-FIN-01', process: ['4'] }, 'refused', 'this server only reads'],
    ['a verb that runs something', 'exec', { device: 'WIN-FIN-01', command: ['whoami'] }, 'refused', 'this server only reads'],
    ['an argument that there is not', 'ps', { device: 'WIN-FIN-01', filtre: 'x' }, 'usage', 'takes no "filtre"'],
    ['a global option', 'ps', { device: 'WIN-FIN-01', profile: 'other' }, 'usage', 'takes no "profile"'],
    ['an argument of another type', 'ps', { device: 'WIN-FIN-01', tree: 'yes' }, 'usage', 'tree is true or false'],
    ['an argument that is missing', 'cat', { device: 'WIN-FIN-01' }, 'usage', 'path is missing'],
    ['a value that the verb refuses', 'ps', { device: 'WIN-FIN-01', sort: 'colour' }, 'usage', 'not a sort order'],
    ['a local file of devices', 'ps', { device: '@/etc/passwd' }, 'refused', 'a list of devices in a file'],
    ['several devices', 'ps', { device: 'WIN-*' }, 'usage', 'takes one'],
    ['a device that there is not', 'ps', { device: 'NO-SUCH' }, 'not_found', 'no such device'],
    ['a path that there is not', 'stat', { device: 'WIN-FIN-01', path: 'C:\\nothing.txt' }, 'not_found', 'nothing.txt'],
    ['a cursor of nothing', 'ps', { device: 'WIN-FIN-01', cursor: 'a:1' }, 'usage', 'nothing at this cursor'],
  ])('answer %s with the error of the contract', async (_, name, given, code, message) => {
    const told = await one.call(name, given)
    expect(told.isError).toBe(true)
    expect(told.json.error).toMatchObject({ code, message: expect.stringContaining(message) as string })
    expect(told.text).toContain(JSON.stringify(told.json))
  })

  it('are no files of this machine: verbs that read or write them are unknown', async () => {
    for (const name of ['get', 'put', 'script', 'reg_export', 'collect', 'disable_everything'])
      await expect(one.call(name, { device: 'WIN-FIN-01' })).rejects.toThrow(`Unknown tool: ${name}`)
  })

  it('work side by side on one session', async () => {
    const all = await Promise.all(['C:\\', 'C:\\Windows', 'C:\\Users'].map(path => one.call('ls', { device: 'WIN-FIN-01', path: [path] })))
    expect(all.map(({ isError, json }) => [isError, Array.isArray(json.result)])).toEqual(Array(3).fill([undefined, true]))
  })
})

it('with --device, other devices are refused, not found, and not listed', async () => {
  const { call, client, end } = await assistant(['--device', 'WIN-FIN-01', '--device', '11412745'])
  const names = (await client.listTools()).tools.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['ps', 'device_list', 'device_get', 'artifact_list']))
  expect(names.filter(name => /^(session|command|file|usb|run)_/.test(name))).toEqual([])
  const { json } = await call('device_list', { all: true })
  expect((json.result as { id: number }[]).map(({ id }) => id).sort()).toEqual([11412673, 11412745])
  expect((await call('device_get', { device: 'kiosk-01' })).json.result).toMatchObject({ id: 11412745 })
  for (const device of ['WIN-HR-01', '11412674', 'WIN-*', 'query:os:WINDOWS', '@list', 'WIN-FIN-01,WIN-HR-01'])
    for (const tool of ['ps', 'device_get'])
      expect((await call(tool, { device })).json.error).toMatchObject({
        code: 'refused',
        hint: 'these are WIN-FIN-01 (11412673), CORP\\KIOSK-01 (11412745)',
      })
  expect(await end()).toBe(0)
})

it.each([
  ['without devices', ['--allow', 'change', '--case', 'CASE'], 2, 'needs --device'],
  ['without a case', ['--allow', 'change', '--device', 'WIN-FIN-01'], 2, 'needs --case DIR'],
  ['with --read-only', ['--allow', 'change', '--device', 'WIN-FIN-01', '--case', 'CASE', '--read-only'], 8, '--read-only'],
  ['with --yes', ['--allow', 'change', '--device', 'WIN-FIN-01', '--case', 'CASE', '--yes'], 2, 'a person has to agree'],
  ['of another kind', ['--allow', 'everything'], 2, 'nothing that can be allowed'],
])('changes %s are refused at the start', async (_, words, code, message) => {
  const folder = join(testFolder(), 'case')
  const { ended, host } = await assistant(words.map(word => (word === 'CASE' ? folder : word)))
  expect(await ended).toBe(code)
  expect(host.stderr.text()).toContain(message)
})

it('every verb on an endpoint is a tool where there is a case, or known to read files of this machine', async () => {
  const { client, end } = await assistant(changing(join(testFolder(), 'case')))
  const { tools } = await client.listTools()
  await end()
  const missing = VERBS.map(({ name }) => name.replaceAll(' ', '_')).filter(name => !tools.some(tool => tool.name === name))
  expect(missing).toEqual(['put', 'script'])
  const annotated = (name: string) => tools.find(tool => tool.name === name)?.annotations
  expect(annotated('rm')).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: false })
  expect(annotated('exec')).toMatchObject({ readOnlyHint: false, destructiveHint: true })
  expect(annotated('mkdir')).toMatchObject({ readOnlyHint: false, destructiveHint: false })
})
