import { join } from 'node:path'
import type { Transport } from '../core/ports.ts'
import type { LabService, LabSettings } from '../core/world.ts'
import { openLab } from '../lab/lab.ts'
import { serveLab } from '../lab/serve.ts'
import { clock, random } from './clock.ts'

/**
 * The embedded Carbon Black Cloud of this user.
 * @param state directory of the program's state
 */
export function openLabService(state: string, { latency, local = true, org, token }: LabSettings): LabService {
  const directory = join(state, 'lab')
  const lab = openLab({
    state: directory,
    processes: { pid: process.pid, alive: isAlive },
    clock, random,
    ...(latency === undefined ? {} : { latency }),
    ...(org === undefined ? {} : { org }),
    ...(token === undefined ? {} : { token }),
    local: local === true ? join(state, 'lab-machine') : local,
  })
  const send: Transport = async ({ method, url, headers, body, signal }) => {
    const request = new Request(url, {
      method, headers,
      ...(body === undefined ? {} : { body: (body instanceof Uint8Array ? body : ReadableStream.from(body)) as RequestInit['body'], duplex: 'half' }),
      ...(signal ? { signal } : {}),
    } as RequestInit)
    const response = await lab.handle(request)
    signal?.throwIfAborted()
    return { status: response.status, headers: Object.fromEntries(response.headers), body: bytesOf(response) }
  }
  return {
    send,
    org: lab.org,
    token: lab.token,
    directory,
    serve: options => serveLab(lab, options),
    reset: () => lab.reset(),
    close: () => lab.close(),
  }
}

async function* bytesOf(response: Response): AsyncIterable<Uint8Array> {
  if (response.body !== null) yield* response.body as unknown as AsyncIterable<Uint8Array>
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
