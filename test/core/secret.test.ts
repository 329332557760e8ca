import { format, inspect } from 'node:util'
import { expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'

it('a secret is visible in only one way', () => {
  const secret = new Secret('hunter2')
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
    String(new Error(`bad ${secret}`)),
  ]
  for (const text of shown) expect(text).not.toContain('hunter2')
  expect(`${secret}`).toBe('[secret]')
  expect(secret.reveal()).toBe('hunter2')
})
