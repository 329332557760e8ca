import type { OwnStore, TokenStore } from '../../config/profile-store.ts'
import { profileOf, type Profile } from '../../config/profile.ts'
import { isSecret, otherCredentialSettings, settingOf, type CredentialKind, type SettingKey } from '../../config/settings.ts'
import { usage } from '../../core/errors.ts'
import type { LocalFiles } from '../../core/ports.ts'
import { Secret } from '../../core/secret.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import { takeSecret } from './secret.ts'

/** The options of `config init`. */
export interface InitOptions {
  name: string | undefined
  url: string | undefined
  orgKey: string | undefined
  auth: CredentialKind | undefined
  cspOauthAppId: string | undefined
  cspUrl: string | undefined
  sslCertFile: string | undefined
  tokenStore: TokenStore | undefined
  tokenStdin: boolean
  noTest: boolean
  use: boolean
}

/** The setting that holds the secret, by kind of key. */
export const SECRET_OF = {
  'api-key': 'token',
  'csp-api-token': 'csp_api_token',
  'csp-oauth-app': 'csp_oauth_app_secret',
} as const satisfies Record<CredentialKind, SettingKey>

/** A profile that is being made. */
export class Draft {
  readonly name: string
  readonly values: Record<string, string> = {}
  readonly secrets: Record<string, Secret> = {}
  readonly #local: LocalFiles

  constructor(name: string, local: LocalFiles) {
    this.name = name
    this.#local = local
  }

  /** Checks and sets a setting. @param what its name in messages @throws CbcError usage, auth, io: the text is not valid */
  async set(key: SettingKey, text: string, what: string = key): Promise<void> {
    const checked = await this.check(key, text, what)
    for (const rival of otherCredentialSettings(key)) {
      delete this.values[rival]
      delete this.secrets[rival]
    }
    if (isSecret(key, checked)) this.secrets[key] = new Secret(checked)
    else this.values[key] = checked
  }

  /** Returns a text in the form in which it would be saved. @throws CbcError usage, auth, io: the text is not valid */
  async check(key: SettingKey, text: string, what: string = key): Promise<string> {
    return await settingOf(key).check(text.trim(), what, this.#local)
  }

  /** Returns the finished profile. @throws CbcError auth: something is missing */
  profile(): Profile {
    const revealed = Object.fromEntries(Object.entries(this.secrets).map(([key, secret]) => [key, secret.reveal()]))
    return profileOf({ name: this.name, values: { ...this.values, ...revealed } }, 'what was given')
  }
}

/** Sets what the command line gives, except credentials. */
export async function applyOptions(draft: Draft, { url, orgKey, cspUrl, sslCertFile }: InitOptions): Promise<void> {
  const given = [
    ['url', url, '--url'],
    ['org_key', orgKey, '--org-key'],
    ['csp_url_override', cspUrl, '--csp-url'],
    ['ssl_cert_file', sslCertFile, '--ssl-cert-file'],
  ] as const
  for (const [key, text, what] of given) if (text !== undefined) await draft.set(key, text, what)
}

/** Returns the kind of key that the command line asks for. */
export function kindOf({ auth, cspOauthAppId }: InitOptions): CredentialKind | undefined {
  return auth ?? (cspOauthAppId === undefined ? undefined : 'csp-oauth-app')
}

/**
 * Completes a draft without questions: from the environment, and the secret from stdin.
 * @throws CbcError usage: something is missing
 */
export async function completeWithoutPrompts(draft: Draft, options: InitOptions, host: Host, globals: Globals): Promise<void> {
  const { env } = host
  const kind = kindOf(options) ?? 'api-key'
  const fromEnvironment = kind === 'api-key' && !options.tokenStdin ? env['CBC_TOKEN'] : undefined
  for (const [key, variable] of [
    ['url', 'CBC_URL'],
    ['org_key', 'CBC_ORG_KEY'],
  ] as const) {
    if (draft.values[key] === undefined && env[variable]) await draft.set(key, env[variable], variable)
  }
  const missing = [
    ...(draft.values['url'] === undefined ? ['--url'] : []),
    ...(draft.values['org_key'] === undefined ? ['--org-key'] : []),
    ...(kind === 'csp-oauth-app' && options.cspOauthAppId === undefined ? ['--csp-oauth-app-id'] : []),
    ...(options.tokenStdin || fromEnvironment ? [] : ['--token-stdin']),
  ]
  if (missing.length > 0) {
    throw usage(
      `config init: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing, and nobody can be asked`,
      'cbc config init NAME --url URL --org-key KEY --token-stdin < TOKEN-FILE',
    )
  }
  if (options.cspOauthAppId !== undefined) await draft.set('csp_oauth_app_id', options.cspOauthAppId, '--csp-oauth-app-id')
  const key = SECRET_OF[kind]
  if (fromEnvironment) await draft.set(key, fromEnvironment, 'CBC_TOKEN')
  else await draft.set(key, await takeSecret(host, globals, `the ${key}`, async text => await draft.check(key, text, 'what came in')))
}

/** Saves a draft as a profile. @returns where its secrets are kept, and a notice for the user */
export async function save(
  draft: Draft,
  store: OwnStore,
  place: TokenStore | undefined,
  use: boolean,
): Promise<{ store?: TokenStore; notice?: string }> {
  const { values, secrets } = draft
  return await store.change(draft.name, { values, secrets, replace: true, use, ...(place === undefined ? {} : { store: place }) })
}
