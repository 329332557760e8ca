import { describe, expect, it } from 'vitest'
import { forbidden } from '../../src/api/explain-403.ts'
import type { Call } from '../../src/api/call.ts'

const andWhere = (hint: string) =>
  `${hint}; add ${hint.includes('permissions') ? 'them' : 'it'} to the access level of the key (console: Settings > API Access)`
const body = (message: string) => JSON.stringify({ success: false, message, error_code: 'Forbidden' })
const call = (...permission: string[]): Call => ({ method: 'GET', path: '/', effect: 'read', what: 'do', permission })
const LR = ['org.liveresponse.session READ', 'org.liveresponse.file READ', 'org.liveresponse.memdump READ']

describe('a 403', () => {
  it.each([
    [
      'Forbidden',
      'needs the permissions org.liveresponse.session READ, org.liveresponse.file READ and org.liveresponse.memdump READ, and Live Response enabled by policy and sensor',
    ],
    ['The API key lacks the permission org.liveresponse.file READ', 'needs the permission org.liveresponse.file READ'],
    ['missing: ORG.LIVERESPONSE.FILE:READ', 'needs the permission org.liveresponse.file READ'],
    ['missing: org.liveresponse.file - DELETE, READ', 'needs the permission org.liveresponse.file READ'],
    [
      'lacks org.liveresponse.memdump READ, org.liveresponse.file READ',
      'needs the permissions org.liveresponse.file READ and org.liveresponse.memdump READ',
    ],
    [
      'lacks org.liveresponse.files READ',
      'needs the permissions org.liveresponse.session READ, org.liveresponse.file READ and org.liveresponse.memdump READ, and Live Response enabled by policy and sensor',
    ],
  ])('%s', (message, hint) => {
    expect(forbidden(body(message), call(...LR)).hint).toBe(andWhere(hint))
  })

  it('names the missing permissions that the service reports, among those that the call needs', () => {
    expect(forbidden(body('lacks org.liveresponse.file READ, device READ'), call(...LR)).lacking).toEqual(['org.liveresponse.file READ'])
    expect(forbidden(body('Forbidden'), call(...LR)).lacking).toBeUndefined()
  })

  it.each(['Live Response is not enabled for device 1', 'Live Response Not Enabled', 'live response has been disabled on this sensor'])(
    '"%s" is not read as a missing permission',
    message => {
      expect(forbidden(body(message), call('org.liveresponse.session CREATE'))).toEqual({
        disabled: true,
        hint: "Live Response must be on in the device's policy and sensor; if it is, the key needs the permission org.liveresponse.session CREATE",
      })
    },
  )

  it.each(['Too many commands: the session has had 250', 'TOO_MANY_SESSIONS', 'session limit reached'])(
    '"%s" is read as a limit',
    message => {
      expect(forbidden(body(message), call(...LR))).toMatchObject({ limit: true })
      expect(forbidden(body(message), call(...LR)).hint).not.toContain('permission')
    },
  )

  it.each([
    ['org.liveresponse.session CREATE', '_API.Live.Response:org.liveresponse.session:create'],
    ['org.liveresponse.file READ', '_API.Live.Response:org.Liveresponse.File:read'],
    ['org.liveresponse.process EXECUTE', '_API.Live.Response:org.Liveresponse.Process:execute'],
    ['org.liveresponse.registry UPDATE', '_API.Live.Response:org.Liveresponse.Registry:update'],
    ['org.liveresponse.memdump READ', '_API.Live.Response:org.Liveresponse.Memdump:read'],
    ['org.liveresponse DELETE', '_API.Live.Response:org.liveresponse:delete'],
    ['device READ', 'device READ'],
  ])('shows %s by its name in a role when roles grant it', (permission, name) => {
    const { hint } = forbidden(body('Forbidden'), call(permission), true)
    expect(hint).toContain(`needs the permission ${name}`)
    expect(hint).toMatch(/add it to the role \(Cloud Services Platform: Identity & Access Management > Roles\)$/)
  })

  it('for a role still says which permission the service reports as missing', () => {
    expect(forbidden(body('lacks org.liveresponse.file READ'), call(...LR), true)).toMatchObject({
      lacking: ['org.liveresponse.file READ'],
      hint: expect.stringContaining('needs the permission _API.Live.Response:org.Liveresponse.File:read;') as string,
    })
  })

  it('of another API does not mention Live Response', () => {
    expect(forbidden(body('no'), call('org.policies UPDATE', 'external-device.enforce UPDATE'))).toEqual({
      hint: andWhere('needs the permissions org.policies UPDATE and external-device.enforce UPDATE'),
    })
  })
})
