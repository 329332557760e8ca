import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { EXIT_CODES } from '../../src/core/errors.ts'
import { GLOBAL_OPTIONS } from '../../src/engine/globals.ts'
import { topicText, TOPICS } from '../../src/engine/help/topics.ts'
import { parse, type Grammar } from '../../src/engine/parse.ts'
import type { CommandNode } from '../../src/engine/spec.ts'
import { VERBS } from '../../src/verbs/index.ts'
import { connectCommand } from '../../src/shell/connect-command.ts'
import { builtinNodes } from '../../src/shell/builtins.ts'
import { main } from '../../src/main.ts'
import { memoryOutput, testHost } from '../support/host.ts'
import { openShell, type TestShell } from '../shell/open-shell.ts'

const host = testHost()
const GRAMMAR = program(host, async () => connectCommand)
let shell: TestShell
beforeAll(async () => {
  shell = await openShell({ terminal: true })
})

/** All nodes below one, with their words. */
function nodesBelow(node: CommandNode, words: string[] = []): { node: CommandNode; words: string[] }[] {
  return (node.children ?? []).flatMap(child => [
    { node: child, words: [...words, child.name] },
    ...nodesBelow(child, [...words, child.name]),
  ])
}
const COMMANDS = nodesBelow(GRAMMAR.root)
const WIDTHS = [72, 80, 100]

/** Lines that are too long, except examples, which are copied whole. */
const tooLong = (text: string, width: number) =>
  text
    .replace(/^Examples:\n(?:(?: .*)?\n)*/m, '')
    .split('\n')
    .filter(line => line.length > width)
async function help(grammar: Grammar, words: string[], width: number): Promise<string> {
  const outcome = await parse({ ...grammar, width }, [...words, '--help'])
  return outcome.kind === 'text' ? outcome.text : ''
}

describe('every command', () => {
  it.each(COMMANDS.map(({ words, node }) => [words.join(' '), node] as const))(
    '%s has descriptions of its arguments and options',
    async (_name, node) => {
      expect(node.summary ?? (await node.load?.())?.spec.summary).toMatch(/\w{3}/)
      const { arguments: arguments_ = {}, options = {} } = (await node.load?.())?.spec ?? {}
      for (const [name, { summary }] of [...Object.entries(arguments_), ...Object.entries(options)])
        expect([name, summary]).toEqual([name, expect.stringMatching(/\w{2}/)])
    },
  )

  it.each(COMMANDS.map(({ words }) => [words.join(' '), words] as const))(
    '%s --help fits a terminal of any width, and breaks between words',
    async (_name, words) => {
      const whole = (await help(GRAMMAR, words, 10_000)).replace(/\s+/g, ' ')
      for (const width of WIDTHS) {
        const text = await help(GRAMMAR, words, width)
        expect(tooLong(text, width)).toEqual([])
        expect(text.replace(/\s+/g, ' ')).toBe(whole)
      }
    },
  )

  it('of the shell has a description', async () => {
    const nodes = builtinNodes(shell.shell, {} as never)
    for (const { name, load } of nodes) {
      const { spec } = (await load?.()) ?? {}
      for (const text of [spec?.summary, ...Object.values({ ...spec?.arguments, ...spec?.options }).map(({ summary }) => summary)])
        expect([name, text]).toEqual([name, expect.stringMatching(/\w{2}/)])
    }
  })

  it('and the global options are in the main help', async () => {
    const text = await help(GRAMMAR, [], 80)
    for (const { flags } of Object.values(GLOBAL_OPTIONS)) expect(text).toContain(flags)
    expect(tooLong(text, 80)).toEqual([])
  })
})

describe('the help of the shell', () => {
  it('begins with what to type there, names all commands and topics, and fits', async () => {
    shell.host.stdout.columns = () => 72
    const { code, out } = await shell.run('help')
    expect(code).toBe(0)
    expect(out).toMatch(/^What is typed here is done on WIN-FIN-01\.[^]*?\n\n {2}ls C:\\Users /)
    for (const { name } of shell.shell.root.children ?? []) expect(out).toMatch(new RegExp(`^ +${name}\\b.* {2}\\w`, 'm'))
    for (const { name } of VERBS) expect(out).toContain(name.split(' ')[0])
    for (const topic of Object.keys(TOPICS)) expect(out).toMatch(new RegExp(`^ +${topic} {2}`, 'm'))
    expect(out.split('\n').filter(line => line.length > 72)).toEqual([])
  })
})

describe('a help topic', () => {
  it.each(Object.keys(TOPICS))('%s is shown by the program and by the shell, and fits', async name => {
    shell.host.stdout.columns = () => 66
    const own = testHost({ stdout: memoryOutput() })
    expect(await main(['help', name], own)).toBe(0)
    expect(own.stdout.text()).toBe(topicText(name, 100))
    expect(await shell.run(`help ${name}`)).toEqual({ code: 0, out: topicText(name, 66), err: '' })
    for (const width of WIDTHS) expect((topicText(name, width) ?? '').split('\n').filter(line => line.length > width)).toEqual([])
    expect(COMMANDS.map(({ words }) => words[0])).not.toContain(name)
    expect(shell.shell.root.children?.map(node => node.name)).not.toContain(name)
  })

  it('is suggested for a word that is nearly its name', async () => {
    const own = testHost()
    expect(await main(['help', 'selector'], own)).toBe(2)
    expect(own.stderr.text()).toBe("cbc: unknown command 'selector'\nhint: did you mean `cbc help selectors`?\n")
  })

  it('is mentioned where users look for it', async () => {
    const connect = await help(GRAMMAR, ['lr', 'connect'], 80)
    const whole = await help(GRAMMAR, [], 80)
    for (const name of ['syntax', 'keys', 'quoting', 'paths', 'words']) expect(connect).toContain(`help ${name}`)
    for (const name of Object.keys(TOPICS)) expect(whole).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it("exit-codes lists all codes, and environment all of the program's variables", () => {
    const text = topicText('exit-codes', 100) ?? ''
    for (const [code, number] of Object.entries(EXIT_CODES)) expect(text).toMatch(new RegExp(`^ +${number} ${code} {2}`, 'm'))
    const root = fileURLToPath(new URL('../../src', import.meta.url))
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts'))
      .map(path => readFileSync(join(root, path), 'utf8'))
    const named = new Set(sources.flatMap(source => [...source.matchAll(/\bCBC_[A-Z]+(?:_[A-Z]+)*\b(?!_)/g)].map(([name]) => name)))
    expect([...named].filter(name => !(topicText('environment', 100) ?? '').includes(name))).toEqual([])
    expect(named.size).toBeGreaterThan(5)
  })
})
