import { CbcError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import type { Key } from '../lab/cloud/access/keys.ts'
import { DOCUMENT_TOKENS } from '../lab/cloud/document-tokens.ts'

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
/** What a secret must have at least that nobody is to guess: characters, and different ones among them. */
const MIN_TOKEN_LENGTH = 20
const MIN_DISTINCT_CHARS = 8

/** An API key that nobody can guess, in the form of the service's: `<API secret key>/<API ID>`. */
export function randomToken(random: Random): string {
  const signs = (count: number) => Array.from({ length: count }, () => SIGNS[random.below(SIGNS.length)]).join('')
  return `${signs(24)}/${signs(10)}`
}

/** @throws CbcError refused: a secret is one that others know, or can guess */
export function checkStrength(token: string | undefined, keys: readonly Key[] = []): void {
  const secrets = keys.map(
    (key, at) => [`key ${at + 1} of --keys`, 'token' in key ? key.token : 'apiToken' in key ? key.apiToken : key.appSecret] as const,
  )
  const weak = [...(token === undefined ? [] : [['--token', token] as const]), ...secrets].find(([, secret]) => isWeak(secret))
  if (weak === undefined) return
  throw new CbcError(
    'refused',
    `${weak[0]} is a secret that others can guess, and with it would run programs on this machine or use the lab as you do`,
    {
      hint: `leave it out, and a random one is made; else take at least ${MIN_TOKEN_LENGTH} random characters`,
    },
  )
}

function isWeak(secret: string): boolean {
  return DOCUMENT_TOKENS.includes(secret) || secret.length < MIN_TOKEN_LENGTH || new Set(secret).size < MIN_DISTINCT_CHARS
}
