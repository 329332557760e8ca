import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Certificate } from '../core/ports.ts'

/** Returns the server's certificate; undefined when the connection has none. */
export function certificateOf(socket: Socket): Certificate | undefined {
  if (!('getPeerCertificate' in socket)) return undefined
  const secured = socket as TLSSocket
  const { subject, issuer, valid_to } = secured.getPeerCertificate()
  // Without a certificate Node returns an empty object, whatever its type says.
  if (subject === undefined || valid_to === undefined) return undefined
  return { subject: nameOf(subject), issuer: nameOf(issuer), until: Date.parse(valid_to), protocol: secured.getProtocol() ?? '' }
}

function nameOf({ CN, O }: { CN?: string | string[]; O?: string | string[] }): string {
  return [CN ?? O ?? ''].flat().join(', ')
}
