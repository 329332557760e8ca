import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { usage } from '../../core/errors.ts'
import type { Random } from '../../core/ports.ts'
import { Secret } from '../../core/secret.ts'

/** What precedes the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const KEY_BYTES = 32
/** Characters of a key's id. */
const ID_LENGTH = 16

/** An analyst's key for seals. */
export interface SigningKey {
  key: KeyObject
  /** The first 16 hex digits of the SHA-256 of the public key's SubjectPublicKeyInfo. */
  id: string
  /** The public key, PEM. */
  publicKey: string
}

/** Makes a new Ed25519 key. @returns the private key, PEM (PKCS #8) */
export function newKey(random: Random): Secret {
  const bytes = Buffer.from(Array.from({ length: KEY_BYTES }, () => random.below(256)))
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), format: 'der', type: 'pkcs8' })
  return new Secret(key.export({ format: 'pem', type: 'pkcs8' }) as string)
}

/**
 * Reads a private key.
 * @param from where it is from, for messages
 * @throws CbcError usage: it is no Ed25519 key, or has a passphrase
 */
export function signingKey(pem: Secret, from: string): SigningKey {
  const hint = 'make one: openssl genpkey -algorithm ed25519 -out FILE'
  let key: KeyObject
  try {
    key = createPrivateKey(pem.reveal())
  } catch {
    throw usage(`${from}: is no private key in PEM, or has a passphrase`, hint)
  }
  if (key.asymmetricKeyType !== 'ed25519') throw usage(`${from}: is no Ed25519 key`, hint)
  const publicKey = createPublicKey(key)
  return { key, id: keyId(publicKey), publicKey: publicKey.export({ format: 'pem', type: 'spki' }) as string }
}

/** Reads a public key for seals; undefined where the text is none. */
export function readPublicKey(pem: string | undefined): { key: KeyObject; id: string } | undefined {
  try {
    const key = createPublicKey(pem ?? '')
    return key.asymmetricKeyType === 'ed25519' ? { key, id: keyId(key) } : undefined
  } catch {
    return undefined
  }
}

function keyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, ID_LENGTH)
}
