import { createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { openRunStore } from '../../src/queue/open-run-store.ts'

const text = (value: string): Buffer => Buffer.from(`${value}\0`)
const int = (bytes: 2 | 4, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeIntBE(value, 0, bytes)
  return buffer
}
/** A message of PostgreSQL's protocol. */
const message = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int(4, body.length + 4), body])
}
const column = (name: string): Buffer => Buffer.concat([text(name), int(4, 0), int(2, 0), int(4, 25), int(2, -1), int(4, -1), int(2, 0)])
const value = (content: string): Buffer => Buffer.concat([int(4, content.length), Buffer.from(content)])
const READY = message('Z', Buffer.from('I'))
const GREETING = Buffer.concat([message('R', int(4, 0)), READY])
/** The answer to the first question, whether the tables are there. */
const NOT_MADE = Buffer.concat([
  message('T', int(2, 2), column('made'), column('encoding')),
  message('D', int(2, 2), value('f'), value('UTF8')),
  message('C', text('SELECT 1')),
  READY,
])
const GOODBYE = message(
  'E',
  text('SFATAL'),
  text('C57P01'),
  text('Mterminating connection due to unexpected postmaster exit'),
  Buffer.from('\0'),
)

it('a PostgreSQL that ends between two questions of the same connection is a failure like any other, and does not end the program', async () => {
  const server = createServer(socket => {
    let isFirst = true
    socket.on('error', () => {})
    socket.on('data', () => {
      if (isFirst) socket.write(GREETING)
      else socket.end(Buffer.concat([NOT_MADE, GOODBYE]))
      isFirst = false
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const store = await openRunStore(new Secret(`postgres://cbc@127.0.0.1:${(server.address() as AddressInfo).port}/x`), 'here')
  try {
    await expect(store.read('r')).rejects.toMatchObject({ code: 'network' })
  } finally {
    await store.close()
    server.close()
  }
})
