import { expect, it } from 'vitest'
import { ConnectionLog } from '../../../src/cli/sftp/connection-log.ts'
import type { SshEvent } from '../../../src/core/host.ts'
import { FakeClock } from '../../support/clock.ts'

const refused = (port: number): SshEvent => ({
  kind: 'refused',
  from: `127.0.0.1:${port}`,
  as: { user: 'root', method: 'password' },
  why: 'there is no such user',
})

it('who guesses passwords does not fill the terminal: after twenty lines the rest of a minute is counted', async () => {
  const clock = new FakeClock()
  const lines: string[] = []
  const log = new ConnectionLog(clock, line => void lines.push(line))
  for (let port = 1; port <= 500; port++) log.add(refused(port))
  log.add({ kind: 'accepted', from: '127.0.0.1:501', method: 'password' })
  expect(lines).toHaveLength(20)
  expect(lines[0]).toBe('127.0.0.1:1 was refused as "root" by password: there is no such user')
  await clock.pass(60_000)
  expect(lines.slice(20)).toEqual(['not shown of the last minute: logins refused 480, clients that came or left 1'])
  log.add({ kind: 'closed', from: '127.0.0.1:501' })
  log.end()
  expect(lines.slice(21)).toEqual(['127.0.0.1:501 has left'])
})
