import { createHash, createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** What happens to a request instead of, or after, what it asks for. */
export type S3Fault =
  | { status: number; code?: string; headers?: Record<string, string>; region?: string }
  /** The connection is dropped before or after the request was carried out. */
  | { drop: 'before' | 'after' }
  /** Status 200, with an error in the body. */
  | { lateError: string }

export interface S3Request {
  method: string
  /** With the query, as it was sent. */
  path: string
  headers: Record<string, string>
  body: Buffer
}

interface S3Object {
  bytes: Buffer
  /** As S3 tells it: base64, with `-<parts>` for one of parts. */
  checksum: string
  headers: Record<string, string>
}

export interface S3Options {
  bucket?: string
  region?: string
  accessKeyId?: string
  secretAccessKey?: string
  sessionToken?: string
  /** Whether the bucket has object lock. */
  lock?: boolean
  /** Decides about each request, before it is looked at. */
  fault?: (request: S3Request) => S3Fault | undefined
}

export interface S3Server {
  url: string
  objects: Map<string, S3Object>
  /** Uploads that are neither completed nor aborted. */
  uploads: Map<string, S3Multipart>
  requests: S3Request[]
  /** The variables that cbc reaches it with. */
  env: Record<string, string>
}

interface S3Multipart {
  key: string
  parts: Map<number, { bytes: Buffer; etag: string; checksum: string }>
  headers: Record<string, string>
}

class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>
  constructor(status: number, code: string, message = '', headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

const closing: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closing.splice(0).map(close => close())))

/** Starts an S3 service on loopback with one bucket. It is as strict as the real one about signatures, checksums and conditions, and stricter about what is left out: whoever overwrites must say what. */
export async function s3Server(options: S3Options = {}): Promise<S3Server> {
  const { bucket = 'evidence', region = 'eu-central-1', accessKeyId = 'AKIDEXAMPLE', sessionToken, fault = () => undefined } = options
  const secretAccessKey = options.secretAccessKey ?? 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
  const objects: S3Server['objects'] = new Map()
  const uploads: S3Server['uploads'] = new Map()
  const requests: S3Request[] = []
  const service = new S3Service({ bucket, lock: options.lock === true, objects, uploads })
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = await received(incoming)
      requests.push(request)
      const happens = fault(request)
      if (happens !== undefined && 'drop' in happens && happens.drop === 'before') return void incoming.socket.destroy()
      if (happens !== undefined && 'lateError' in happens) return answer(response, 200, {}, errorXml(happens.lateError, ''))
      if (happens !== undefined && 'status' in happens)
        return answer(response, happens.status, happens.headers, errorXml(happens.code ?? '', 'a fault', happens.region))
      try {
        checkSignature(request, { region, accessKeyId, secretAccessKey, sessionToken })
        const { headers, text } = service.handle(request)
        if (happens !== undefined) return void incoming.socket.destroy()
        answer(response, request.method === 'DELETE' ? 204 : 200, headers, text)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const { status, code, message, headers } = error
        answer(response, status, headers, request.method === 'HEAD' ? '' : errorXml(code, message, headers['x-amz-bucket-region']))
      }
    })().catch(() => incoming.socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise(resolve => server.close(() => resolve()).closeAllConnections()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    objects,
    uploads,
    requests,
    env: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    },
  }
}

async function received(incoming: IncomingMessage): Promise<S3Request> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(parts),
  }
}

function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}, text = ''): void {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(text)), ...headers })
  response.end(text)
}

