import { join } from 'node:path'
import { isLoopback } from '../../core/auth-and-network.ts'
import { CbcError, isNoFile, usage } from '../../core/errors.ts'
import type { LocalFiles } from '../../core/ports.ts'
import { Secret } from '../../core/secret.ts'
import { configSection, readSections, type AwsProfile } from './profile-files.ts'

export interface AwsCredentials {
  accessKeyId: string
  secretAccessKey: Secret
  sessionToken?: Secret
}

/** What the AWS CLI would use too. */
export interface AwsSettings {
  credentials: AwsCredentials
  region: string
  /** Another S3 service than Amazon's. */
  endpoint?: URL
  /** A file of the only certificate authorities that are trusted. */
  caFile?: string
}

export interface AwsSources {
  env: Readonly<Record<string, string | undefined>>
  local: Pick<LocalFiles, 'text'>
}

const DEFAULT_REGION = 'us-east-1'
/** Settings of a profile by which the AWS CLI would get credentials in ways that we don't know. */
const OTHER_WAYS: Record<string, string> = {
  role_arn: 'takes a role',
  sso_session: 'signs in with SSO',
  sso_start_url: 'signs in with SSO',
  credential_process: 'runs a program',
}
const KEYS_HINT =
  'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or AWS_PROFILE to a profile that has keys; `aws configure export-credentials --format env` prints them for any profile'

/**
 * Reads credentials, region and endpoint as the AWS CLI does: from `AWS_…` variables, then from the profile in `~/.aws/credentials` and `~/.aws/config`.
 * @throws CbcError auth: there are no credentials, or only some that would be got in a way we don't know; usage: a setting is invalid; io: a file can't be read
 */
export async function readAwsSettings({ env, local }: AwsSources): Promise<AwsSettings> {
  const set = (name: string) => env[name]?.trim() || undefined
  const named = set('AWS_PROFILE') ?? set('AWS_DEFAULT_PROFILE')
  const profile = await readProfile(named ?? 'default', set, local)
  if (named !== undefined && profile === undefined)
    throw new CbcError('auth', `the profile "${named}" of AWS_PROFILE is in neither of the AWS CLI's files`, { hint: KEYS_HINT })
  const region = set('AWS_REGION') ?? set('AWS_DEFAULT_REGION') ?? profile?.['region'] ?? DEFAULT_REGION
  if (!isRegion(region)) throw usage('the AWS region is not one', 'write one such as eu-central-1')
  const endpoint = endpointOf(set, profile ?? {})
  const caFile = set('AWS_CA_BUNDLE') ?? profile?.['ca_bundle']
  return {
    credentials: credentialsOf(set, profile ?? {}),
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(caFile === undefined ? {} : { caFile }),
  }
}

export function isRegion(text: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(text)
}

type Settings = (name: string) => string | undefined

/** Returns a profile's settings; those of the file for credentials come first. */
async function readProfile(name: string, set: Settings, local: AwsSources['local']): Promise<AwsProfile | undefined> {
  const home = set('HOME') ?? set('USERPROFILE') ?? ''
  const [credentials, config] = await Promise.all([
    textOf(set('AWS_SHARED_CREDENTIALS_FILE') ?? join(home, '.aws', 'credentials'), local),
    textOf(set('AWS_CONFIG_FILE') ?? join(home, '.aws', 'config'), local),
  ])
  const keys = readSections(credentials).get(name)
  const rest = configSection(readSections(config), name)
  return keys === undefined && rest === undefined ? undefined : { ...rest, ...keys }
}

/** Returns the text of a file; an absent one is empty. */
async function textOf(path: string, local: AwsSources['local']): Promise<string> {
  try {
    return await local.text(path)
  } catch (error) {
    if (isNoFile(error)) return ''
    throw error
  }
}

function credentialsOf(set: Settings, profile: AwsProfile): AwsCredentials {
  const [id, key, token] = [set('AWS_ACCESS_KEY_ID'), set('AWS_SECRET_ACCESS_KEY'), set('AWS_SESSION_TOKEN') ?? set('AWS_SECURITY_TOKEN')]
  if ((id === undefined) !== (key === undefined))
    throw new CbcError('auth', `${id === undefined ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is set without the other`, {
      hint: KEYS_HINT,
    })
  if (id !== undefined && key !== undefined) return checked(id, key, token)
  const [way] = Object.keys(OTHER_WAYS).filter(setting => profile[setting] !== undefined)
  if (way !== undefined)
    throw new CbcError('auth', `the AWS profile ${String(OTHER_WAYS[way])} (${way}), which cbc doesn't do`, { hint: KEYS_HINT })
  const { aws_access_key_id: own, aws_secret_access_key: secret, aws_session_token: session } = profile
  if (own !== undefined && secret !== undefined) return checked(own, secret, session)
  throw new CbcError('auth', 'there are no credentials for S3: cbc takes keys, and not those of a container or an instance', {
    hint: KEYS_HINT,
  })
}

/** @throws CbcError auth: a key has a character that is never part of one; it isn't shown */
function checked(accessKeyId: string, key: string, token: string | undefined): AwsCredentials {
  if ([accessKeyId, key, token ?? ''].some(text => /[^!-~]/.test(text)))
    throw new CbcError('auth', 'a key for S3 holds a blank, a line break or another character that is never part of one', {
      hint: 'copy it again, without quotes',
    })
  return {
    accessKeyId,
    secretAccessKey: new Secret(key),
    ...(token === undefined ? {} : { sessionToken: new Secret(token) }),
  }
}

/** @throws CbcError usage: it is neither https nor of this machine, or set in a way that we don't know */
function endpointOf(set: Settings, profile: AwsProfile): URL | undefined {
  if (set('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.toLowerCase() === 'true') return undefined
  const text = set('AWS_ENDPOINT_URL_S3') ?? set('AWS_ENDPOINT_URL') ?? profile['endpoint_url']
  if (text === undefined && profile['services'] !== undefined)
    throw usage("the AWS profile names its endpoint in a section of services, which cbc doesn't read", 'set AWS_ENDPOINT_URL_S3')
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.pathname !== '/')
    throw usage('the endpoint of S3 is not the address of a server', 'write AWS_ENDPOINT_URL_S3 as https://minio.example.com:9000')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw usage('the endpoint of S3: http is only for this machine', 'use https')
  return url
}
