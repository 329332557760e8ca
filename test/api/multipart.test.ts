import { expect, it } from 'vitest'
import { multipartBody } from '../../src/api/multipart.ts'
import { multipart } from '../support/multipart.ts'
import { bytes, collect } from './support.ts'

const made = (name: string) => multipartBody({ name, size: 3, bytes: () => bytes('abc'), boundary: 'cbc-1' })

it('an upload has the announced length and one part, each time it is read', async () => {
  const { headers, body } = made('a b.txt')
  for (const whole of [await collect(body()), await collect(body())]) {
    expect(headers['content-length']).toBe(String(whole.length))
    expect(multipart(headers['content-type'], whole)).toEqual([
      { name: 'file', filename: 'a b.txt', type: 'application/octet-stream', bytes: Buffer.from('abc') },
    ])
  }
})

it("a file's name can not end the header that it is in", async () => {
  const { headers, body } = made('x"; name="other"\r\nX-Evil: 1\r\n\r\n')
  const whole = await collect(body())
  expect(headers['content-length']).toBe(String(whole.length))
  expect(multipart(headers['content-type'], whole)).toEqual([
    expect.objectContaining({ name: 'file', filename: 'x%22; name=%22other%22%0D%0AX-Evil: 1%0D%0A%0D%0A' }),
  ])
})
