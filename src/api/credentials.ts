import { CbcError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'

/** The credentials that are sent with each request ("Authentication"). */
export interface Credentials {
  /** Its name in messages: `the API key`. */
  readonly what: string
  /** Where it is set and what may be wrong with it: the hint of a 401. */
  readonly hint: string
  /** Its permissions come from roles of the Cloud Services Platform, which has other names for them. */
  readonly roles?: boolean
  /**
   * Returns the headers for one request.
   * @throws NoCredentials auth, network: there are no credentials
   */
  headers(signal?: AbortSignal): Promise<Record<string, string>>
  /** Called when a request with these headers was refused (401). @returns whether `headers` now returns better ones */
  expired?(headers: Record<string, string>): boolean
  /** Texts that must not be shown, not even as part of an answer. */
  secrets(): string[]
}

/** There are no credentials, so the call was not sent. */
export class NoCredentials extends CbcError {
  readonly sent = false
  /** Asking for them again would not help. */
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

/** The shortest secret that is removed from texts, characters: a shorter one would match in any text. */
const MIN_SECRET_LENGTH = 8

/** Removes secrets from foreign text (a proxy may echo what it was sent), in plain form and as encoded in forms, URLs and JSON. */
export function redacted(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .flatMap(secret => {
      const inJson = JSON.stringify(secret).slice(1, -1)
      return [secret, encodeURIComponent(secret), inJson, inJson.replaceAll('/', '\\/')]
    })
    .filter(form => form.length >= MIN_SECRET_LENGTH)
  // The longest first, because a part of it may be a secret too.
  return forms.sort((one, other) => other.length - one.length).reduce((left, form) => left.replaceAll(form, '[secret]'), text)
}
