import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { candidates, type Sources } from '../../../src/cli/completion/candidates.ts'
import type { KnownDevice } from '../../../src/cli/completion/known-devices.ts'
import { program } from '../../../src/cli/program.ts'
import { SETTINGS } from '../../../src/config/settings.ts'
import { switchesOf } from '../../../src/engine/switches.ts'
import { GLOBAL_OPTIONS } from '../../../src/engine/globals.ts'
import { parse } from '../../../src/engine/parse.ts'
import type { CommandNode, Spec } from '../../../src/engine/spec.ts'
import { connectCommand } from '../../../src/shell/connect-command.ts'
import { localFiles } from '../../../src/host/local-files.ts'
import { testHost } from '../../support/host.ts'
import { testFolder } from '../../support/folder.ts'

const host = testHost()
const grammar = program(host, async () => connectCommand)

let known: KnownDevice[] = []
let asked: unknown[] = []
const sources: Sources = {
  local: localFiles,
  artifacts: async typed => (typed === '' ? [] : [{ text: `${typed}EventLogs`, about: 'logs' }]),
  playbooks: async () => ['windows-triage', 'persistence-hunt'].map(name => ({ name, about: 'a playbook' })),
  profiles: async () => ['lab', 'default', 'Other one', 'bad\x1bname'],
  settings: SETTINGS,
  devices: async (...given) => {
    asked.push(given)
    return known
  },
}
beforeEach(() => {
  known = ['WIN-FIN-01', 'WIN-FIN-02', 'CORP\\SRV-1', 'CORP\\KIOSK', 'LAB\\KIOSK'].map((name, at) => ({
    id: 100 + at,
    name,
    about: `about ${at}`,
  }))
  asked = []
})

/** Returns the candidates for the last word. */
async function ask(...words: string[]): Promise<string[] | 'files'> {
  const answer = await candidates(grammar, { words: words.slice(0, -1), typed: words.at(-1) ?? '' }, sources)
  return answer === 'files' ? answer : answer.map(({ text }) => text)
}

describe('commands', () => {
  it('are completed by name, not by alias', async () => {
    expect(await ask('l')).toEqual(['lr', 'lab'])
    expect(await ask('lr', 'ses')).toEqual(['session'])
    expect(await ask('lr', 'sessions', 'l')).toEqual(['list'])
    expect(await ask('lr', 'di')).toEqual(['disable'])
    expect(await ask('lr', 'reg', '')).toEqual(['query', 'add', 'delete', 'export'])
    expect(await ask('bogus', '')).toEqual([])
    expect(await ask('--profile', 'lr', '-o', 'json', 'l')).toEqual(['lr', 'lab'])
    expect(await ask('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell'])
    expect(await ask('completion', 'bash', '')).toEqual([])
  })

  it('are all offered with their summary, and so are their options', async () => {
    const problems: string[] = []
    const visit = async (node: CommandNode, path: string[]): Promise<void> => {
      const offered = await candidates(grammar, { words: path, typed: '' }, sources)
      if (node.children !== undefined) {
        const names = offered === 'files' ? [] : offered.map(({ text, about }) => (about ? text : `${text}, of which nothing is said`))
        if (names.join() !== node.children.map(({ name }) => name).join()) problems.push(`${path.join(' ')}: ${names.join(' ')}`)
      }
      const spec: Pick<Spec, 'options'> = (await node.load?.())?.spec ?? { options: {} }
      const wanted = switchesOf(spec.options, GLOBAL_OPTIONS).flatMap(({ flags }) => flags)
      const options = await ask(...path, '-')
      for (const flag of wanted) if (!options.includes(flag)) problems.push(`${path.join(' ')} ${flag}`)
      for (const child of node.children ?? []) await visit(child, [...path, child.name])
    }
    await visit(grammar.root, [])
    expect(problems).toEqual([])
  })
})

describe('help completion', () => {
  it('offers commands, and topics only directly after help', async () => {
    expect(await ask('help', 'e')).toEqual(['exit-codes', 'environment'])
    expect(await ask('help', 'se')).toEqual(['selectors'])
    expect(await ask('help', 'lr', 'ha')).toEqual(['hash'])
    expect(await ask('help', 'lr', 'se')).toEqual(['session'])
    expect(await ask('help', 'nope', '')).toEqual([])
  })
})

describe('columns', () => {
  it('are those of the command, several separated by commas', async () => {
    expect(await ask('lr', 'ps', 'WIN-FIN-01', '--columns', 'process_p')).toEqual(['process_path', 'process_pid'])
    expect(await ask('lr', 'ls', 'WIN-FIN-01', '--columns=path,attr')).toEqual(['--columns=path,attributes'])
    expect(await ask('lr', 'ls', 'WIN-FIN-01', '--columns', 'path,pat')).toEqual([])
  })
})

