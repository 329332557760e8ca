import { generateKeyPair, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import forge from 'node-forge'
import type { Clock, Random } from '../../core/ports.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** How long certificates are valid, in days: clients accept server certificates of at most 398. */
const CA_DAYS = 3650
const SERVER_DAYS = 397
/** An authority that expires within this time is replaced, ms. */
const RENEW_BEFORE_END_MS = 30 * DAY_MS

export interface TlsTools {
  clock: Clock
  random: Random
}

/** Key and certificate of an HTTPS server, PEM, and the file that clients have to trust. */
export interface Certificates {
  key: string
  cert: string
  /** Path of the authority's certificate. */
  ca: string
}

interface Authority {
  key: string
  cert: string
}

/**
 * Makes a server certificate for this machine's names, and returns it with the authority that signed it. The authority is made once and
 * kept in `folder`, so that clients need to trust it only once; its key is readable by its owner only.
 * @param hosts further names or addresses that the server is reached by
 */
export async function certificates(folder: string, hosts: readonly string[], { clock, random }: TlsTools): Promise<Certificates> {
  const ca = join(folder, 'ca.pem')
  const authority = (await loadAuthority(folder, clock)) ?? (await makeAuthority(folder, { clock, random }))
  const { privateKey, publicKey } = await keyPair()
  const certificate = blank(publicKey, clock, random, SERVER_DAYS)
  certificate.setSubject([{ name: 'commonName', value: 'localhost' }])
  certificate.setIssuer(forge.pki.certificateFromPem(authority.cert).subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])].map(altName) },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: forge.pki.certificateFromPem(authority.cert).generateSubjectKeyIdentifier().getBytes(),
    },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(authority.key), forge.md.sha256.create())
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate), ca }
}

/** Returns the authority of an earlier run, unless it is damaged or about to expire. */
async function loadAuthority(folder: string, clock: Clock): Promise<Authority | undefined> {
  try {
    const [key, cert] = await Promise.all([readFile(join(folder, 'ca.key'), 'utf8'), readFile(join(folder, 'ca.pem'), 'utf8')])
    const { validTo, publicKey } = new X509Certificate(cert)
    const keysMatch =
      publicKey.export({ type: 'spki', format: 'pem' }) ===
      forge.pki.publicKeyToPem(forge.pki.setRsaPublicKey(...publicOf(key))).replaceAll('\r', '')
    return keysMatch && Date.parse(validTo) > clock.now() + RENEW_BEFORE_END_MS ? { key, cert } : undefined
  } catch {
    return undefined
  }
}

function publicOf(pem: string): [forge.jsbn.BigInteger, forge.jsbn.BigInteger] {
  const { n, e } = forge.pki.privateKeyFromPem(pem)
  return [n, e]
}

async function makeAuthority(folder: string, { clock, random }: TlsTools): Promise<Authority> {
  const { privateKey, publicKey } = await keyPair()
  const certificate = blank(publicKey, clock, random, CA_DAYS)
  const name = [{ name: 'commonName', value: `cbc lab ${random.uuid().slice(0, 8)}` }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create())
  const authority = { key: privateKey, cert: forge.pki.certificateToPem(certificate) }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await replace(join(folder, 'ca.key'), authority.key, 0o600, random)
  await replace(join(folder, 'ca.pem'), authority.cert, 0o644, random)
  return authority
}

/** Replaces a file atomically: others see the old file or the new one, complete. */
async function replace(path: string, text: string, mode: number, random: Random): Promise<void> {
  const draft = `${path}.${random.uuid()}`
  await writeFile(draft, text, { mode })
  await rename(draft, path)
}

function blank(publicKey: string, clock: Clock, random: Random, days: number): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // A serial number must be positive: the first bit is 0.
  certificate.serialNumber = `0${random.uuid().replaceAll('-', '').slice(1)}`
  // A client's clock may be slow.
  certificate.validity.notBefore = new Date(clock.now() - DAY_MS)
  certificate.validity.notAfter = new Date(clock.now() + days * DAY_MS - DAY_MS)
  return certificate
}

/** Makes a 2048-bit RSA key: forge can sign with nothing else. Node makes it a hundred times as fast as forge. */
function keyPair(): Promise<{ privateKey: string; publicKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
}

/** GeneralName: 2 is a DNS name, 7 an address. */
function altName(host: string): { type: number; value?: string; ip?: string } {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host }
}
