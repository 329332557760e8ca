import { CbcError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'

/** What goes with a request to prove who calls ("Authentication"). */
export interface Credentials {
  /** What it is, for messages: `the API key`. */
  readonly what: string
  /** Where it is set and what may be wrong with it: the hint of a 401. */
  readonly hint: string
  /** Its permissions come with roles of the Cloud Services Platform, which has names of its own for them. */
  readonly roles?: boolean
  /**
   * The headers for one request.
   * @throws NoCredentials auth, network: there are none to be had
   */
  headers(signal?: AbortSignal): Promise<Record<string, string>>
  /** Told that a request with these headers was refused (401). @returns whether `headers` has better ones now */
  expired?(headers: Record<string, string>): boolean
  /** Texts that may not be shown, not even where an answer holds them. */
  secrets(): string[]
}

/** There is nothing to prove with who calls: the call was not sent. */
export class NoCredentials extends CbcError {
  readonly sent = false
  /** It was asked for often enough. */
  readonly lasting = true
}

/** An API key: header X-Auth-Token, `<API secret key>/<API ID>`. */
export class ApiKey implements Credentials {
  readonly what = 'the API key'
  readonly hint = 'check token and organization of the profile: `cbc config get` shows it, `cbc config set token` takes a new token'
  readonly #token: Secret

  constructor(token: Secret) {
    this.#token = token
  }

  async headers(): Promise<Record<string, string>> {
    return { 'x-auth-token': this.#token.reveal() }
  }

  secrets(): string[] {
    const token = this.#token.reveal()
    return [token, token.split('/', 1)[0] ?? '']
  }
}

/** What is shorter is no secret, and stands in any text, characters. */
const MIN_SECRET_LENGTH = 8

/**
 * Removes secrets from text that comes from elsewhere (a proxy may echo what it was sent), as they are and as forms, URLs and JSON hold
 * them.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .flatMap(secret => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')])
    .filter(form => form.length >= MIN_SECRET_LENGTH)
  // The longest first: a part of it may be a secret too.
  return forms.sort((one, other) => other.length - one.length).reduce((left, form) => left.replaceAll(form, '[secret]'), text)
}
