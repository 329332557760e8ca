import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allCommands } from '../../../src/cli/all-commands.ts'
import { manual } from '../../../src/cli/manual/pages.ts'
import { list, page, prose, section, verbatim } from '../../../src/cli/manual/roff.ts'
import { program } from '../../../src/cli/program.ts'
import { TOPICS } from '../../../src/engine/help/topics.ts'
import { connectCommand } from '../../../src/shell/connect-command.ts'
import { testFolder } from '../../support/folder.ts'
import { testHost } from '../../support/host.ts'

const host = testHost()
const GRAMMAR = program(host, async () => connectCommand)
const EDITION = { version: '1.2.3', date: '2026-11-30' }
const pages = await manual(GRAMMAR, EDITION)
const commands = await allCommands(GRAMMAR.root)

const isHere = (tool: string) => spawnSync(tool, ['--version']).error === undefined
/** Runs a tool on a folder of pages. @returns everything that it says */
function check(tool: string, args: string[], written: ReadonlyMap<string, string>) {
  const folder = testFolder()
  for (const [path, text] of written) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const { stdout, stderr, status } = spawnSync(tool, [...args, ...written.keys()], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return { stdout, stderr, status }
}
/** The titles of a page's sections. */
const sectionsOf = (text: string) => [...text.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title)

describe('the manual', () => {
  it('has a page for the program, for each command, and for each topic of help', () => {
    expect([...pages.keys()].sort()).toEqual(
      [
        'man1/cbc.1',
        ...commands.map(({ path }) => `man1/cbc-${path.join('-')}.1`),
        ...Object.keys(TOPICS).map(name => `man7/cbc-${name}.7`),
      ].sort(),
    )
  })

  it('is listed in package.json, for npm to link it where man looks; if not: npm run docs', () => {
    const { man } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { man: string[] }
    expect(man).toEqual([...pages.keys()].map(path => `dist/man/${path}`))
  })

  it('has the usual sections in each page of a command', () => {
    const usual = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS', 'ENVIRONMENT', 'EXAMPLES', 'SEE ALSO']
    for (const { path, spec } of commands) {
      const has = sectionsOf(pages.get(`man1/cbc-${path.join('-')}.1`) ?? '')
      expect([path, has]).toEqual([path, usual.filter(title => title !== 'EXAMPLES' || spec.examples.length > 0)])
    }
    expect(sectionsOf(pages.get('man1/cbc.1') ?? '')).toEqual([
      ...['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'OPTIONS', 'EXIT STATUS', 'ENVIRONMENT', 'SEE ALSO'],
    ])
  })

  it('refers only to pages that it has', () => {
    for (const [path, text] of pages)
      for (const [, name, number] of text.matchAll(/\\fB([\w\\-]+)\\fR\(([17])\)/g))
        expect([path, `man${number}/${name?.replaceAll('\\', '')}.${number}`]).toEqual([
          path,
          expect.toSatisfy((to: string) => pages.has(to)),
        ])
  })

  it('keeps backslashes, hyphens and quotes of what is typed', () => {
    expect(pages.get('man1/cbc-lr-ls.1')).toContain('cbc lr ls WIN\\-FIN\\-01 \\-l \\(aqC:\\eProgram Files\\(aq')
    expect(pages.get('man1/cbc.1')).toContain('\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIformat\\fR')
  })

  it.skipIf(!isHere('mandoc'))('is roff without a warning to mandoc', () => {
    expect(check('mandoc', ['-Tlint'], pages)).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it.skipIf(!isHere('groff'))('is roff without a warning to groff', () => {
    expect(check('groff', ['-man', '-ww', '-Tutf8'], pages)).toMatchObject({ stderr: '', status: 0 })
  })

  it.skipIf(!isHere('mandoc'))('shows text exactly as it is, wherever it stands', () => {
    const texts = ['.so /etc/passwd', "'br", 'C:\\Windows\\n\\fB', '--flag -x', '~ ^ "q" \'q\'', 'ticks ✓ … é', '\\&.TH x']
    const written = page(
      { name: 'x', section: 7, ...EDITION },
      section('NAME', prose('x - y')),
      section('TEXT', ...texts.map(prose), ...texts.map(verbatim), list(texts.map(text => ['term', text] as const))),
    )
    const shown = check('mandoc', ['-Tutf8'], new Map([['x.7', written]])).stdout.split('\n')
    for (const text of texts) expect(shown.filter(line => line.replace(/^ *(term +)?/, '') === text)).toHaveLength(3)
    expect(check('mandoc', ['-Tlint'], new Map([['x.7', written]])).stdout).toBe('')
  })
})