function errorXml(code: string, message: string, region?: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${region === undefined ? '' : `<Region>${region}</Region>`}</Error>`
}

interface Service {
  bucket: string
  lock: boolean
  objects: S3Server['objects']
  uploads: S3Server['uploads']
}

/** What S3 does with a request whose signature is right. */
class S3Service {
  readonly #service: Service
  constructor(service: Service) {
    this.#service = service
  }

  handle(request: S3Request): { headers?: Record<string, string>; text?: string } {
    const { method, path, headers, body } = request
    const url = new URL(path, 'http://s3.localhost')
    const [, bucket, ...parts] = url.pathname.split('/')
    const key = parts.map(decodeURIComponent).join('/')
    const { objects, uploads } = this.#service
    if (bucket !== this.#service.bucket) throw new Refused(404, 'NoSuchBucket')
    if (key === '') return this.#aboutBucket(method, url)
    if (method === 'HEAD') return this.#head(key, headers)
    if (method === 'PUT' && !url.search) {
      this.#put(key, request)
      return {}
    }
    if (method === 'POST' && url.search === '?uploads=') {
      this.#checkLock(headers)
      expectThat(
        headers['x-amz-checksum-algorithm'] === 'SHA256' && headers['x-amz-checksum-type'] === 'COMPOSITE',
        'no checksums announced',
      )
      const id = `${randomUUID()}.a+b/c=`
      uploads.set(id, { key, parts: new Map(), headers })
      return { text: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` }
    }
    const id = url.searchParams.get('uploadId') ?? ''
    const upload = uploads.get(id)
    if (upload?.key !== key) throw new Refused(404, 'NoSuchUpload')
    if (method === 'DELETE') {
      uploads.delete(id)
      return {}
    }
    if (method === 'PUT') {
      const number = Number(url.searchParams.get('partNumber'))
      if (!(number >= 1 && number <= 10_000)) throw new Refused(400, 'InvalidArgument')
      const part = { bytes: body, etag: etagOf(body), checksum: checked(headers, body) }
      upload.parts.set(number, part)
      return { headers: { etag: part.etag, 'x-amz-checksum-sha256': part.checksum } }
    }
    if (method !== 'POST') throw new Refused(405, 'MethodNotAllowed')
    const whole = assembled(upload, body.toString())
    this.#checkOnce(key, headers)
    objects.set(key, { ...whole, headers: upload.headers })
    uploads.delete(id)
    return { text: '<?xml version="1.0" encoding="UTF-8"?>\n\n<CompleteMultipartUploadResult/>' }
  }

  #aboutBucket(method: string, { search }: URL): { text?: string } {
    if (method === 'HEAD' && search === '') return {}
    if (method !== 'GET' || search !== '?object-lock=') throw new Refused(405, 'MethodNotAllowed')
    if (!this.#service.lock) throw new Refused(404, 'ObjectLockConfigurationNotFoundError')
    return { text: '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>' }
  }

  #head(key: string, headers: Record<string, string>): { headers: Record<string, string> } {
    const found = this.#service.objects.get(key)
    if (found === undefined) throw new Refused(404, 'NoSuchKey')
    const checksum = headers['x-amz-checksum-mode'] === 'ENABLED' ? { 'x-amz-checksum-sha256': found.checksum } : {}
    return { headers: { 'content-length': String(found.bytes.length), etag: etagOf(found.bytes), ...checksum } }
  }

  #put(key: string, { headers, body }: S3Request): void {
    this.#checkLock(headers)
    const checksum = checked(headers, body)
    this.#checkOnce(key, headers)
    this.#service.objects.set(key, { bytes: body, checksum, headers })
  }

  #checkOnce(key: string, headers: Record<string, string>): void {
    const [none, match] = [headers['if-none-match'], headers['if-match']]
    expectThat((none === '*') !== (match !== undefined), 'it would overwrite')
    const found = this.#service.objects.get(key)
    if (match !== undefined && found === undefined) throw new Refused(404, 'NoSuchKey')
    if (match !== undefined ? etagOf(found?.bytes ?? '') !== match : found !== undefined) throw new Refused(412, 'PreconditionFailed')
  }

  #checkLock(headers: Record<string, string>): void {
    const [mode, until, hold] = ['mode', 'retain-until-date', 'legal-hold'].map(name => headers[`x-amz-object-lock-${name}`])
    if ((mode ?? until ?? hold) === undefined) return
    if (!this.#service.lock) throw new Refused(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration')
    if ((mode === undefined) !== (until === undefined)) throw new Refused(400, 'InvalidArgument')
    if (until !== undefined && !(Date.parse(until) > 0)) throw new Refused(400, 'InvalidArgument')
  }
}

