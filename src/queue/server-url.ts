import { usage } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'

/** A queue server, as its URL names it. */
export interface ServerUrl {
  engine: 'PostgreSQL' | 'Redis'
  /** What may be shown: `postgres://10.0.0.5:5432/cbc`. */
  shown: string
  url: URL
}

const ENGINES: Record<string, ServerUrl['engine']> = {
  'postgres:': 'PostgreSQL',
  'postgresql:': 'PostgreSQL',
  'redis:': 'Redis',
  'rediss:': 'Redis',
}

/** Reads the URL of a queue server; its password appears in no message. @throws CbcError usage */
export function serverUrl(secret: Secret): ServerUrl {
  const text = secret.reveal()
  const url = URL.canParse(text) ? new URL(text) : undefined
  const engine = url && ENGINES[url.protocol]
  if (url === undefined || engine === undefined)
    throw usage(
      'this is not the URL of a queue server',
      'it begins with postgres://, redis:// or rediss://; characters such as @, / and % in a password are written as %40, %2F and %25',
    )
  return { engine, shown: `${url.protocol}//${url.host}${url.pathname}`, url }
}

/** Returns a part of a URL as it was before it was written into one. @param what it is, for the message @throws CbcError usage */
export function decoded(part: string, what: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw usage(`the ${what} in the URL of the queue server is not written as URLs have it`, 'a % in it is written as %25')
  }
}

/** Refuses what is asked for after the `?` of a URL and would be ignored. @throws CbcError usage */
export function onlyParameters(url: URL, known: readonly string[]): void {
  const other = [...url.searchParams.keys()].find(name => !known.includes(name))
  if (other !== undefined)
    throw usage(
      `the URL of the queue server has an unknown parameter: ${other}`,
      known.length === 0 ? 'it takes none' : `it takes ${known.join(' and ')}`,
    )
}
