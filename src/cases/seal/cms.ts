import { createHash, verify, X509Certificate, type KeyObject } from 'node:crypto'
import { children, decode, expect, oidOf, TAG, type Element } from './der.ts'

const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
/** What a certificate must be for (extended key usage). */
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const DIGESTS: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
/** Signature algorithms that are checked: RSA (PKCS #1 v1.5) by itself, where the digest is named apart, and RSA and ECDSA with a digest. */
const SIGNATURES: Record<string, string | undefined> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}
const RSA = '1.2.840.113549.1.1.1'

/**
 * Who signed content, and whether the signature is right. That the certificate leads to somebody whom one trusts is not checked: that needs
 * a list of whom one trusts.
 */
export type SignedBy =
  /** The certificate's subject and issuer, one line each. */
  { state: 'valid'; subject: string; issuer: string; certificate_until: string } | { state: 'invalid' | 'unchecked'; why: string }

/**
 * Checks the signature of SignedData (RFC 5652, section 5) with the certificate in it.
 * @param content what was signed
 * @param time when, ISO 8601
 * @throws NotDer
 */
export function checkSignature(signedData: Element, content: Uint8Array, time: string): SignedBy {
  const parts = children(signedData)
  const signer = children(
    expect(
      parts.findLast(({ tag }) => tag === TAG.set),
      TAG.set,
    ),
  )[0]
  const [, identity, digest, signed, algorithm, signature] = children(expect(signer, TAG.sequence))
  if (signed?.tag !== TAG.context0) return { state: 'unchecked', why: 'it has no signed attributes' }
  const hash = DIGESTS[oidOf(children(expect(digest, TAG.sequence))[0])]
  const kind = oidOf(children(expect(algorithm, TAG.sequence))[0])
  const signatureHash = kind === RSA ? hash : SIGNATURES[kind]
  if (hash === undefined || signatureHash === undefined) return { state: 'unchecked', why: `cbc does not know the algorithm ${kind}` }
  if (!digestIn(signed).equals(createHash(hash).update(content).digest())) return { state: 'invalid', why: 'it is of other content' }
  const certificate = parts
    .filter(({ tag }) => tag === TAG.context0)
    .flatMap(children)
    .find(({ whole }) => isOf(whole, identity))
  if (certificate === undefined) return { state: 'unchecked', why: "the signer's certificate is not in it" }
  const attributes = Buffer.from(signed.whole)
  // What is signed are the attributes as a SET, whatever tag they have here.
  attributes[0] = TAG.set
  return signedBy(new X509Certificate(certificate.whole), time, key =>
    verify(signatureHash, attributes, key, expect(signature, TAG.octetString).content),
  )
}

function signedBy(certificate: X509Certificate, time: string, verifies: (key: KeyObject) => boolean): SignedBy {
  const [subject, issuer] = [certificate.subject, certificate.issuer].map(name => name.split('\n').join(', ')) as [string, string]
  const at = Date.parse(time)
  if (!verifies(certificate.publicKey)) return { state: 'invalid', why: `it does not fit the certificate of ${subject}` }
  if (!(certificate.keyUsage as string[] | undefined)?.includes(TIME_STAMPING))
    return { state: 'invalid', why: `the certificate of ${subject} is not for time stamps` }
  if (at < Date.parse(certificate.validFrom) || at > Date.parse(certificate.validTo))
    return { state: 'invalid', why: `the certificate of ${subject} was not valid then` }
  return { state: 'valid', subject, issuer, certificate_until: new Date(certificate.validTo).toISOString() }
}

/** Returns the digest of the content among signed attributes. */
function digestIn(signed: Element): Buffer {
  const attribute = children(signed).find(one => oidOf(children(one)[0]) === MESSAGE_DIGEST)
  const values = children(expect(children(expect(attribute, TAG.sequence))[1], TAG.set))
  return expect(values[0], TAG.octetString).content
}

/** Whether a certificate is the one with this issuer and serial number. */
function isOf(certificate: Uint8Array, identity: Element | undefined): boolean {
  const [issuer, serial] = children(expect(identity, TAG.sequence))
  const fields = children(expect(children(decode(certificate))[0], TAG.sequence))
  // The version comes first, if there is one.
  const [its, , name] = fields[0]?.tag === TAG.context0 ? fields.slice(1) : fields
  return its !== undefined && name !== undefined && serial?.whole.equals(its.whole) === true && issuer?.whole.equals(name.whole) === true
}
