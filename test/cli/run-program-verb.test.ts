import { describe, expect, it } from 'vitest'
import { dialect } from '../../src/cli/completion/bash.ts'
import { main } from '../../src/main.ts'
import { memoryOutput, testHost } from '../support/host.ts'

async function cbc(...words: string[]) {
  const host = testHost({ configDirectory: () => '/home/alice/.config/cbc' })
  const code = await main(words, host)
  return { code, out: host.stdout.text(), err: host.stderr.text() }
}

const PATH = '/home/alice/.config/cbc/profiles.json'

describe("a text that stands by itself is an object in a format that is asked for: the program's own verbs go through the one renderer", () => {
  it.each([
    [[], `${PATH}\n`],
    [['-o', 'csv'], `path\r\n${PATH}\r\n`],
    [['-o', 'ndjson'], `{"path":"${PATH}"}\n`],
    [['--json'], `{"path":"${PATH}"}\n`],
    [['--columns', 'path'], `path\t${PATH}\n`],
    [['--columns', 'path', '--no-headers'], `${PATH}\n`],
  ])('config path %j', async (options, out) => {
    expect(await cbc('config', 'path', ...options)).toEqual({ code: 0, out, err: '' })
  })

  it('completion bash prints its script as it is, and with --json as an object', async () => {
    expect(await cbc('completion', 'bash')).toEqual({ code: 0, out: dialect.script, err: '' })
    const { code, out } = await cbc('completion', 'bash', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ shell: 'bash', script: dialect.script })
  })
})

it('the lab and doctor answer in CSV too, and the exit code of doctor is that of its worst finding', async () => {
  expect((await cbc('lab', 'reset', '-o', 'csv', '--columns', 'reset')).out).toBe('reset\r\ntrue\r\n')
  const { code, out } = await cbc('--profile', 'nosuch', 'doctor', '-o', 'csv', '--columns', 'check,ok')
  expect(code).toBe(3)
  expect(out).toBe('check,ok\r\nversions,true\r\nconfiguration,false\r\nprofiles,true\r\nconnection,\r\n')
})

it('doctor -o table is a table with headings, where doctor alone prints a line for each check', async () => {
  const stdout = memoryOutput({ isTerminal: true })
  await main(['doctor', '--profile', 'nosuch', '-o', 'table'], testHost({ stdout }))
  expect(stdout.text()).toMatch(/^check +ok +detail +hint/)
})
