import type { Profile } from '../../config/profile.ts'
import { asCbcError } from '../../core/errors.ts'
import type { Certificate, WireResponse } from '../../core/ports.ts'
import { formatDuration } from '../../core/quantity.ts'
import type { Host } from '../../core/host.ts'
import { failed, failure, passed, skipped, type Finding } from './finding.ts'
import type { Bounded } from './time-limit.ts'

const DAY_MS = 24 * 3_600_000
/** A certificate that expires sooner than this gets a hint, milliseconds. */
const CERTIFICATE_ENDS_SOON_MS = 14 * DAY_MS
/** A clock that is off by more than this breaks certificates and access tokens, milliseconds. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

/** The answer to a plain request; when it was sent, and when the answer came, milliseconds since 1970. */
interface Answer {
  response: WireResponse
  certificate: Certificate | undefined
  asked: number
  came: number
}

/**
 * Checks the way to the service: name, proxy, connection, certificate, clock. The request has no credentials.
 * @returns whether the service can be reached
 */
export async function* checkNetwork(profile: Profile, host: Host, bounded: Bounded): AsyncGenerator<Finding, boolean> {
  if (!(yield* checkRoute(profile, host, bounded))) return false
  const service = profile.url.host
  try {
    const answer = await bounded(`${service} does not answer`, signal => ask(profile, host, signal))
    yield passed('connection', `${service} answers, in ${formatDuration(answer.came - answer.asked)}`)
    yield checkCertificate(profile, answer, host.clock.now())
    yield checkClock(answer)
    return true
  } catch (error) {
    const {
      facts: { cause },
    } = asCbcError(error)
    const why = failure('connection', error)
    if (isCertificateError(cause)) {
      yield passed('connection', `${service} can be reached`)
      yield { ...why, check: 'tls' }
    } else yield why
    return false
  }
}

/** @returns whether it makes sense to go on */
async function* checkRoute({ url, network: settings }: Profile, host: Host, bounded: Bounded): AsyncGenerator<Finding, boolean> {
  try {
    const {
      host: name,
      addresses,
      proxy,
    } = await bounded(`${url.hostname}: the name was not looked up in time`, () => host.route(url, settings))
    yield addresses.includes(name)
      ? skipped('dns', `${name} is an address, not a name`)
      : passed('dns', `${name} is ${addresses.join(', ')}`)
    yield passed('proxy', proxy === undefined ? 'none is used' : `${proxy.host} (${proxy.from})`)
    return true
  } catch (error) {
    const why = failure('dns', error)
    // A usage error is about the setting that names a proxy, not about DNS.
    yield why.code === 'usage' ? { ...why, check: 'proxy' } : why
    return false
  }
}

/** Asks for the front page, which needs no permission. */
async function ask({ url, network: settings }: Profile, { network: open, clock: { now } }: Host, signal: AbortSignal): Promise<Answer> {
  const { send, close } = await open(settings)
  try {
    const asked = now()
    const response = await send({ method: 'GET', url: new URL('/', url), headers: { accept: '*/*' }, signal })
    const certificate = response.certificate?.()
    return { response, certificate, asked, came: now() }
  } finally {
    close()
  }
}

function checkCertificate(
  { url, network: { verify, verifyHostname, caFile } }: Profile,
  { certificate: found }: Answer,
  now: number,
): Finding {
  if (url.protocol === 'http:') return skipped('tls', 'none: the service is on this machine')
  if (found === undefined) return skipped('tls', "the certificate can't be seen from here")
  const { subject, issuer, until, protocol } = found
  const last = new Date(until).toISOString().slice(0, 10)
  const detail = `${protocol}, certificate of ${subject} by ${issuer}, valid until ${last}${caFile === undefined ? '' : `, trusted by ${caFile}`}`
  if (!verify)
    return passed(
      'tls',
      `${detail}, not verified`,
      'ssl_verify is off in the profile: anyone on the network path can read the traffic; name the right authority in ssl_cert_file instead',
    )
  if (!verifyHostname) return passed('tls', `${detail}, for any name`, 'ssl_verify_hostname is off in the profile: switch it on if you can')
  return passed(
    'tls',
    detail,
    until - now < CERTIFICATE_ENDS_SOON_MS ? 'it expires soon: whoever runs the service has to renew it' : undefined,
  )
}

function checkClock({ response, asked, came }: Answer): Finding {
  const theirs = Date.parse(response.headers['date'] ?? '')
  if (Number.isNaN(theirs)) return skipped('clock', 'the service does not say what time it is')
  // Their time is in whole seconds, and was taken at some moment between the request and the answer.
  const off = Math.max(0, asked - (theirs + 1000), theirs - came)
  const sign = theirs > came ? 'behind' : 'ahead of'
  if (off < 1000) return passed('clock', 'agrees with the service')
  const detail = `is ${formatDuration(off)} ${sign} the service`
  return off > CLOCK_TOLERANCE_MS
    ? failed('clock', 'internal', detail, 'set the clock of this machine: certificates and access tokens go by it')
    : passed('clock', detail)
}

/** Whether the service could be reached and only its certificate was rejected, by Node's error codes. */
function isCertificateError(cause: unknown): boolean {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  return code !== undefined && /CERT|SIGNATURE|CRL|ISSUER|ERR_SSL|EPROTO/.test(code)
}
