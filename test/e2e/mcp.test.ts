import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT, COMMAND } from '../support/command.ts'
import { environment } from '../support/environment.ts'
import { run, start } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'
import { analyst } from './lab.ts'

const [PROGRAM, ...FIRST] = COMMAND

it("an assistant's client starts the program, lists processes, and is refused a kill", async () => {
  const { home, env } = analyst()
  const transport = new StdioClientTransport({ command: PROGRAM, args: [...FIRST, 'mcp'], env: environment(env, home), stderr: 'pipe' })
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(transport)
  const names = (await client.listTools()).tools.map(({ name }) => name)
  expect(names).toContain('ps')
  expect(names).not.toContain('kill')
  const listed = await client.callTool({ name: 'ps', arguments: { device: 'WIN-FIN-01' } })
  expect(listed.structuredContent).toMatchObject({
    result: expect.arrayContaining([expect.objectContaining({ process_pid: 4 })]) as unknown,
  })
  const refused = await client.callTool({ name: 'kill', arguments: { device: 'WIN-FIN-01', process: ['4'] } })
  expect(refused).toMatchObject({ isError: true, structuredContent: { error: { code: 'refused' } } })
  await client.close()
  const sessions = await runHere(['lr', 'session', 'list', '--json'], { home, env })
  expect(sessions.json()).toEqual([])
})

it('stdout is the protocol alone: lines of JSON, for requests from a pipe too', async () => {
  const { home, env } = analyst()
  const messages = [
    {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'pipe', version: '1' } },
    },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: 'drives', arguments: { device: 'WIN-FIN-01' } } },
  ]
  const stdin = messages.map(message => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('no message\n')
  const { code, stdout, stderr } = await run(['mcp'], { home, env, stdin })
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { id: number; result: { structuredContent?: unknown } })
  expect(answers.map(({ id }) => id)).toEqual([1, 2])
  expect(answers[1]?.result.structuredContent).toEqual({ result: expect.arrayContaining(['C:\\']) as unknown })
  expect(stderr).toMatch(/^(cbc: mcp: .*\n)+$/)
  expect(code).toBe(0)
})

it('SIGTERM ends it', async () => {
  const { home, env } = analyst()
  const program = start(['mcp'], { home, env })
  program.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`)
  await program.line(/"id":1/)
  expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

it('nothing that serves HTTP is in the bundle, and other commands load nothing of this', () => {
  const { outputs } = JSON.parse(readFileSync(join(dirname(BUILT), 'meta.json'), 'utf8')) as {
    outputs: Record<string, { inputs: Record<string, unknown> }>
  }
  const packages = Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).map(input => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]),
  )
  expect(packages).toContain('@modelcontextprotocol/sdk')
  expect(packages.filter(name => /^(express|hono|@hono\/.*|cors|eventsource|jose|raw-body|body-parser)$/.test(name ?? ''))).toEqual([])
})
