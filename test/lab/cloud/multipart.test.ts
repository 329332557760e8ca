import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HttpError } from '../../../src/lab/cloud/http.ts'
import { readParts } from '../../../src/lab/cloud/multipart.ts'

const piece = fc.oneof(
  fc.constantFrom(
    '--b',
    '\r\n--b',
    '--',
    '\r\n',
    '\n',
    '\r',
    'Content-Disposition: form-data; name="file"; filename="x"',
    'Content-Disposition: form-data; name=',
    'filename="',
    '\\"',
    '"',
    ';',
    ': ',
    'x'.repeat(20_000),
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const contentType = fc.oneof(
  fc.constantFrom('multipart/form-data; boundary=b', 'multipart/form-data; boundary="b"', 'multipart/form-data', null),
  fc.string(),
)

it('any multipart body is read or refused, in whatever pieces it arrives', async () => {
  await fc.assert(
    fc.asyncProperty(contentType, fc.array(piece, { maxLength: 20 }), async (type, pieces) => {
      const sent = async function* () {
        for (const text of pieces) yield Buffer.from(text)
      }
      let bytes = 0
      try {
        for await (const { name, filename, body } of readParts(type, sent())) {
          for (const text of [name, filename]) expect(['string', 'undefined']).toContain(typeof text)
          for await (const chunk of body) bytes += chunk.length
        }
      } catch (error) {
        expect(error).toBeInstanceOf(HttpError)
        expect((error as HttpError).status).toBe(400)
      }
      expect(bytes).toBeLessThanOrEqual(pieces.reduce((sum, text) => sum + Buffer.byteLength(text), 0))
    }),
    { numRuns: 1000 },
  )
})

it('a body that ends with dashes where headers belong is refused', async () => {
  const sent = async function* () {
    for (const text of ['--b', '\r\n', '--']) yield Buffer.from(text)
  }
  await expect(readParts('multipart/form-data; boundary=b', sent()).next()).rejects.toMatchObject({ status: 400 })
})
