import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { asCbcError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { openRunStore } from '../../src/queue/open-run-store.ts'
import { postgresOptions } from '../../src/queue/postgres-server.ts'
import { redisOptions } from '../../src/queue/redis-server.ts'
import { serverUrl } from '../../src/queue/server-url.ts'

describe('the URL of a queue server', () => {
  it.each([
    'mysql://cbc:hunter2@db/x',
    'amqp://cbc:hunter2@db',
    'cbc:hunter2@db:5432',
    'postgres://cbc:hunter2 @:db',
    '',
    'postgres://cbc:hunter2@db/x?sslmode=prefer',
    'postgres://cbc:hunter2@db/x?sslrootcert=/etc/shadow',
    'postgres://cbc:hunter2%@db/x',
    'redis://:hunter2@db/first',
    'redis://:hunter2@db?family=6',
    'rediss://:hunter2%zz@db',
  ])('is refused where it can not be used, and its password is not told: %s', async url => {
    const failure = await openRunStore(new Secret(url), 'here').catch(asCbcError)
    expect(failure).toMatchObject({ code: 'usage' })
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('hunter2')
  })

  it('that begins otherwise names the three beginnings', () => {
    const failure = (() => {
      try {
        return serverUrl(new Secret('https://db'))
      } catch (error) {
        return asCbcError(error)
      }
    })()
    expect(failure).toMatchObject({
      code: 'usage',
      facts: { hint: expect.stringMatching(/postgres:\/\/, redis:\/\/ or rediss:\/\//) as unknown },
    })
  })

  it('gives clients its parts as they were before they were written into it', () => {
    const secret = new Secret('postgresql://c%40bc:p%2F%25%3A@[::1]:6000/a%20b?sslmode=require')
    expect(postgresOptions(secret)).toMatchObject({ host: '::1', port: 6000, user: 'c@bc', password: 'p/%:', database: 'a b' })
    expect(postgresOptions(secret).ssl).toEqual({ rejectUnauthorized: false })
    expect(redisOptions(new Secret('redis://:p%2F%25@cache/3'))).toEqual({ host: 'cache', port: 6379, password: 'p/%', db: 3 })
    expect(serverUrl(secret).shown).toBe('postgresql://[::1]:6000/a%20b')
  })

  it.each(['postgres://db/x?sslmode=verify-full', 'rediss://cache'])(
    'asks for a certificate that is checked, whatever the environment says: %s',
    url => {
      const secret = new Secret(url)
      const options = url.startsWith('postgres') ? postgresOptions(secret).ssl : redisOptions(secret).tls
      expect(options).toEqual({ rejectUnauthorized: true })
    },
  )
})