/** Puts the parts together that a request names ("CompleteMultipartUpload"). */
function assembled({ parts }: S3Multipart, xml: string): { bytes: Buffer; checksum: string } {
  const named = [
    ...xml.matchAll(/<Part><PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag><ChecksumSHA256>(.*?)<\/ChecksumSHA256><\/Part>/g),
  ]
  if (named.length === 0) throw new Refused(400, 'MalformedXML')
  const found = named.map(([, number, etag = '', checksum], n) => {
    if (Number(number) !== n + 1) throw new Refused(400, 'InvalidPartOrder')
    const part = parts.get(Number(number))
    if (part?.etag !== etag.replaceAll('&#34;', '"') || part.checksum !== checksum) throw new Refused(400, 'InvalidPart')
    // The real service wants 5 MiB; the checksum depends on parts of one size.
    if (n < named.length - 1 && part.bytes.length !== parts.get(1)?.bytes.length) throw new Refused(400, 'EntityTooSmall')
    return part
  })
  const digests = Buffer.concat(found.map(({ checksum }) => Buffer.from(checksum, 'base64')))
  return { bytes: Buffer.concat(found.map(({ bytes }) => bytes)), checksum: `${hash('sha256', digests, 'base64')}-${found.length}` }
}

function checked(headers: Record<string, string>, body: Buffer): string {
  const checksum = headers['x-amz-checksum-sha256'] ?? ''
  expectThat(checksum !== '', 'it has no checksum')
  if (checksum !== hash('sha256', body, 'base64')) throw new Refused(400, 'BadDigest')
  return checksum
}

/** What the real service would let pass, and we don't. */
function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Refused(400, 'InvalidArgument', otherwise)
}

function etagOf(bytes: Buffer | string): string {
  return `"${hash('md5', bytes, 'hex')}"`
}

function hash(algorithm: string, bytes: Buffer | string, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(bytes).digest(encoding)
}

interface Keys {
  region: string
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string | undefined
}

/** Checks a signature from the bytes that came ("Authenticating Requests: Using the Authorization Header"). */
function checkSignature({ method, path, headers, body }: S3Request, { region, accessKeyId, secretAccessKey, sessionToken }: Keys): void {
  const form = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
  const [, id, day = '', asked, list = '', signature] = form.exec(headers['authorization'] ?? '') ?? []
  if (id !== accessKeyId) throw new Refused(403, 'InvalidAccessKeyId')
  if (asked !== region) throw new Refused(400, 'AuthorizationHeaderMalformed', 'the region is wrong', { 'x-amz-bucket-region': region })
  if (headers['x-amz-security-token'] !== sessionToken) throw new Refused(403, 'InvalidToken')
  const signed = list.split(';')
  const unsigned = Object.keys(headers).filter(name => (name === 'host' || name.startsWith('x-amz-')) && !signed.includes(name))
  if (unsigned.length > 0) throw new Refused(403, 'AccessDenied', `not signed: ${unsigned.join(', ')}`)
  const sha256 = headers['x-amz-content-sha256'] ?? ''
  if (sha256 !== hash('sha256', body, 'hex')) throw new Refused(400, 'XAmzContentSHA256Mismatch')
  const [rawPath = '', rawQuery = ''] = path.split('?')
  const canonical = [
    method,
    rawPath
      .split('/')
      .map(part => escaped(decodeURIComponent(part)))
      .join('/'),
    rawQuery
      .split('&')
      .filter(Boolean)
      .map(pair =>
        pair
          .split('=')
          .map(text => escaped(decodeURIComponent(text)))
          .join('='),
      )
      .sort()
      .join('&'),
    ...signed.map(name => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    list,
    sha256,
  ].join('\n')
  const time = headers['x-amz-date'] ?? ''
  const scope = `${day}/${region}/s3/aws4_request`
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, text) => createHmac('sha256', secret).update(text).digest(),
    `AWS4${secretAccessKey}`,
  )
  const ours = createHmac('sha256', key)
    .update(['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical, 'hex')].join('\n'))
    .digest('hex')
  if (!time.startsWith(day) || ours !== signature) throw new Refused(403, 'SignatureDoesNotMatch', `the secret is not ${secretAccessKey}`)
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
