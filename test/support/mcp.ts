import { PassThrough } from 'node:stream'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { ElicitRequestSchema, type CallToolResult, type ElicitResult } from '@modelcontextprotocol/sdk/types.js'
import type { Transport } from '../../src/core/ports.ts'
import { random } from '../../src/host/clock.ts'
import { openRunFolders } from '../../src/host/run-folders.ts'
import { openLab, type Lab, type LabOptions } from '../../src/lab/lab.ts'
import { main } from '../../src/main.ts'
import { afterEachFile } from './after-file.ts'
import { testFolder } from './folder.ts'
import { HurriedClock } from './hurried-clock.ts'
import { labService, memoryOutput, testHost, type TestWorld } from './host.ts'

/** An assistant's client, connected to the program in this process, which works on a lab. */
export interface Assistant {
  client: Client
  host: TestWorld
  /** Calls a tool. */
  call(name: string, given?: Record<string, unknown>): Promise<Told>
  /** Writes to the program as the client's stream does. */
  write(text: string): void
  /** Ends the program's input. @returns its exit code */
  end(): Promise<number>
  /** The exit code, once it has ended. */
  ended: Promise<number>
}

/** What a tool came to. */
export interface Told extends CallToolResult {
  /** Its text. */
  text: string
  /** Its JSON. */
  json: { result?: unknown; error?: { code: string; message: string; hint: string | null }; next_cursor?: string; [field: string]: unknown }
}

const opened: Lab[] = []
// An assistant that is not ended leaves its lab open.
afterEachFile(() => Promise.all(opened.splice(0).map(lab => lab.close())))

export interface AssistantOptions {
  /** What a person answers when they are asked about a change; absent: the client can't ask. */
  answer?: (message: string) => ElicitResult | Promise<ElicitResult>
  lab?: Omit<Partial<LabOptions>, 'local'>
  /** Between the program and the lab. */
  between?: (service: Transport) => Transport
  host?: Partial<TestWorld>
}

/** Starts `cbc mcp` in this process and connects to it. @param words what is typed after `mcp` */
export async function assistant(words: readonly string[] = [], options: AssistantOptions = {}): Promise<Assistant> {
  const { answer, lab, between, host: over = {} } = options
  const clock = new HurriedClock()
  const tenant = openLab({ clock, random, checkIn: 0, ...lab } as LabOptions)
  opened.push(tenant)
  const service = labService(tenant)
  const send = between?.(service.send) ?? service.send
  // Made now: a run folder that is asked for at the end would outlast the file's clean-up.
  const runs = testFolder()
  const [input, output] = [new PassThrough(), new PassThrough()]
  const host = testHost({
    clock,
    lab: async () => ({ ...service, send }),
    stdin: { isTerminal: false, stream: input },
    runFolders: async () => openRunFolders(runs, random),
    stdout: { ...memoryOutput(), write: async data => void output.write(data) },
    ...over,
  })
  const run = main(['mcp', ...words], host)
  const client = new Client({ name: 'test', version: '1' }, { capabilities: answer === undefined ? {} : { elicitation: {} } })
  if (answer !== undefined) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => await answer(params.message))
  // What a client's own transport notices of a program that it has started.
  const ended = run.finally(async () => await client.close())
  const connected = client.connect(new StdioServerTransport(output, input))
  await Promise.race([connected.catch(() => {}), ended])
  return {
    client,
    host,
    ended,
    write: text => void input.write(text),
    async call(name, given = {}) {
      const result = (await client.callTool({ name, arguments: given })) as CallToolResult
      const [first] = result.content
      return { ...result, text: first?.type === 'text' ? first.text : '', json: result.structuredContent as Told['json'] }
    },
    async end() {
      input.end()
      return await ended
    },
  }
}

/** The words that let an assistant change a device. @param folder of the case */
export const changing = (folder: string, device = 'WIN-FIN-01') => ['--allow', 'change', '--device', device, '--case', folder]
