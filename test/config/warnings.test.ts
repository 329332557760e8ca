import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { profileOf } from '../../src/config/profile.ts'
import { profileWarnings, findExposure } from '../../src/config/warnings.ts'
import { testFolder } from '../support/folder.ts'

const folder = testFolder()

function file(mode: number, name = 'credentials.cbc'): string {
  const path = join(folder, name)
  writeFileSync(path, '')
  chmodSync(path, mode)
  return path
}

describe.skipIf(process.platform === 'win32')('the credentials file', () => {
  it.each([0o600, 0o400, 0o700])('with mode %o causes no warning', async mode => {
    expect(await findExposure(file(mode))).toBeUndefined()
  })

  it.each([0o640, 0o604, 0o620, 0o601, 0o777])('with mode %o causes a warning, with the command that fixes it', async mode => {
    const path = file(mode)
    expect(await findExposure(path)).toEqual({ what: `others can get at ${path}, which holds credentials`, mend: `chmod 600 ${path}` })
  })

  it('is quoted for the shell in that command', async () => {
    const path = file(0o644, "it's mine")
    expect((await findExposure(path))?.mend).toMatch(/^chmod 600 '.*it'\\''s mine'$/)
  })

  it('in a folder that others can write to causes a warning: they could replace it', async () => {
    const shared = join(folder, 'shared')
    mkdirSync(shared)
    const path = file(0o600, join('shared', 'profiles.json'))
    chmodSync(shared, 0o777)
    expect(await findExposure(path)).toEqual({
      what: `others can write to ${shared}, and so put credentials of their own there`,
      mend: `chmod go-w ${shared}`,
    })
    chmodSync(shared, 0o755)
    expect(await findExposure(path)).toBeUndefined()
  })

  it('may be missing', async () => {
    expect(await findExposure(join(folder, 'none'))).toBeUndefined()
  })
})

describe('a profile', () => {
  const warnings = (values: Record<string, string>, source = 'environment') =>
    profileWarnings(profileOf({ name: 'p', values: { url: 'https://h', org_key: 'K', token: 'T', ...values } }, source))

  it('without certificate checks causes a warning', async () => {
    expect(await warnings({})).toEqual([])
    expect(await warnings({ ssl_verify: 'no', ssl_verify_hostname: 'no' })).toEqual([
      expect.stringMatching(/^profile "p": ssl_verify is off/),
    ])
    expect(await warnings({ ssl_verify_hostname: 'no' })).toEqual([expect.stringMatching(/^profile "p": ssl_verify_hostname is off/)])
  })

  it.skipIf(process.platform === 'win32')('that others can read causes a warning', async () => {
    expect(await warnings({}, file(0o600))).toEqual([])
    expect(await warnings({}, file(0o644))).toEqual([expect.stringMatching(/chmod 600/)])
  })
})
