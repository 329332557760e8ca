import { join, resolve } from 'node:path'
import { usage } from '../core/errors.ts'
import type { Transport } from '../core/ports.ts'
import type { LabService, LabSettings } from '../core/host.ts'
import { readKeys } from '../lab/cloud/access/keys.ts'
import { openLab, type Lab } from '../lab/lab.ts'
import { requestOf } from '../lab/request.ts'
import { clock, random } from './clock.ts'
import { checkStrength, randomToken } from './lab-token.ts'
import { processes } from './processes.ts'
import { makeStateFolder } from './state-folder.ts'

/**
 * Opens this user's embedded Carbon Black Cloud.
 * @param home the directory of the program's state
 * @throws CbcError usage: invalid settings or faults; refused: a guarded lab with a token that others can guess; io: its folder can't be written to
 */
export function openLabService(
  home: string,
  { local = true, state = join(home, 'lab'), devices, keys: given, token, guarded = false, ...settings }: LabSettings,
): LabService {
  const directory = state === false ? undefined : resolve(state)
  const keys = given === undefined ? undefined : withUsageErrors(() => readKeys(given))
  if (guarded) checkStrength(token, keys)
  if (directory !== undefined) makeStateFolder(directory, "the lab's state")
  const own = token ?? (guarded ? randomToken(random) : undefined)
  const common = {
    ...settings,
    clock,
    random,
    ...(own === undefined ? {} : { token: own }),
    ...(devices === undefined ? {} : { rosterSize: devices }),
    ...(keys === undefined ? {} : { keys }),
    local: local === true ? join(home, 'lab-machine') : local,
  }
  const lab = withUsageErrors(() => openLab(directory === undefined ? common : { ...common, state: directory, processes }))
  return {
    send: labTransport(lab),
    org: lab.org,
    token: lab.token,
    directory,
    serve: async options => (await import('./served-lab.ts')).serve(lab, directory, options),
    reset: () => lab.reset(),
    close: () => lab.close(),
  }
}

/** Runs `make`, and turns its complaints about the settings into usage errors. */
function withUsageErrors<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidSettings')
      throw usage(`the lab's settings: ${error.message}`, 'docs/lab.md has all of them')
    throw error
  }
}

/** Returns a transport that hands requests to a lab in this process, without a port. */
export function labTransport(lab: Lab): Transport {
  return async ({ method, url, headers, body, signal }) => {
    const request = requestOf(
      url,
      {
        method,
        headers,
        ...(body === undefined
          ? {}
          : { body: (body instanceof Uint8Array ? body : ReadableStream.from(copiesOf(body))) as RequestInit['body'], duplex: 'half' }),
      } as RequestInit,
      signal,
    )
    const response = await lab.handle(request).catch(error => asNetworkError(error, url))
    signal?.throwIfAborted()
    return { status: response.status, headers: Object.fromEntries(response.headers), body: bytesOf(response, url, signal) }
  }
}

/** The lab may keep what it is sent, whose memory is used again (`WireRequest.body`). */
async function* copiesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of body) yield Buffer.from(chunk)
}

async function* bytesOf(response: Response, url: URL, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    if (response.body !== null) yield* response.body as unknown as AsyncIterable<Uint8Array>
  } catch (error) {
    signal?.throwIfAborted()
    throw await asNetworkError(error, url)
  }
}

/** Turns a connection fault of the lab into a network error. @throws CbcError network */
async function asNetworkError(error: unknown, url: URL): Promise<never> {
  if (!(error instanceof Error) || error.name !== 'ConnectionDropped') throw error
  const { ConnectionError } = await import('./connection-error.ts')
  throw new ConnectionError(url.host, error.message, true, error)
}