describe('options', () => {
  it('are those of the command and the global ones, each once', async () => {
    expect(await ask('lr', 'ls', 'X', '--so')).toEqual(['--sort'])
    expect(await ask('--ver')).toEqual(['--verbose', '--version'])
    expect(await ask('lr', '--ver')).toEqual(['--verbose'])
    expect(await ask('--he')).toEqual(['--help'])
    expect(await ask('lr', 'ls', '--sort', 'name', '--so')).toEqual([])
    expect(await ask('lr', 'ls', '--sort=name', '--so')).toEqual([])
    // -v of one command differs from -v of all commands.
    expect(await ask('lr', 'reg', 'query', 'X', 'HKLM', '-v', '--v')).toEqual([])
    expect(await ask('lr', 'reg', 'query', 'X', 'HKLM', '/v', 'name', '--v')).toEqual(['--verbose'])
  })

  it('offer their values, in the next word or after =', async () => {
    expect(await ask('-o', '')).toEqual(['table', 'json', 'ndjson', 'csv'])
    expect(await ask('lr', 'ls', 'X', '--sort', 'S')).toEqual(['size'])
    expect(await ask('lr', 'ls', 'X', '--sort=s')).toEqual(['--sort=size'])
    expect(await ask('lr', 'find', 'X', '--type', '')).toEqual(['f', 'd'])
    expect(await ask('lr', 'reg', 'add', 'X', 'HKLM\\x', '-t', 'REG_D')).toEqual(['REG_DWORD', 'REG_DWORD_BIG_ENDIAN'])
    expect(await ask('--profile', '')).toEqual(['lab', 'default', 'Other one'])
    expect(await ask('lr', 'ls', '--profile=o')).toEqual(['--profile=Other one'])
    expect(await ask('lr', 'memdump', 'X', '--get', '')).toBe('files')
    expect(await ask('lr', 'memdump', 'X', '--get=')).toBe('files')
    expect(await ask('lr', 'ls', 'X', '--json=')).toEqual([])
    expect(await ask('lr', 'ls', 'X', '--bogus=')).toEqual([])
  })

  it("are not offered after --, and cbc's own not once a command line has begun", async () => {
    expect(await ask('lr', 'ls', '--', '--so')).toEqual([])
    expect(await ask('lr', 'exec', 'X', '--she')).toEqual(['--shell'])
    for (const typed of ['', '-', '--sh', 'W', '/']) {
      expect(await ask('lr', 'exec', 'X', 'whoami', typed)).toEqual([])
      expect(await ask('lr', 'exec', 'X', '--', 'whoami', typed)).toEqual([])
      expect(await ask('lr', 'script', 'X', 'file.ps1', typed)).toEqual([])
    }
    expect(await ask('lr', 'script', 'X', '')).toBe('files')
  })
})

describe('devices', () => {
  it('are named as they can be typed', async () => {
    expect(await ask('lr', 'ls', '')).toEqual(['CORP\\KIOSK', 'LAB\\KIOSK', 'SRV-1', 'WIN-FIN-01', 'WIN-FIN-02'])
    expect(await ask('lr', 'connect', 'win')).toEqual(['WIN-FIN-01', 'WIN-FIN-02'])
    expect(await ask('lr', 'ls', 'srv')).toEqual(['SRV-1'])
    expect(await ask('lr', 'ls', 'corp')).toEqual(['CORP\\KIOSK', 'CORP\\SRV-1'])
    expect(await ask('lr', 'ls', 'corp\\s')).toEqual(['CORP\\SRV-1'])
    expect(await ask('lr', 'session', 'list', 'WIN')).toHaveLength(2)
    expect(await ask('lr', 'ls', '10')).toEqual(['100', '101', '102', '103', '104'])
  })

  it('are those of the profile named in the line', async () => {
    await ask('--profile', 'a', 'lr', 'ls', 'x')
    await ask('lr', 'ls', '--profile=b', 'x')
    await ask('--profile', 'a', 'lr', '--profile', 'b', 'ls', 'x')
    await ask('lr', 'ls', 'x')
    expect(asked).toEqual([
      ['x', 'a'],
      ['x', 'b'],
      ['x', 'b'],
      ['x', undefined],
    ])
  })

  it('may be several separated by commas, each once', async () => {
    expect(await ask('lr', 'ps', 'WIN-FIN-01,win')).toEqual(['WIN-FIN-01,WIN-FIN-02'])
    expect(await ask('lr', 'ps', 'win-fin-01,')).not.toContain('win-fin-01,WIN-FIN-01')
    expect(await ask('lr', 'collect', 'win')).toEqual(['winEventLogs'])
    for (const before of [['A'], ['A', 'B,C']])
      expect(await ask('lr', 'collect', ...before, 'win')).toEqual(['winEventLogs', 'WIN-FIN-01', 'WIN-FIN-02'])
    expect(await ask('lr', 'collect', 'A', '--into', '')).toBe('files')
    for (const typed of ['WIN-*', 'query:W', 'query:', 'WIN?', 'A,query:x']) expect(await ask('lr', 'ps', typed)).toEqual([])
  })

  it('are omitted if they cannot be typed, or would run something when typed', async () => {
    known = [
      '',
      '-rf',
      '123',
      'query:x',
      'a,b',
      'a*',
      'a?',
      '@a',
      ' a',
      'a ',
      'a\x1b[31m',
      'a\nb',
      'a\u202eb',
      'a\ud800',
      'x'.repeat(300),
      'ok $(x)',
    ].map((name, id) => ({ id, name, about: 'x\ny\x1b' }))
    expect(await ask('lr', 'ls', '')).toEqual(['ok $(x)'])
    expect(await candidates(grammar, { words: ['lr', 'ls'], typed: 'ok' }, sources)).toEqual([
      { text: 'ok $(x)', about: 'x\\ny\\x1b', final: true },
    ])
  })

  it('may come from a file', async () => {
    const folder = testFolder()
    mkdirSync(join(folder, 'lists'))
    for (const file of ['list.txt', '.hidden', 'li\x1bst']) writeFileSync(join(folder, file), '')
    expect(await ask('lr', 'ls', `@${folder}/li`)).toEqual([`@${folder}/list.txt`, `@${folder}/lists/`])
    expect(await ask('lr', 'ls', `@${folder}/.h`)).toEqual([`@${folder}/.hidden`])
    expect(await ask('lr', 'ls', `@${folder}/none/`)).toEqual([])
  })
})

