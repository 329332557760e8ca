import type { Agent } from 'node:http'

/**
 * Ends a kept connection on which bytes come while nothing was asked: an answer that nobody asked for would be taken for the next one.
 * Node sees them only while the connection is read from, and Node 20 goes on with what comes after them.
 */
export function dropStrays<T extends Agent>(agent: T): T {
  const [keep, reuse] = [agent.keepSocketAlive.bind(agent), agent.reuseSocket.bind(agent)]
  agent.keepSocketAlive = socket => {
    const kept = keep(socket)
    // Reading the answer may have ended with a pause: then bytes would wait for the next one unseen.
    socket.on('data', drop).resume()
    return kept
  }
  agent.reuseSocket = (socket, request) => {
    socket.off('data', drop)
    reuse(socket, request)
  }
  return agent
}

function drop(this: { destroy(): void }): void {
  this.destroy()
}

/**
 * Resolves once what has come until now on connections that are kept was read: bytes that wait there are no answer to what is asked next.
 */
export async function straysRead(): Promise<void> {
  // The first turn may be the rest of one that has read already.
  for (let turn = 0; turn < 2; turn++)
    await new Promise(done => {
      setImmediate(done)
    })
}
