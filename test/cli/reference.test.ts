import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { reference } from '../../src/cli/reference.ts'
import { VERBS } from '../../src/verbs/index.ts'
import { connectCommand } from '../../src/shell/connect-command.ts'
import { testHost } from '../support/host.ts'

const folder = fileURLToPath(new URL('../../docs/commands/', import.meta.url))
const host = testHost()
const pages = await reference(program(host, async () => connectCommand).root)

it('the command reference is up to date; if not: npm run docs', () => {
  const written = new Map(readdirSync(folder).map(name => [name, readFileSync(`${folder}${name}`, 'utf8')]))
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(pages))
})

it('the command reference has a page for each verb, with its options and its examples in both forms', async () => {
  for (const { name, load } of VERBS) {
    const verb = await load()
    const page = pages.get(`${name.replace(' ', '-')}.md`) ?? ''
    expect(page).toContain(`# ${name}\n`)
    expect(page).toMatch(verb.deviceLast ? /cbc lr collect \S+ \S+ WIN-FIN-01/ : `cbc lr ${name} WIN-FIN-01`)
    for (const { flags } of Object.values(verb.options)) expect(page).toContain(`\`${flags}\``)
    for (const { does } of verb.examples) expect(page).toContain(does.slice(1))
  }
})

it('the command reference links to every page, and to no missing one', () => {
  const links = [...(pages.get('README.md') ?? '').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name)
  expect(links.sort()).toEqual([...pages.keys()].filter(name => name !== 'README.md').sort())
})
