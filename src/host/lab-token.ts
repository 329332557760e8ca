import { CbcError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import type { Key } from '../lab/cloud/access/keys.ts'
import { DOCUMENT_TOKENS } from '../lab/cloud/document-tokens.ts'

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
/** The least number of characters, and of different characters, in a secret that can't be guessed. */
const MIN_TOKEN_LENGTH = 20
const MIN_DISTINCT_CHARS = 8

/** Returns an API key that nobody can guess, in the form of the service: `<API secret key>/<API ID>`. */
export function randomToken(random: Random): string {
  const characters = (count: number) => Array.from({ length: count }, () => CHARACTERS[random.below(CHARACTERS.length)]).join('')
  return `${characters(24)}/${characters(10)}`
}

/** Checks the secrets of a lab that others can reach. @throws CbcError refused: others know a secret, or can guess it */
export function checkStrength(token: string | undefined, keys: readonly Key[] = []): void {
  const secrets = keys.map(
    (key, at) => [`key ${at + 1} of --keys`, 'token' in key ? key.token : 'apiToken' in key ? key.apiToken : key.appSecret] as const,
  )
  const weak = [...(token === undefined ? [] : [['--token', token] as const]), ...secrets].find(([, secret]) => isWeak(secret))
  if (weak === undefined) return
  throw new CbcError(
    'refused',
    `${weak[0]} is a secret that others can guess, and with it they could run programs on this machine or use the lab as you do`,
    {
      hint: `leave it out to have a random one made, or use at least ${MIN_TOKEN_LENGTH} random characters`,
    },
  )
}

function isWeak(secret: string): boolean {
  return DOCUMENT_TOKENS.includes(secret) || secret.length < MIN_TOKEN_LENGTH || new Set(secret).size < MIN_DISTINCT_CHARS
}
