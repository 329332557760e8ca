import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { documentText } from '../support/document.ts'

it('docs/decisions/README.md lists each decision once, in order, with a sentence', () => {
  const files = readdirSync(fileURLToPath(new URL('../../docs/decisions/', import.meta.url))).filter(name => name !== 'README.md')
  const rows = [...documentText('docs/decisions/README.md').matchAll(/^\| \[(\d+)\]\((.+?)\) \| (.+\.) \|$/gm)]
  expect(rows.map(([, , file]) => file)).toEqual(files.sort())
  expect(rows.map(([, number]) => number)).toEqual(files.map(name => String(Number(name.slice(0, 4)))))
})
