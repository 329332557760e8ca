import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { analyst } from './lab.ts'

it('the built program records a case, and seals, exports and reports it with the page that was built into it', async () => {
  const { built: cbc, home } = analyst()
  const folder = join(home, '2026-114')
  expect((await cbc('lr', 'ls', 'WIN-FIN-01', 'C:\\Users', '--case', folder)).code).toBe(0)
  expect((await cbc('case', 'seal', folder)).code).toBe(0)
  for (const format of ['bagit', 'timesketch', 'bodyfile', 'velociraptor'])
    expect([format, (await cbc('case', 'export', folder, '--format', format)).code]).toEqual([format, 0])
  expect((await cbc('case', 'report', folder, '--json')).json()).toMatchObject({ ok: true })
  const html = readFileSync(join(folder, 'report.html'), 'utf8')
  expect(html).toContain('Case report: <bdi>2026-114</bdi>')
  // A browser runs the script only where it is the one of the policy.
  for (const [element, directive] of [
    ['script', 'script-src'],
    ['style', 'style-src'],
  ] as const) {
    const text = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(html)?.[1] ?? ''
    expect(text.length).toBeGreaterThan(5000)
    expect(html).toContain(`${directive} 'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  }
})
