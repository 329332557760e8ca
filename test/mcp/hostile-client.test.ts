import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { wholeLines } from '../../src/mcp/lines.ts'
import { assistant, type Assistant } from '../support/mcp.ts'

const RUNS = Number(process.env['CBC_FUZZ_RUNS'] ?? 60)

let one: Assistant
beforeAll(async () => {
  one = await assistant()
})
afterAll(async () => {
  expect(await one.end()).toBe(0)
})

/** The server still answers. */
const alive = async () => expect(await one.client.ping()).toEqual({})

it('lines that are no messages are left out, and the next one is answered', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(
      '',
      '{',
      '[]',
      'null',
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","id":{},"method":"ping"}',
      '\u0000\u0000',
      '{"jsonrpc":"2.0","id":"x","result":{}}',
    ),
    fc
      // The client takes an answer to "4" for the one to its own request 4.
      .record({
        jsonrpc: fc.constant('2.0'),
        id: fc.string().map(id => `made up ${id}`),
        method: fc.string(),
        params: fc.dictionary(fc.string(), fc.jsonValue()),
      })
      .map(text => JSON.stringify(text)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 10 }), async lines => {
      one.write(`${lines.map(text => text.replaceAll('\n', ' ')).join('\n')}\n`)
      await alive()
    }),
    { numRuns: RUNS },
  )
})

it('unknown methods are errors of the protocol', async () => {
  for (const method of ['nothing', 'prompts/list', 'sampling/createMessage', 'tasks/list', '__proto__', 'toString'])
    await expect(one.client.request({ method } as never, {} as never)).rejects.toThrow()
  await alive()
})

it('arguments of any kind are results or errors of the contract, never a defect', async () => {
  const { tools } = await one.client.listTools()
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.dictionary(fc.string(), fc.string()),
  )
  const call = fc.constantFrom(...tools).chain(tool => {
    const names = fc.oneof(fc.constantFrom(...Object.keys(tool.inputSchema.properties ?? {})), fc.string())
    return fc.dictionary(names, value, { maxKeys: 4 }).map(given => ({ name: tool.name, given }))
  })
  await fc.assert(
    fc.asyncProperty(call, async ({ name, given }) => {
      const { isError, json } = await one.call(name, given)
      expect(json.error?.code).not.toBe('internal')
      expect(json.error === undefined).toBe(isError !== true || Array.isArray(json.result))
    }),
    { numRuns: RUNS },
  )
})

it('a line without end does not fill the memory: it is dropped up to its line break', async () => {
  let dropped = 0
  const input = async function* () {
    for (let count = 0; count < 50; count++) yield Buffer.alloc(1000, 'x')
    yield 'x\nnext'
    yield ' line\nlast'
  }
  const lines: string[] = []
  for await (const line of wholeLines(input(), () => (dropped += 1), 10_000)) lines.push(line.toString())
  expect(lines).toEqual(['next line\n', 'last\n'])
  expect(dropped).toBe(1)
})

it('lines come out as they went in, however they were divided', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom('a', '\n', '€') }), fc.integer({ min: 1, max: 5 }), async (text, size) => {
      const bytes = Buffer.from(text)
      const input = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
      }
      let out = ''
      for await (const line of wholeLines(input(), () => expect.unreachable())) out += line.toString()
      expect(out).toBe(text === '' || text.endsWith('\n') ? text : `${text}\n`)
    }),
    { numRuns: 100 },
  )
})
