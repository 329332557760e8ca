import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CbcError } from '../../src/core/errors.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { readAwsSettings } from '../../src/evidence-store/s3/aws-settings.ts'
import { readBucketUrl } from '../../src/evidence-store/s3/bucket-url.ts'
import { testFolder } from '../support/folder.ts'

let home = ''
beforeEach(() => {
  home = testFolder()
  mkdirSync(join(home, '.aws'))
})

/** Reads settings; secrets are revealed. */
async function read(env: Record<string, string> = {}): Promise<Record<string, string | undefined>> {
  const { credentials, region, endpoint, caFile } = await readAwsSettings({ env: { HOME: home, ...env }, local: localFiles })
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  return {
    id: accessKeyId,
    secret: secretAccessKey.reveal(),
    token: sessionToken?.reveal(),
    region,
    endpoint: endpoint?.href,
    caFile,
  }
}

const files = (credentials: string, config = '') => {
  writeFileSync(join(home, '.aws', 'credentials'), credentials)
  writeFileSync(join(home, '.aws', 'config'), config)
}
const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }

describe('what a bucket is reached with', () => {
  it('comes from variables, before any file', async () => {
    files('[default]\naws_access_key_id = other\naws_secret_access_key = other\n', '[default]\nregion = eu-west-1\n')
    expect(await read({ ...KEYS, AWS_SESSION_TOKEN: 'token', AWS_DEFAULT_REGION: 'eu-north-1' })).toMatchObject({
      id: 'id',
      secret: 'secret',
      token: 'token',
      region: 'eu-north-1',
    })
    expect(await read(KEYS)).toMatchObject({ region: 'eu-west-1', token: undefined })
  })

  it('comes from the files of the AWS CLI: the profile by its name, keys from that for credentials', async () => {
    files(
      '# ours\n[default]\naws_access_key_id=first\naws_secret_access_key=first\n[lab]\r\naws_access_key_id = second \r\naws_secret_access_key = a/b+c=\r\n',
      '[profile lab]\nregion = eu-west-3\nendpoint_url = https://minio.example.com:9000\nca_bundle = /ca.pem\ns3 =\n  region = nested\n\naws_access_key_id = ignored\n',
    )
    expect(await read()).toMatchObject({ id: 'first', region: 'us-east-1' })
    expect(await read({ AWS_PROFILE: 'lab' })).toEqual({
      id: 'second',
      secret: 'a/b+c=',
      token: undefined,
      region: 'eu-west-3',
      endpoint: 'https://minio.example.com:9000/',
      caFile: '/ca.pem',
    })
    expect(await read({ AWS_PROFILE: 'lab', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toMatchObject({ endpoint: undefined })
  })

  it('comes from other files where variables name them', async () => {
    writeFileSync(join(home, 'keys'), '[default]\naws_access_key_id = x\naws_secret_access_key = y\n')
    writeFileSync(join(home, 'rest'), '[default]\nregion = eu-south-1\n')
    expect(await read({ AWS_SHARED_CREDENTIALS_FILE: join(home, 'keys'), AWS_CONFIG_FILE: join(home, 'rest') })).toMatchObject({
      id: 'x',
      region: 'eu-south-1',
    })
  })

  it.each([
    ['there are none', {}, '', 'there are no credentials for S3'],
    ['one variable lacks the other', { AWS_ACCESS_KEY_ID: 'id' }, '', 'AWS_ACCESS_KEY_ID is set without the other'],
    ['the profile is in no file', { AWS_PROFILE: 'absent' }, '', 'the profile "absent" of AWS_PROFILE'],
    ['the profile signs in', { AWS_PROFILE: 'p' }, 'sso_session = x', 'signs in with SSO (sso_session)'],
    ['the profile takes a role', { AWS_PROFILE: 'p' }, 'role_arn = x\naws_access_key_id = y\naws_secret_access_key = z', 'takes a role'],
    ['the profile runs a program', { AWS_PROFILE: 'p' }, 'credential_process = x', 'runs a program'],
    ['a key has a blank', { ...KEYS, AWS_SECRET_ACCESS_KEY: 'my secret' }, '', 'another character that is never part of one'],
  ])('credentials: says so where %s', async (_why, env, profile, message) => {
    files('', `[profile p]\n${profile}\n`)
    const error = (await read(env).catch((thrown: unknown) => thrown)) as CbcError
    expect({ code: error.code, message: error.message }).toEqual({ code: 'auth', message: expect.stringContaining(message) as string })
    expect(`${error.message} ${String(error.facts.hint)}`).not.toContain('my secret')
  })

  it.each([
    ['http to another machine', { AWS_ENDPOINT_URL: 'http://minio.example.com' }, ''],
    ['an address with a password', { AWS_ENDPOINT_URL: 'https://me:pw@minio.example.com' }, ''],
    ['no address', { AWS_ENDPOINT_URL_S3: 'minio' }, ''],
    ['a region that would be another host', { AWS_REGION: 'x.evil.example/' }, ''],
    ['an endpoint in a section of services', { AWS_PROFILE: 'p' }, 'services = mine'],
  ])('refuses %s', async (_what, env, profile) => {
    files('', `[profile p]\n${profile}\n`)
    await expect(read({ ...KEYS, ...env })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('the place in a bucket', () => {
  it('is read with its prefix and locks', () => {
    expect(readBucketUrl('s3://evidence')).toEqual({ bucket: 'evidence', prefix: '', legalHold: false })
    expect(readBucketUrl('s3://my.bucket-1/cases/2026/')).toMatchObject({ bucket: 'my.bucket-1', prefix: 'cases/2026' })
    expect(readBucketUrl('s3://evidence/?lock=governance&days=7&legal-hold=on')).toEqual({
      bucket: 'evidence',
      prefix: '',
      lock: { mode: 'GOVERNANCE', days: 7 },
      legalHold: true,
    })
  })

  it.each([
    's3://',
    's3://Bucket',
    's3://key:secret@bucket',
    's3://bucket/../other',
    's3://bucket/a//b',
    's3://bucket/a\u0007',
    `s3://bucket/${'x'.repeat(501)}`,
    's3://bucket?lock=COMPLIANCE',
    's3://bucket?days=3',
    's3://bucket?lock=FOREVER&days=3',
    's3://bucket?lock=COMPLIANCE&days=0',
    's3://bucket?legal-hold=off',
    's3://bucket?retain=1',
  ])('is refused where it is wrong, and not shown: %j', text => {
    let thrown: unknown
    try {
      readBucketUrl(text)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'usage' })
    expect((thrown as CbcError).message).not.toContain('secret')
  })
})
