import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeBytes } from '../../src/core/result.ts'

it('bytes survive conversion to JSON', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }).map(text => new TextEncoder().encode(text)),
      ),
      bytes => {
        const { text, encoding } = encodeBytes(bytes)
        expect(Buffer.from(JSON.parse(JSON.stringify(text)) as string, encoding)).toEqual(Buffer.from(bytes))
      },
    ),
  )
})

it('valid UTF-8 is text, including its byte order mark, and everything else is base64', () => {
  expect(encodeBytes(Buffer.from('\ufeffgrün'))).toEqual({ text: '\ufeffgrün', encoding: 'utf8' })
  expect(encodeBytes(Buffer.from([0x67, 0xfc]))).toEqual({ text: 'Z/w=', encoding: 'base64' })
  expect(encodeBytes(Buffer.from('xabcx').subarray(1, 4))).toEqual({ text: 'abc', encoding: 'utf8' })
})
