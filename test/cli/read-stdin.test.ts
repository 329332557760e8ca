import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { readStdin } from '../../src/cli/read-stdin.ts'

const read = (bytes: Uint8Array) =>
  readStdin({ stdin: { isTerminal: false, stream: new PassThrough().end(bytes) }, interrupt: new AbortController().signal })

it('text on stdin is read in every encoding that Windows uses', async () => {
  const text = '11412673\r\nWIN-Gr\u00fcn\r\n'
  for (const bytes of [
    Buffer.from(text),
    Buffer.from(`\ufeff${text}`),
    Buffer.from(`\ufeff${text}`, 'utf16le'),
    Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  ])
    expect(await read(bytes)).toBe(text.replaceAll('\r\n', '\n'))
  await expect(read(Buffer.from(text, 'latin1'))).rejects.toMatchObject({
    code: 'usage',
    message: 'standard input: line 2: is not UTF-8 text',
  })
})
