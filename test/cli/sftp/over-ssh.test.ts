import { expect, it } from 'vitest'
import type { ServeSftp } from '../../../src/core/host.ts'
import { openFleet } from '../../support/fleet.ts'
import { memoryOutput, until } from '../../support/host.ts'

it('a password is for one use: after it the next one is said, and it is another one', async () => {
  const interruption = new AbortController()
  const stderr = memoryOutput()
  let authentication: ServeSftp['authentication'] | undefined
  const ended = openFleet().cbc(['lr', 'sftp', 'WIN-FIN-01', '--listen', '127.0.0.1:2222'], {
    interruption,
    interrupt: interruption.signal,
    stderr,
    serveSftp: async options => {
      authentication = options.authentication
      return { host: '127.0.0.1', port: 2222, fingerprint: 'SHA256:x', close: async () => {} }
    },
  })
  const said = () => [...stderr.text().matchAll(/one-time password is (\w+)$/gm)].map(([, password]) => password)
  await until(() => said().length === 1)
  if (authentication === undefined || !('password' in authentication)) throw new Error('there is no password')
  expect(authentication.password.current.reveal()).toBe(said()[0])
  authentication.password.used()
  await until(() => said().length === 2)
  expect(authentication.password.current.reveal()).toBe(said()[1])
  expect(new Set(said()).size).toBe(2)
  interruption.abort(new DOMException('stop', 'AbortError'))
  expect((await ended).code).toBe(0)
})
