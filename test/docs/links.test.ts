import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { documentText, PAGES, root } from '../support/document.ts'

/** The text without code, which has no links. */
const prose = (page: string): string =>
  documentText(page).replaceAll(/^```[^]*?^```$|`[^`\n]*`/gm, code => (code.startsWith('```') ? '' : code.replaceAll(/[[\]()<>]/g, ' ')))

/** Returns where the links and images of a page lead, without those to other sites. */
const linksOf = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)|<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)="([^"]+)"/g)]
    .map(([, markdown, html]) => markdown ?? html ?? '')
    .filter(link => !/^[a-z]+:/.test(link))

/** Returns the anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>()
  return new Set(
    [
      ...documentText(page)
        .replaceAll(/^```[^]*?^```$/gm, '')
        .matchAll(/^#+ (.+)$/gm),
    ].map(([, heading = '']) => {
      const slug = heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-')
      const before = seen.get(slug) ?? 0
      seen.set(slug, before + 1)
      return before === 0 ? slug : `${slug}-${before}`
    }),
  )
}

it('each link in the documents leads to a file that exists, and to a heading that it has', () => {
  const broken = PAGES.flatMap(page =>
    linksOf(page)
      .filter(link => {
        const [file = '', anchor] = link.split('#')
        const target = file === '' ? page : relative(root, resolve(root, dirname(page), decodeURI(file)))
        if (!existsSync(join(root, target))) return true
        return anchor !== undefined && !anchorsOf(target).has(anchor)
      })
      .map(link => `${page}: ${link}`),
  )
  expect(broken).toEqual([])
})

it('each document can be reached from the README by links; docs/README.md lists them', () => {
  const reached = new Set(['README.md'])
  for (const page of reached)
    for (const link of linksOf(page)) {
      const target = relative(root, resolve(root, dirname(page), link.split('#')[0] ?? ''))
      if (PAGES.includes(target)) reached.add(target)
    }
  expect(PAGES.filter(page => !reached.has(page))).toEqual([])
})

it('each file of the source that a document names exists', () => {
  const names = ['src', 'test'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true }).map(name => `/${folder}/${String(name).replaceAll('\\', '/')}`),
  )
  const missing = PAGES.flatMap(page =>
    [...documentText(page).matchAll(/`([\w./-]+\.(?:c?ts|mjs|cjs))`/g)]
      .map(([, name = '']) => name)
      .filter(name => !existsSync(join(root, name)) && !names.some(file => file.endsWith(`/${name}`)))
      .map(name => `${page}: ${name}`),
  )
  expect(missing).toEqual([])
})
