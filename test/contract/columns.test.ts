import { connectCommand } from '../../src/shell/connect-command.ts'
import { describe, expect, it } from 'vitest'
import { program } from '../../src/cli/program.ts'
import type { CommandNode, Leaf } from '../../src/engine/spec.ts'
import { commandLines } from '../support/command-lines.ts'
import { testHost } from '../support/host.ts'
import { openTenant, withoutService } from '../support/tenant.ts'

/** Commands whose results have arbitrary fields, and the shell, whose lines have their own columns. */
const OPEN = ['api', 'lr connect', 'lr run', 'lr playbook schema', 'lab devices']

async function leaves(node: CommandNode, path: string[]): Promise<{ path: string; leaf: Leaf }[]> {
  const below = await Promise.all((node.children ?? []).map(child => leaves(child, [...path, child.name])))
  return [...(node.load === undefined ? [] : [{ path: path.join(' '), leaf: await node.load() }]), ...below.flat()]
}

const commands = await leaves(program(testHost(), async () => connectCommand).root, [])

it('every command declares its columns', () => {
  expect(commands.filter(({ leaf }) => leaf.spec.fields === undefined).map(({ path }) => path)).toEqual(expect.arrayContaining(OPEN))
  expect(commands.filter(({ leaf }) => leaf.spec.fields === undefined)).toHaveLength(OPEN.length)
})

const LINES = (await commandLines()).filter(({ verb }) => !OPEN.includes(verb))

describe('an unknown column is found before anything is sent', () => {
  it.each(LINES.map(({ words }) => [words.join(' '), words] as const))('by %s', async (_line, words) => {
    const { code, out, err } = await withoutService(['--columns', 'nosuch', '--json', ...words])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'usage', message: '--columns: there is no "nosuch"', hint: expect.stringMatching(/^choose from \w/) as string },
    })
  })

  it.each([
    ['config', 'set', 'prod', 'read_only', 'true'],
    ['config', 'unset', 'prod', 'read_only'],
    ['config', 'use', 'prod'],
    ['config', 'init', 'prod', '--url', 'https://x.example', '--org-key', 'A', '--token-stdin'],
    ['lab', 'reset'],
    ['lab', 'status'],
  ])('by %s %s', async (...words) => {
    expect(await withoutService([...words.filter(word => typeof word === 'string'), '--columns', 'nosuch'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('--columns: there is no "nosuch"') as string,
    })
  })

  it('in the shell too, even if the shell was opened with it', async () => {
    const tenant = await openTenant()
    const seen: string[] = []
    tenant.between(service => request => {
      if (request.method === 'POST' && request.url.pathname.endsWith('/commands')) seen.push(String(request.body))
      return service(request)
    })
    const said = { code: 2, out: '', err: expect.stringContaining('--columns: there is no "nosuch"') as string }
    expect(await tenant.cbc(['lr', 'connect', 'WIN-FIN-01', '-c', 'mkdir C:\\made --columns nosuch'])).toMatchObject(said)
    expect(await tenant.cbc(['lr', 'connect', 'WIN-FIN-01', '--columns', 'nosuch', '-c', 'mkdir C:\\made'])).toMatchObject(said)
    expect(seen).toEqual([])
    await tenant.close()
  })
})

describe('a column that a row lacks', () => {
  it('is empty, without a message', async () => {
    const tenant = await openTenant()
    expect(await tenant.cbc(['device', 'list', '--limit', '1', '--columns', 'name,av_status', '--json'])).toMatchObject({
      code: 0,
      out: '[{"name":"CORP\\\\KIOSK-01","av_status":null}]\n',
    })
    expect(await tenant.cbc(['lr', 'mkdir', 'WIN-FIN-01', 'C:\\made', '--columns', 'path', '-o', 'csv'])).toMatchObject({
      code: 0,
      err: '',
    })
    await tenant.close()
  })
})

it.each(['', ',', ' , '])('--columns %j names no column', async columns => {
  expect(await withoutService(['lr', 'ps', 'WIN-FIN-01', '--columns', columns])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--columns names no field') as string,
  })
})

it('a command without columns accepts no --columns', async () => {
  expect(await withoutService(['completion', 'bash', '--columns', 'a'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('this command has none') as string,
  })
})
