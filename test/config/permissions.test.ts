import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COMMANDS } from '../../src/api/commands.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { ALL_PERMISSIONS } from '../../src/lab/cloud/access/permissions.ts'

const page = readFileSync(new URL('../../docs/profiles.md', import.meta.url), 'utf8')

it('docs/profiles.md lists every permission and every setting', () => {
  const listed = [...page.matchAll(/^\| [^|]+ \| `([\w.-]+)` \| ([A-Z, ]+) \|$/gm)].flatMap(([, name, operations]) =>
    (operations ?? '').split(', ').map(operation => `${name} ${operation}`),
  )
  expect([...listed].sort()).toEqual([...ALL_PERMISSIONS].sort())
  for (const { permission } of Object.values(COMMANDS)) expect(listed).toContain(permission)
  for (const key of Object.keys(SETTINGS)) expect(page).toContain(`\`${key}\``)
})
