import { expect, it } from 'vitest'
import { inMemory } from '../../src/core/bounded.ts'
import { decodeOutput } from '../../src/core/text/program-output.ts'
import type { Output } from '../../src/core/ports.ts'
import { keep } from '../../src/shell/streams.ts'
import { toCommand } from '../../src/shell/outputs.ts'
import { dump } from '../../src/verbs/file/hexdump.ts'
import { growingResult } from '../../src/verbs/process/output.ts'
import { memoryOutput } from '../support/host.ts'
import { recycled } from '../support/recycling.ts'

/** Some text whose characters are cut apart, in memory that is overwritten as soon as the next chunk is asked for. */
const TEXT = 'Größe: 1 €, übrig: nichts'
async function* bytes(): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(TEXT)
  yield* recycled(
    (async function* () {
      for (let at = 0; at < all.length; at++) yield all.subarray(at, at + 1)
    })(),
  )
}
async function joined(texts: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of texts) text += part
  return text
}
async function writeTo(stdout: Output): Promise<void> {
  for await (const chunk of bytes()) await stdout.write(chunk)
}

it.each<[string, () => Promise<string>]>([
  ['content for JSON', async () => String(await inMemory(bytes()))],
  ['decoded text', async () => await joined(decodeOutput(bytes()))],
  [
    'the input of a local command',
    async () => {
      let text = ''
      const read = async (input: AsyncIterable<Uint8Array>) => {
        // It reads nothing before everything is written.
        await new Promise<void>(resolve => void setImmediate(resolve))
        text = String(await inMemory(input))
        return 0
      }
      await toCommand(read, writeTo)
      return text
    },
  ],
  [
    'output that is kept for later',
    async () => {
      const [stdout, stderr] = [memoryOutput(), memoryOutput()]
      const kept = keep(stdout, stderr)
      await writeTo(kept.stdout)
      await kept.show(stdout, stderr)
      return stdout.text()
    },
  ],
  [
    'the output of a program that grows',
    async () => {
      const run = async (onOutput: (chunk: Uint8Array) => void) => {
        for await (const chunk of bytes()) onOutput(chunk)
        return { process_pid: 1, return_code: 0, output: (async function* () {})() }
      }
      const result = growingResult(run, new AbortController().signal, {})
      return result.kind === 'bytes' ? String(await inMemory(result.bytes)) : ''
    },
  ],
  ['a hex dump', async () => Buffer.from((await joined(dump(bytes(), 0))).replace(/^\S+|\|.*$|\s/gm, ''), 'hex').toString()],
])('%s stays as it came, though the memory of its chunks is used again', async (_what, text) => {
  expect(await text()).toBe(TEXT)
})
