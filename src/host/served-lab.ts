import { mkdtemp, rm } from 'node:fs/promises'
import { hostname, networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { CbcError } from '../core/errors.ts'
import type { ServedAt, ServeLab } from '../core/host.ts'
import type { Lab } from '../lab/lab.ts'
import { isLoopback, serveLab, type ServeOptions } from '../lab/serve.ts'
import { clock, random } from './clock.ts'

/**
 * Serves a lab over HTTP, or HTTPS with a certificate made for it.
 * @param directory the lab's state, where the authority's certificate is kept; undefined: in a folder that is removed when the lab is
 *   closed
 * @throws CbcError refused: this machine is one of its endpoints and others could reach it; io: it can't listen there
 */
export async function serve(
  lab: Lab,
  directory: string | undefined,
  { port, host = '127.0.0.1', tls = false, control }: ServeLab,
): Promise<ServedAt> {
  if (lab.local && !isLoopback(host)) {
    throw new CbcError('refused', `a lab with this machine as an endpoint is not served to others, as it would be at ${host}`, {
      hint: 'leave out --this-machine and --directory, or --listen',
    })
  }
  const options: ServeOptions = { port, host, ...(control === undefined ? {} : { control }) }
  if (!tls) return await listening(lab, options)
  const folder = directory === undefined ? await mkdtemp(join(tmpdir(), 'cbc-lab-tls-')) : join(directory, 'tls')
  const leave = async () => {
    if (directory === undefined) await rm(folder, { recursive: true, force: true })
  }
  try {
    const { certificates } = await import('../lab/tls/certificates.ts')
    const { key, cert, ca } = await certificates(folder, isLoopback(host) ? [] : namesOf(host), { clock, random })
    const served = await listening(lab, { ...options, tls: { key, cert } })
    return { url: served.url, ca, close: () => served.close().then(leave) }
  } catch (error) {
    await leave()
    throw error
  }
}

async function listening(lab: Lab, options: ServeOptions): Promise<ServedAt> {
  try {
    return await serveLab(lab, options)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new CbcError('io', `can't listen at ${options.host ?? ''}:${options.port}: ${LISTEN_ERRORS[code] ?? code}`, { cause: error })
  }
}

const LISTEN_ERRORS: Record<string, string> = {
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: "the name can't be looked up",
}

/** Returns the names and addresses by which others may reach this machine. */
function namesOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host]
  const addresses = Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .map(({ address }) => address)
    .filter(address => !address.includes('%'))
  return [hostname(), ...addresses]
}
