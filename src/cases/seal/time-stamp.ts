import { children, decode, encode, encodeInteger, encodeOid, expect, NotDer, oidOf, TAG, type Element } from './der.ts'
import { checkSignature, type SignedBy } from './cms.ts'

const SHA256 = '2.16.840.1.101.3.4.2.1'
const SIGNED_DATA = '1.2.840.113549.1.7.2'
const TIME_STAMP_INFO = '1.2.840.113549.1.9.16.1.4'
const STATUS = ['granted', 'granted with modifications', 'rejected', 'waiting', 'a revocation is imminent', 'revoked']
/** How many of the statuses grant a time stamp. */
const GRANTING = 2

/** What a time-stamping authority says in its answer (RFC 3161, section 2.4.2). */
export interface TimeStamp {
  /** When, ISO 8601, UTC. */
  time: string
  /** Hex. */
  serial: string
  /** The policy of the authority, an object identifier. */
  policy: string
  /** SHA-256, hex, of what it stamped; undefined where it used another hash. */
  imprint: string | undefined
  /** Hex; absent where the answer has none. */
  nonce?: string
  signature: SignedBy
}

/**
 * Writes a TimeStampReq for content, and asks for the certificate of the authority to be in the answer (RFC 3161, section 2.4.1).
 * @param sha256 of the content
 * @param nonce any number that was not used before; the answer repeats it
 */
export function timeStampRequest(sha256: Uint8Array, nonce: Uint8Array): Buffer {
  const imprint = encode(TAG.sequence, encode(TAG.sequence, encodeOid(SHA256), encode(TAG.null)), encode(TAG.octetString, sha256))
  return encode(TAG.sequence, encodeInteger(Uint8Array.of(1)), imprint, encodeInteger(nonce), encode(TAG.boolean, Uint8Array.of(0xff)))
}

/** Reads a TimeStampResp. @returns the time stamp, or why there is none */
export function readTimeStamp(answer: Uint8Array): TimeStamp | { problem: string } {
  try {
    const [status, token] = children(expect(decode(answer), TAG.sequence))
    const refusal = refusalIn(expect(status, TAG.sequence))
    return refusal === undefined ? readToken(expect(token, TAG.sequence)) : { problem: `is a refusal: ${refusal}` }
  } catch (error) {
    // Certificates and signatures that Node can't read are none either.
    return { problem: `is no answer of a time-stamping authority: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function readToken(token: Element): TimeStamp {
  const signedData = explicit(contentOf(token, SIGNED_DATA), TAG.sequence)
  const content = children(signedData).find(({ tag }) => tag === TAG.sequence)
  const info = explicit(contentOf(expect(content, TAG.sequence), TIME_STAMP_INFO), TAG.octetString).content
  const facts = readInfo(info)
  return { ...facts, signature: checkSignature(signedData, info, facts.time) }
}

/** Returns a number of an answer as it is in `TimeStamp`: hex, without leading zeros. */
export function hexNumber(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '')
}

/** Returns why the authority didn't stamp it; undefined where it did. */
function refusalIn(info: Element): string | undefined {
  const [number, ...more] = children(info)
  const status = expect(number, TAG.integer).content.at(-1) ?? STATUS.length
  if (status < GRANTING) return undefined
  const texts = more.filter(({ tag }) => tag === TAG.sequence).flatMap(children)
  return [STATUS[status] ?? `status ${status}`, ...texts.map(({ content }) => content.toString('utf8'))].join(': ')
}

/** Returns what is in a ContentInfo of that type. @throws NotDer */
function contentOf(info: Element, type: string): Element {
  const [kind, content] = children(info)
  if (oidOf(kind) !== type) throw new NotDer('it holds no time stamp')
  return expect(content, TAG.context0)
}

function explicit(outer: Element, tag: number): Element {
  return expect(children(outer)[0], tag)
}

/** Reads a TSTInfo. */
function readInfo(info: Buffer): Omit<TimeStamp, 'signature'> {
  const [, policy, imprint, serial, time, ...rest] = children(expect(decode(info), TAG.sequence))
  const [algorithm, hash] = children(expect(imprint, TAG.sequence))
  const isSha256 = oidOf(children(expect(algorithm, TAG.sequence))[0]) === SHA256
  const nonce = rest.find(({ tag }) => tag === TAG.integer)
  return {
    time: isoOf(expect(time, TAG.generalizedTime).content.toString('latin1')),
    serial: hexNumber(expect(serial, TAG.integer).content),
    policy: oidOf(policy),
    imprint: isSha256 ? expect(hash, TAG.octetString).content.toString('hex') : undefined,
    ...(nonce === undefined ? {} : { nonce: hexNumber(nonce.content) }),
  }
}

/** Reads a GeneralizedTime: `20261130201822.5Z`. @throws NotDer */
function isoOf(text: string): string {
  const [, year, month, day, hour, minute, second, fraction = ''] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? []
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(time)) throw new NotDer('its time is none')
  return new Date(time).toISOString().replace('.000Z', `${fraction}Z`)
}