it('settings are offered after a profile or alone, and values are left to the user', async () => {
  expect(await ask('config', 'set', 'ssl_v')).toEqual(['ssl_verify', 'ssl_verify_hostname'])
  expect(await ask('config', 'set', 'o')).toEqual(['org_key', 'Other one'])
  expect(await ask('config', 'set', 'default', 'o')).toEqual(['org_key'])
  expect(await ask('config', 'set', 'ssl_verify', '')).toEqual([])
  expect(await ask('config', 'set', 'default', 'ssl_verify', '')).toEqual([])
  expect(await ask('config', 'unset', 'prox')).toEqual(['proxy'])
})

it('a playbook is completed by the names that ship, then files; anything else is a path', async () => {
  const before = process.cwd()
  process.chdir(testFolder())
  try {
    writeFileSync('web.yaml', '')
    writeFileSync('windows.txt', '')
    for (const words of [
      ['lr', 'run'],
      ['lr', 'playbook', 'show'],
    ]) {
      expect(await ask(...words, 'w')).toEqual(['windows-triage', 'web.yaml', 'windows.txt'])
      expect(await ask(...words, 'pers')).toEqual(['persistence-hunt'])
      expect(await ask(...words, './w')).toBe('files')
    }
  } finally {
    process.chdir(before)
  }
})

it('completion asks no endpoint', async () => {
  for (const words of [
    ['lr', 'ls', 'X', 'C:\\'],
    ['lr', 'kill', 'X', '4'],
    ['lr', 'reg', 'query', 'X', 'HKLM'],
    ['lr', 'reg', 'query', 'X', 'HKLM', '-v', 'a'],
    ['lr', 'exec', 'X', '--cwd', 'C'],
  ])
    expect(await ask(...words)).toEqual([])
  expect(await ask('lr', 'put', 'X', '')).toBe('files')
  expect(await ask('lr', 'get', 'X', 'C:\\x', '')).toBe('files')
  expect(asked).toEqual([])
})

it('every candidate parses', async () => {
  const word = fc.constantFrom(
    'lr',
    'lab',
    'ls',
    'reg',
    'query',
    'exec',
    'X',
    '--json',
    '-o',
    '--sort',
    '--',
    '',
    '-',
    '--',
    'C:\\',
    '@x',
    'completion',
    '--profile',
    'a,b',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), word, async (words, typed) => {
      const answer = await candidates(grammar, { words, typed }, sources)
      if (answer === 'files') return
      for (const { text } of answer) expect(text.toLowerCase().startsWith(typed.toLowerCase())).toBe(true)
      // Every offered option is known to the command.
      const option = answer.find(({ text }) => text.startsWith('--') && !text.includes('='))
      if (option === undefined || typed.includes('=')) return
      await parse(grammar, [...words, option.text]).catch((error: Error) => {
        expect(error.message).not.toContain(`unknown option '${option.text}'`)
      })
    }),
    { numRuns: 300 },
  )
})
