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

/**
 * The embedded Carbon Black Cloud of this user.
 * @param home directory of the program's state
 * @throws CbcError usage: settings or faults are not what they can be; refused: a guarded one with a token that others can guess
 */
export function openLabService(
  home: string,
  { local = true, state = join(home, 'lab'), devices, keys: given, token, guarded = false, ...settings }: LabSettings,
): LabService {
  const directory = state === false ? undefined : resolve(state)
  const keys = given === undefined ? undefined : checked(() => readKeys(given))
  if (guarded) checkStrength(token, keys)
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
  const lab = checked(() => openLab(directory === undefined ? common : { ...common, state: directory, processes }))
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

/** Runs `make`; what is wrong with the settings is the user's to mend. */
function checked<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidSettings')
      throw usage(`the lab's settings: ${error.message}`, 'docs/lab.md has all of them')
    throw error
  }
}

/** Carries requests into a lab, without a port. */
export function labTransport(lab: Lab): Transport {
  return async ({ method, url, headers, body, signal }) => {
    const request = requestOf(
      url,
      {
        method,
        headers,
        ...(body === undefined
          ? {}
          : { body: (body instanceof Uint8Array ? body : ReadableStream.from(body)) as RequestInit['body'], duplex: 'half' }),
      } as RequestInit,
      signal,
    )
    const response = await lab.handle(request).catch(error => dropped(error, url))
    signal?.throwIfAborted()
    return { status: response.status, headers: Object.fromEntries(response.headers), body: bytesOf(response, url, signal) }
  }
}

async function* bytesOf(response: Response, url: URL, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    if (response.body !== null) yield* response.body as unknown as AsyncIterable<Uint8Array>
  } catch (error) {
    signal?.throwIfAborted()
    throw await dropped(error, url)
  }
}

/** A fault of the lab, as the network has it. @throws CbcError network */
async function dropped(error: unknown, url: URL): Promise<never> {
  if (!(error instanceof Error) || error.name !== 'ConnectionDropped') throw error
  const { ConnectionError } = await import('./connection-error.ts')
  throw new ConnectionError(url.host, error.message, true, error)
}
