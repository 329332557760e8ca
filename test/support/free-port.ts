import { createServer } from 'node:net'

/** Below the ports that systems give to connections and to servers that take any: nobody takes the port of a server that is down for a while. */
const PORTS = { from: 20_000, to: 32_000 }
/** How many test files at the same time have ports of their own. */
const LANES = 16
const LANE = Math.floor((PORTS.to - PORTS.from) / LANES)
const first = PORTS.from + LANE * (Number(process.env['VITEST_POOL_ID'] ?? 0) % LANES)
let next = Math.floor(Math.random() * LANE)

/** Finds a loopback port for a server that is not there yet. Each call finds another one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + (next++ % LANE)
    const server = createServer()
    const isFree = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    await new Promise(resolve => server.close(resolve))
    if (isFree) return port
  }
}
