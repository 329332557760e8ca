import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import type { Transport } from '../../src/core/ports.ts'

/** Serves a transport on a loopback port until the tests of the file are over. @returns its URL */
export async function serveTransport(send: Transport): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const url = new URL(request.url ?? '', 'http://lab.localhost')
      const answer = await send({
        method: request.method ?? 'GET',
        url,
        headers: request.headers as Record<string, string>,
        ...(parts.length > 0 && { body: Buffer.concat(parts) }),
      })
      response.writeHead(answer.status, answer.headers)
      for await (const chunk of answer.body) response.write(chunk)
      response.end()
    })().catch(() => response.destroy())
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
