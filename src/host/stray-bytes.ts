import type { Agent } from 'node:http'

/**
 * Closes an idle kept-alive connection when bytes arrive on it: they would be taken for the answer to the next request. Node notices them
 * only while the connection is being read, and Node 20 carries on after them.
 */
export function closeOnStrayBytes<T extends Agent>(agent: T): T {
  const [keep, reuse] = [agent.keepSocketAlive.bind(agent), agent.reuseSocket.bind(agent)]
  agent.keepSocketAlive = socket => {
    const kept = keep(socket)
    // The stream may have been paused after the last answer: then stray bytes would stay unnoticed until the next one.
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
 * Resolves once everything that has arrived so far on idle connections was read, so that it isn't taken for the answer to the next request.
 */
export async function waitForStrayBytes(): Promise<void> {
  // The first turn may be the remainder of an event loop turn whose reads are over.
  for (let turn = 0; turn < 2; turn++)
    await new Promise(done => {
      setImmediate(done)
    })
}
