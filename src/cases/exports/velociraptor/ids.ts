import { createHash } from 'node:crypto'
import type { CaseDevice } from './devices.ts'

/** A device keeps its id from one export to the next, so that Velociraptor adds to the client that it already has. */
export function clientId({ id, organization = '' }: CaseDevice): string {
  return `C.${hashOf(`${organization}:${id}`).slice(0, 16)}`
}

/** @param head SHA-256 of the last line: what was exported before has another */
export function flowId(device: CaseDevice, head: string): string {
  return `F.${hashOf(`${clientId(device)}:${head}`)
    .slice(0, 13)
    .toUpperCase()}`
}

export function huntId(head: string): string {
  return `H.${hashOf(head).slice(0, 8).toUpperCase()}`
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The name under which the results of a verb stand: `LiveResponse.RegQuery`. */
export function artifactOf(verb: unknown): string {
  const words = String(verb).match(/[A-Za-z0-9]+/g) ?? ['Other']
  return `LiveResponse.${words.map(word => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')}`
}
