import { createHash } from 'node:crypto'
import { InvalidSettings } from '../../behaviour/checks.ts'
import { DOCUMENT_TOKENS } from '../document-tokens.ts'
import { ALL_PERMISSIONS, parsePermissions, type Caller } from './permissions.ts'

/**
 * Credentials and their permissions.
 * - `token`: an API key, `<API secret key>/<API ID>`, sent as `X-Auth-Token`.
 * - `apiToken`: an API token of the Cloud Services Platform, exchanged there for an access token.
 * - `appId` and `appSecret`: an OAuth app of the Cloud Services Platform, likewise.
 */
export type Key = { /** As in the documents: `org.liveresponse.file READ, DELETE`. */ permissions: readonly string[] | 'all' } & Credential
export type Credential = { token: string } | { apiToken: string } | { appId: string; appSecret: string }

/** Credentials for the Cloud Services Platform when the lab wasn't given any. */
export const LAB_API_TOKEN = 'lab-csp-api-token'
export const LAB_OAUTH_APP = { appId: 'lab-oauth-app', appSecret: 'lab-oauth-secret' } as const

/** The keys of a lab that wasn't given any: those of the API documents' examples, and two for the Cloud Services Platform. */
export const DEFAULT_KEYS: readonly Key[] = [
  ...DOCUMENT_TOKENS.map(token => ({ token, permissions: 'all' as const })),
  { apiToken: LAB_API_TOKEN, permissions: 'all' },
  { ...LAB_OAUTH_APP, permissions: 'all' },
]

/**
 * Reads keys from JSON: a list of `{"token" | "apiToken" | "appId" and "appSecret", "permissions": "all" | [ … ]}`.
 * @throws InvalidSettings
 */
export function readKeys(value: unknown): Key[] {
  if (!Array.isArray(value)) throw new InvalidSettings('the keys must be a list')
  return value.map((item: unknown, at) => {
    const key = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>
    const isText = (name: string) => typeof key[name] === 'string' && key[name] !== ''
    const { permissions } = key
    if (!isText('token') && !isText('apiToken') && !(isText('appId') && isText('appSecret')))
      throw new InvalidSettings(`key ${at + 1} must have a token, an apiToken, or an appId and appSecret`)
    if (permissions !== 'all' && !(Array.isArray(permissions) && permissions.every(one => typeof one === 'string')))
      throw new InvalidSettings(`key ${at + 1}: permissions must be "all" or a list of texts`)
    if (permissions !== 'all') checkPermissions(permissions as string[])
    return key as unknown as Key
  })
}

function checkPermissions(permissions: readonly string[]): void {
  try {
    parsePermissions(permissions)
  } catch (error) {
    throw new InvalidSettings(error instanceof Error ? error.message : String(error))
  }
}

/** The organization's credentials. */
export class Keys {
  readonly #keys: readonly { credential: Credential; caller: Caller }[]

  /** @throws Error when a permission is unknown */
  constructor(keys: readonly Key[]) {
    this.#keys = keys.map(key => ({
      credential: key,
      caller: { name: nameOf(key), permissions: new Set(key.permissions === 'all' ? ALL_PERMISSIONS : parsePermissions(key.permissions)) },
    }))
  }

  /** Returns the owner of an API key. */
  byToken(token: string): Caller | undefined {
    return this.#find(credential => 'token' in credential && credential.token === token)
  }

  /** Returns the owner of an API token of the Cloud Services Platform. */
  byApiToken(apiToken: string): Caller | undefined {
    return this.#find(credential => 'apiToken' in credential && credential.apiToken === apiToken)
  }

  /** Returns the owner of an OAuth app, if the secret is right. */
  byApp(appId: string, appSecret: string): Caller | undefined {
    return this.#find(credential => 'appId' in credential && credential.appId === appId && credential.appSecret === appSecret)
  }

  /** Returns the caller of this name, which is stored with each access token. */
  byName(name: string): Caller | undefined {
    return this.#keys.find(({ caller }) => caller.name === name)?.caller
  }

  #find(matches: (credential: Credential) => boolean): Caller | undefined {
    return this.#keys.find(({ credential }) => matches(credential))?.caller
  }
}

/** Returns a name that reveals no secret: the API ID, the app's id, or a hash of the API token. */
function nameOf(credential: Credential): string {
  if ('token' in credential) return credential.token.slice(credential.token.lastIndexOf('/') + 1)
  if ('appId' in credential) return credential.appId
  return `api-token-${createHash('sha256').update(credential.apiToken).digest('hex').slice(0, 12)}`
}
