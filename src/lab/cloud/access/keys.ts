import { createHash } from 'node:crypto'
import { InvalidSettings } from '../../behaviour/checks.ts'
import { DOCUMENT_TOKENS } from '../document-tokens.ts'
import { ALL_PERMISSIONS, parsePermissions, type Caller } from './permissions.ts'

/**
 * Credentials, and what they allow.
 * - `token`: an API key, `<API secret key>/<API ID>`, sent as `X-Auth-Token`.
 * - `apiToken`: an API token of the Cloud Services Platform, exchanged there for an access token.
 * - `appId` and `appSecret`: an OAuth app of the Cloud Services Platform, likewise.
 */
export type Key = { /** As in the documents: `org.liveresponse.file READ, DELETE`. */ permissions: readonly string[] | 'all' } & Credential
export type Credential = { token: string } | { apiToken: string } | { appId: string; appSecret: string }

/** Credentials for the Cloud Services Platform of a lab that wasn't given any of its own. */
export const LAB_API_TOKEN = 'lab-csp-api-token'
export const LAB_OAUTH_APP = { appId: 'lab-oauth-app', appSecret: 'lab-oauth-secret' } as const

/** The keys of a lab that wasn't given any: those of the documents' examples, and the lab's own for the Cloud Services Platform. */
export const DEFAULT_KEYS: readonly Key[] = [
  ...DOCUMENT_TOKENS.map(token => ({ token, permissions: 'all' as const })),
  { apiToken: LAB_API_TOKEN, permissions: 'all' },
  { ...LAB_OAUTH_APP, permissions: 'all' },
]

/**
 * Keys out of JSON: a list of `{"token" | "apiToken" | "appId" and "appSecret", "permissions": "all" | [ … ]}`.
 * @throws InvalidSettings
 */
export function readKeys(value: unknown): Key[] {
  if (!Array.isArray(value)) throw new InvalidSettings('the keys are no list')
  return value.map((item: unknown, at) => {
    const key = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>
    const isText = (name: string) => typeof key[name] === 'string' && key[name] !== ''
    const { permissions } = key
    if (!isText('token') && !isText('apiToken') && !(isText('appId') && isText('appSecret')))
      throw new InvalidSettings(`key ${at + 1} has neither token, apiToken, nor appId and appSecret`)
    if (permissions !== 'all' && !(Array.isArray(permissions) && permissions.every(one => typeof one === 'string')))
      throw new InvalidSettings(`key ${at + 1}: permissions is "all" or a list of texts`)
    if (permissions !== 'all') check(permissions as string[])
    return key as unknown as Key
  })
}

function check(permissions: readonly string[]): void {
  try {
    parsePermissions(permissions)
  } catch (error) {
    throw new InvalidSettings(error instanceof Error ? error.message : String(error))
  }
}

/** The credentials that open the organization. */
export class Keys {
  readonly #keys: readonly { credential: Credential; caller: Caller }[]

  /** @throws Error a permission that there isn't */
  constructor(keys: readonly Key[]) {
    this.#keys = keys.map(key => ({
      credential: key,
      caller: { name: nameOf(key), permissions: new Set(key.permissions === 'all' ? ALL_PERMISSIONS : parsePermissions(key.permissions)) },
    }))
  }

  /** Whose API key this is. */
  byToken(token: string): Caller | undefined {
    return this.#find(credential => 'token' in credential && credential.token === token)
  }

  /** Whose API token of the Cloud Services Platform this is. */
  byApiToken(apiToken: string): Caller | undefined {
    return this.#find(credential => 'apiToken' in credential && credential.apiToken === apiToken)
  }

  /** Whose OAuth app this is. */
  byApp(appId: string, appSecret: string): Caller | undefined {
    return this.#find(credential => 'appId' in credential && credential.appId === appId && credential.appSecret === appSecret)
  }

  /** Who has this name: an access token is kept with its owner's. */
  byName(name: string): Caller | undefined {
    return this.#keys.find(({ caller }) => caller.name === name)?.caller
  }

  #find(fits: (credential: Credential) => boolean): Caller | undefined {
    return this.#keys.find(({ credential }) => fits(credential))?.caller
  }
}

/** A name that gives no secret away: the API ID, the app's id, or what stands for an API token. */
function nameOf(credential: Credential): string {
  if ('token' in credential) return credential.token.slice(credential.token.lastIndexOf('/') + 1)
  if ('appId' in credential) return credential.appId
  return `api-token-${createHash('sha256').update(credential.apiToken).digest('hex').slice(0, 12)}`
}
