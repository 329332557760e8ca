import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { Stdio } from '../../src/mcp/stdio.ts'
import { memoryOutput } from '../support/host.ts'

it('many large answers that wait for a slow client are no leak that Node would warn of', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  let read = () => {}
  const slow = new Promise<void>(resolve => {
    read = resolve
  })
  const transport = new Stdio(
    { stdin: { isTerminal: false, stream: new PassThrough() }, stdout: { ...memoryOutput(), write: () => slow } },
    () => {},
  )
  await transport.start()
  const sent = Array.from({ length: 20 }, (_, id) => transport.send({ jsonrpc: '2.0', id, result: { text: 'x'.repeat(50_000) } }))
  // Node tells a warning in the next turn.
  await new Promise(resolve => setImmediate(resolve))
  read()
  await Promise.all(sent)
  process.off('warning', listen)
  await transport.close()
  expect(warnings).toEqual([])
})
