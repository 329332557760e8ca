import type { Agent, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Blocks } from './blocks.ts'

/** Takes bytes that are only there during the call. @returns whether more may come at once */
type Sink = (bytes: Uint8Array) => boolean

/** Bytes that a socket reads at once. */
const READ_BYTES = 256 * 1024
/** The least length of a body that is read directly, bytes: for a smaller one it doesn't pay to give up the connection. */
const LEAST_LENGTH = 16 * 1024 * 1024

/** For a socket that can be diverted: sends its bytes elsewhere from now on. */
const DIVERSIONS = new WeakMap<Duplex, (sink: Sink) => void>()

/**
 * Makes an agent's sockets read into one buffer each, again and again. Node's HTTP client gets copies, until a body is read directly
 * (`directBody`): allocating memory for each read, twice, is half of the time that Node takes for a large download, and most of the memory.
 */
export function readIntoBuffers<T extends Agent>(agent: T): T {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const forParser: Sink = bytes => {
      socket?.emit('data', Buffer.from(bytes))
      return true
    }
    let sink = forParser
    const onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (count: number, buffer: Uint8Array) => sink(buffer.subarray(0, count)),
    }
    const withBuffer = { ...options, onread }
    const socket = connect(withBuffer, callback)
    if (socket != null)
      DIVERSIONS.set(socket, other => {
        sink = other
      })
    return socket
  }
  return agent
}

/**
 * Reads a large body past Node's HTTP parser, which has nothing to add where the length is known. To be called as soon as the head is
 * there. The connection ends with the body.
 * @returns chunks that are valid until the next one is asked for; undefined where the body can't be read this way
 */
export function directBody(response: IncomingMessage): AsyncIterable<Uint8Array> | undefined {
  const { 'content-length': announced, 'transfer-encoding': coding } = response.headers
  const length = Number(announced ?? NaN)
  const divert = DIVERSIONS.get(response.socket)
  if (divert === undefined || coding !== undefined || response.statusCode !== 200 || !(length >= LEAST_LENGTH)) return undefined
  const blocks = new Blocks(READ_BYTES, () => response.socket.resume())
  divert(bytes => blocks.add(bytes))
  response.on('error', error => blocks.end(error)).on('close', () => blocks.end(new Error('the connection was closed')))
  return exactly(length, response, blocks)
}

async function* exactly(length: number, response: IncomingMessage, blocks: Blocks): AsyncGenerator<Uint8Array> {
  let left = length
  try {
    // What came together with the head has been through the parser.
    for (let part = response.read() as Buffer | null; part !== null; part = response.read() as Buffer | null) {
      left -= part.length
      yield part
    }
    while (left > 0) {
      const block = (await blocks.next()).subarray(0, left)
      left -= block.length
      yield block
    }
  } finally {
    response.destroy()
  }
}
