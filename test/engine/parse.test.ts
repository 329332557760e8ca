import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CbcError } from '../../src/core/errors.ts'
import { any, flag, many, optional, required, value, values } from '../../src/verbs/define.ts'
import { GLOBAL_OPTIONS, readGlobals } from '../../src/engine/globals.ts'
import { posixExample, shellExample } from '../../src/engine/examples.ts'
import { parse, type Grammar } from '../../src/engine/parse.ts'
import { asksForJson } from '../../src/engine/route.ts'
import { nest, type CommandNode, type Spec } from '../../src/engine/spec.ts'

const loaded: string[] = []

function leaf(name: string, spec: Partial<Spec>, aliases: string[] = []): CommandNode {
  return {
    name,
    aliases,
    load: async () => {
      loaded.push(name)
      return { spec: { summary: `do ${name}`, examples: [], arguments: {}, options: {}, ...spec }, run: async () => 0 }
    },
  }
}

const device = required('text', 'device id or name')
const LS = leaf(
  'ls',
  {
    details: 'More about it.',
    examples: [{ line: 'ls "C:\\Program Files"', does: 'a directory' }],
    arguments: { device, path: any('remote-path', 'directories') },
    options: {
      long: flag('-l, --long', 'all columns'),
      sort: value('--sort <order>', 'by name or size'),
      tag: values('--tag <text>', 'several'),
    },
  },
  ['dir'],
)
const EXEC = leaf('exec', {
  arguments: { device, command: many('command-line', 'program and arguments') },
  options: { noWait: flag('--no-wait', 'do not wait'), cwd: value('--cwd <dir>', 'where'), shell: flag('--shell', 'through a shell') },
})
const SCRIPT = leaf('script', { arguments: { device, file: required('local-path', 'script'), args: any('command-line', 'its arguments') } })
const QUERY = leaf('query', {
  arguments: { device, key: required('registry-key', 'key') },
  options: {
    value: value('-v, --value <name>', 'a value'),
    recursive: flag('-s, --recursive', 'all below'),
    default: flag('--default', 'default'),
  },
  slashes: { '/v': '--value', '/s': '--recursive', '/ve': '--default' },
})
const STAT = leaf('stat', { arguments: { device, path: required('remote-path', 'file'), more: optional('text', 'more') } })

const GRAMMAR: Grammar = {
  root: {
    name: 'cbc',
    summary: 'the program',
    children: [
      {
        name: 'lr',
        aliases: ['live'],
        summary: 'live response',
        children: [LS, STAT, EXEC, SCRIPT, { name: 'reg', summary: 'the registry', children: [QUERY] }],
      },
    ],
  },
  globals: GLOBAL_OPTIONS,
  version: { spec: { summary: 'show the version', examples: [], arguments: {}, options: {} }, run: async () => 0 },
  example: posixExample,
  help: path => `${path} --help`,
  footer: 'That was all.',
}

async function run(...typed: string[]) {
  const outcome = await parse(GRAMMAR, typed)
  if (outcome.kind !== 'run') throw new Error(`a text: ${outcome.text}`)
  return { input: outcome.parsed.input, globals: outcome.parsed.globals }
}
async function text(...typed: string[]): Promise<string> {
  const outcome = await parse(GRAMMAR, typed)
  return outcome.kind === 'text' ? outcome.text : `ran with ${JSON.stringify(outcome.parsed)}`
}
const fails = (...typed: string[]): Promise<CbcError> =>
  parse(GRAMMAR, typed).then(
    outcome => {
      throw new Error(`no error: ${JSON.stringify(outcome)}`)
    },
    (error: unknown) => error as CbcError,
  )

describe('a command', () => {
  it('gets its arguments and options, including defaults', async () => {
    expect((await run('lr', 'ls', 'DEV', 'a', '-l', 'b', '--sort', 'size', '--tag', 'x', '--tag=y')).input).toEqual({
      device: 'DEV',
      path: ['a', 'b'],
      long: true,
      sort: 'size',
      tag: ['x', 'y'],
    })
    expect((await run('lr', 'ls', 'DEV')).input).toEqual({ device: 'DEV', path: [], long: false, sort: undefined, tag: [] })
    expect((await run('live', 'dir', 'DEV', '--', '-l')).input).toMatchObject({ path: ['-l'], long: false })
  })

  it('keeps the first value of an option that is given twice, or refuses the second', async () => {
    expect(await fails('lr', 'ls', 'DEV', '--sort', 'size', '--sort', 'name')).toMatchObject({
      code: 'usage',
      message: '--sort can be given only once, but was given again with "name"',
    })
    expect(await fails('lr', 'reg', 'query', 'DEV', 'HKLM', '/v', 'a', '-v', 'b')).toMatchObject({
      code: 'usage',
      message: '--value can be given only once, but was given again with "b"',
    })
  })

  it('is the only one that is loaded', async () => {
    loaded.length = 0
    await run('lr', 'stat', 'DEV', 'x')
    expect(loaded).toEqual(['stat'])
  })

  it('gets no empty value where one is required, and no NUL', async () => {
    expect(await fails('lr', 'stat', 'DEV', '')).toMatchObject({ code: 'usage', message: '<path> is empty' })
    expect(await fails('lr', 'stat', 'DEV', 'a\0b')).toMatchObject({ code: 'usage', message: '<path> contains a NUL character' })
    expect((await run('lr', 'exec', 'DEV', 'x', '')).input['command']).toEqual(['x', ''])
  })

  it('gets registry keys in one form', async () => {
    expect((await run('lr', 'reg', 'query', 'DEV', 'hklm:\\Software\\\\x\\')).input['key']).toBe('HKLM\\Software\\x')
    expect(await fails('lr', 'reg', 'query', 'DEV', 'Software')).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('registry hive') as string,
    })
  })
})

describe('global options', () => {
  const PLACES = [
    ['-o', 'csv', 'lr', 'stat', 'DEV', 'x'],
    ['lr', '-o', 'csv', 'stat', 'DEV', 'x'],
    ['lr', 'stat', '-o', 'csv', 'DEV', 'x'],
    ['lr', 'stat', 'DEV', '--output=csv', 'x'],
    ['lr', 'stat', 'DEV', 'x', '-ocsv'],
  ]

  it.each(PLACES)('may stand anywhere: %s %s %s %s %s %s', async (...typed) => {
    expect(await run(...typed.filter(word => word !== undefined))).toMatchObject({
      input: { device: 'DEV', path: 'x' },
      globals: { output: 'csv' },
    })
  })

  it('may stand in any place and order around the command', async () => {
    const option = fc.constantFrom(['--quiet'], ['-y'], ['--timeout', '30s'], ['--columns=a,b'], ['--read-only'], ['-v'])
    const spread = fc.uniqueArray(fc.tuple(option, fc.integer({ min: 0, max: 4 })), { selector: ([words]) => words[0] ?? '' })
    await fc.assert(
      fc.asyncProperty(spread, async places => {
        const command = ['lr', 'stat', 'DEV', 'x']
        const typed = Array.from({ length: 5 }, (_, at) => [
          ...places.filter(([, place]) => place === at).flatMap(([words]) => words),
          ...(at < 4 ? [command[at] ?? ''] : []),
        ]).flat()
        const { input, globals } = await run(...typed)
        expect(input).toEqual({ device: 'DEV', path: 'x', more: undefined })
        const known: Record<string, [string, unknown]> = {
          '--quiet': ['quiet', true],
          '-y': ['yes', true],
          '--timeout': ['timeout', 30_000],
          '--columns=a,b': ['columns', ['a', 'b']],
          '--read-only': ['readOnly', true],
          '-v': ['verbose', true],
        }
        expect(globals).toEqual(Object.fromEntries(places.map(([words]) => known[words[0] ?? ''] ?? ['', undefined])))
      }),
      { numRuns: 60 },
    )
  })

  it('closer to the end take precedence', async () => {
    expect((await run('--timeout', '1s', 'lr', '--timeout', '2s', 'stat', 'DEV', 'x', '--timeout', '3s')).globals).toEqual({
      timeout: 3000,
    })
    expect((await run('--timeout', '1s', 'lr', 'stat', 'DEV', 'x')).globals).toEqual({ timeout: 1000 })
  })

  it('leave a short name to a command that uses it', async () => {
    expect(await run('lr', 'reg', 'query', 'DEV', 'HKLM', '-v', 'Name', '--verbose')).toMatchObject({
      input: { value: 'Name' },
      globals: { verbose: true },
    })
    expect((await run('-v', 'lr', 'reg', 'query', 'DEV', 'HKLM')).globals).toEqual({ verbose: true })
    expect((await run('lr', 'stat', '-v', 'DEV', 'x')).globals).toEqual({ verbose: true })
  })

  it('have negative forms', async () => {
    expect((await run('--no-color', 'lr', 'stat', 'DEV', 'x', '--no-input')).globals).toEqual({ noColor: true, noInput: true })
    expect((await run('lr', 'exec', '--no-wait', 'DEV', 'x')).input).toMatchObject({ noWait: true, shell: false })
    expect((await run('lr', 'exec', 'DEV', 'x')).input).toMatchObject({ noWait: false })
  })

  it('are validated', async () => {
    expect(await fails('--timeout', 'soon', 'lr', 'stat', 'DEV', 'x')).toMatchObject({ code: 'usage', message: '"soon" is not a duration' })
    expect(await fails('lr', 'stat', 'DEV', 'x', '-o', 'xml')).toMatchObject({ code: 'usage', message: '--output: "xml" is not a format' })
    expect(() => readGlobals({ json: true, output: 'csv' })).toThrow('--json and --output csv exclude each other')
    expect(readGlobals({ json: true, yes: true })).toEqual({ output: 'json', yes: true })
    expect(readGlobals({ json: true, output: 'json' })).toEqual({ output: 'json' })
  })

  it.each([
    [['--json'], true],
    [['lr', '-o', 'json'], true],
    [['--output=json'], true],
    [['-ojson'], true],
    [['-qo', 'json', 'lr'], true],
    [['lr', 'stat', 'D', 'x', '-qyojson'], true],
    [['-o', 'ndjson'], true],
    [['--output', 'csv'], false],
    [['lr', 'json'], false],
    [['-o', 'json', '--output=csv'], false],
    [['lr', 'stat', '--json', '--nosuch'], true],
    [['nosuch', '--json'], true],
    // The value of another option, or a word of the endpoint's command line, does not request JSON.
    [['--columns', '--json'], false],
    [['lr', 'reg', 'query', 'D', 'HKLM', '/v', '--json'], false],
    [['lr', 'exec', 'D', '--', 'x', '--json'], false],
    [['lr', 'exec', 'D', 'x', '--json'], false],
    [['lr', 'exec', 'D', 'x', '-o', 'json'], false],
    [['lr', 'exec', 'D', '--json'], true],
    [['lr', 'stat', 'D', '--', '--json'], false],
  ])('decide the error format even on an invalid line: errors of %j are JSON: %s', async (typed, asks) => {
    expect(await asksForJson(GRAMMAR.root, GRAMMAR.globals, typed)).toBe(asks)
  })

  it('may be combined into one word, and the last one may take the next word as its value', async () => {
    expect(await run('-qo', 'json', 'lr', 'stat', 'DEV', 'x')).toMatchObject({
      input: { path: 'x' },
      globals: { quiet: true, output: 'json' },
    })
    expect(await run('lr', 'ls', 'DEV', '-lqocsv', 'x')).toMatchObject({
      input: { path: ['x'], long: true },
      globals: { quiet: true, output: 'csv' },
    })
    expect(await fails('lr', 'ls', 'DEV', '-lz')).toMatchObject({ code: 'usage', message: "unknown option '-z'" })
  })
})

describe('a command line for the endpoint', () => {
  const line = async (...typed: string[]) => (await run('lr', 'exec', ...typed)).input['command']

  it('keeps its own options', async () => {
    expect(await line('DEV', 'ping', '-n', '3', 'host')).toEqual(['ping', '-n', '3', 'host'])
    expect(await line('DEV', 'tool', '-o', 'json', '--shell', 'x')).toEqual(['tool', '-o', 'json', '--shell', 'x'])
    expect(await line('DEV', 'cmd.exe', '/c', 'dir', '-h')).toEqual(['cmd.exe', '/c', 'dir', '-h'])
    expect(await line('DEV', 'tool', '--help')).toEqual(['tool', '--help'])
    expect(await line('DEV', '-')).toEqual(['-'])
  })

  it("has cbc's options before its first word, around the device", async () => {
    expect(await run('lr', 'exec', '--cwd', 'C:\\x', 'DEV', '--shell', '-o', 'csv', 'tool', '-x')).toMatchObject({
      input: { device: 'DEV', cwd: 'C:\\x', shell: true, command: ['tool', '-x'] },
      globals: { output: 'csv' },
    })
  })

  it('keeps every option after its first word, whatever its name', async () => {
    expect(await run('lr', 'exec', 'DEV', 'tool', '--yes', '--json', '--timeout', '5s', '--cwd=C:\\')).toMatchObject({
      input: { command: ['tool', '--yes', '--json', '--timeout', '5s', '--cwd=C:\\'], cwd: undefined },
      globals: {},
    })
    expect(await run('lr', 'script', 'DEV', 'a.py', '--verbose')).toMatchObject({
      input: { file: 'a.py', args: ['--verbose'] },
      globals: {},
    })
    expect(await run('lr', 'script', '-v', 'DEV', 'a.py', '--', '-v')).toMatchObject({
      input: { args: ['-v'] },
      globals: { verbose: true },
    })
    expect(await fails('lr', 'exec', 'DEV', '--json')).toMatchObject({ message: "missing required argument 'command'" })
  })

  it('keeps everything after --, wherever that stands', async () => {
    for (const typed of [
      ['DEV', '--', 'tool', '--json'],
      ['--', 'DEV', 'tool', '--json'],
      ['DEV', '--shell', '--', 'tool', '--json'],
    ]) {
      expect(await run('lr', 'exec', ...typed)).toMatchObject({
        input: { device: 'DEV', command: ['tool', '--json'], shell: typed.includes('--shell') },
        globals: {},
      })
    }
    expect(await line('DEV', 'git', 'log', '--', 'file')).toEqual(['git', 'log', '--', 'file'])
    expect(await line('DEV', '--', 'a', '--', 'b')).toEqual(['a', '--', 'b'])
  })

  it('is kept whole, whatever it contains', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.constantFrom('-h', '--json', '--', '-o', '--help', '-v', '--version', '--no-wait', '/c', '-'),
            fc.string().filter(text => !text.includes('\0')),
          ),
        ),
        async words => {
          expect((await run('lr', 'exec', 'DEV', '--', 'tool', ...words)).input).toMatchObject({
            device: 'DEV',
            command: ['tool', ...words],
            noWait: false,
          })
        },
      ),
    )
  })
})

describe("reg.exe's switches", () => {
  it('are accepted in any case', async () => {
    expect((await run('lr', 'reg', 'query', 'DEV', 'HKLM', '/v', 'Name', '/S')).input).toMatchObject({ value: 'Name', recursive: true })
    expect((await run('lr', 'reg', 'query', 'DEV', 'HKLM', '/VE')).input).toMatchObject({ default: true })
  })

  it('may be the value of an option', async () => {
    expect((await run('lr', 'reg', 'query', 'DEV', 'HKLM', '/v', '/s')).input).toMatchObject({ value: '/s', recursive: false })
    expect((await run('lr', 'reg', 'query', 'DEV', 'HKLM', '-v', '/v')).input).toMatchObject({ value: '/v' })
  })

  it('are not accepted by other commands, and property names of every object are not switches', async () => {
    expect((await run('lr', 'ls', 'DEV', '/v')).input).toMatchObject({ path: ['/v'] })
    expect(await fails('lr', 'reg', 'query', 'DEV', 'constructor')).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('registry hive') as string,
    })
  })
})

describe('an invalid command line', () => {
  it.each([
    [['lss'], "unknown command 'lss'"],
    [['ls', 'DEV'], "unknown command 'ls'", 'did you mean `cbc lr ls`?'],
    [['Dir'], "unknown command 'Dir'", 'did you mean `cbc lr ls`?'],
    [['--json', 'lr', 'query', 'DEV'], "unknown command 'query'", 'did you mean `cbc lr reg query`?'],
    [['lr', 'sta'], "unknown command 'sta'", 'did you mean stat?'],
    [['lr', 'reg', 'qery'], "unknown command 'qery'", 'did you mean query?'],
    [['lr', 'nope', '--help'], "unknown command 'nope'"],
    [['-h', 'lr', 'reg', 'qery'], "unknown command 'qery'", 'did you mean query?'],
    [['lr', 'ls', 'DEV', '--sotr', 'x'], "unknown option '--sotr'", 'did you mean --sort?'],
    [['--jsn', 'lr'], "unknown option '--jsn'", 'did you mean --json?'],
    [['lr', 'ls', 'DEV', '-sort', 'name'], "unknown option '-sort'", 'did you mean --sort?'],
    [['lr', 'ls', 'DEV', '-json'], 'unknown option', 'did you mean --json?'],
    [['lr', 'stat'], "missing required argument 'device'", 'see `cbc lr stat --help`'],
    [['lr', 'stat', 'DEV'], "missing required argument 'path'", 'see `cbc lr stat --help`'],
    [['lr', 'exec', 'DEV'], "missing required argument 'command'", 'see `cbc lr exec --help`'],
    [['lr', 'stat', 'DEV', 'a', 'b', 'c'], "too many arguments for 'stat'. Expected 3 arguments but got 4: DEV, a, b, c"],
    [['lr', 'ls', 'DEV', '--sort'], "option '--sort <order>' argument missing"],
  ] as [string[], string, string?][])('%j is explained: %s', async (typed, message, hint) => {
    const error = await fails(...typed)
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message.split('. Expected')[0] ?? '') as string })
    expect(error.message).not.toContain('\n')
    if (hint !== undefined) expect(error.facts.hint?.toLowerCase()).toBe(hint.toLowerCase())
    else expect(error.facts.hint).toMatch(/\w/)
  })
})

describe('help', () => {
  it.each([
    [[]],
    [['lr']],
    [['lr', '--help']],
    [['-h']],
    [['lr', 'reg']],
    [['lr', 'ls', '-h']],
    [['lr', 'ls', 'DEV', '--help']],
    [['lr', 'exec', '-h']],
    [['--json']],
    [['lr', '-o', 'json', '-h']],
  ])('is shown by %j', async typed => {
    expect(await text(...typed)).toMatch(/^Usage: cbc/)
  })

  it('of a group lists its commands with what they do', async () => {
    expect(await text()).toMatch(/lr, live +live response\n[^]*That was all\./)
    const group = await text('lr')
    expect(group).toMatch(/^Usage: cbc lr /)
    for (const line of [/ls, dir +do ls/, /stat +do stat/, /reg +the registry/]) expect(group).toMatch(line)
    expect(group).not.toContain('--columns')
  })

  it('of a command lists its arguments, options, examples and the common options', async () => {
    const shown = await text('lr', 'ls', '--help')
    expect(shown).toMatch(/^Usage: cbc lr ls \[options\] <device> \[path\.\.\.\]\n\nDo ls\. More about it\./)
    for (const part of [
      '-l, --long',
      '--sort <order>',
      'directories',
      'Also: --profile <name>, --output <format>',
      '(see cbc --help)',
      "cbc lr ls WIN-FIN-01 'C:\\Program Files'\n      a directory",
    ])
      expect(shown).toContain(part)
    expect(shown.split('\n').filter(line => line.length > 100)).toEqual([])
    expect(await text('lr', 'reg', 'query', '-h')).toContain('Also as reg.exe has them: /v (--value), /s (--recursive), /ve (--default)')
  })

  it('lists the global options once, at the top', async () => {
    const shown = await text('--help')
    for (const { flags } of Object.values(GLOBAL_OPTIONS)) expect(shown).toContain(flags)
    expect(shown).toContain('--version')
    expect((await run('--version')).globals).toEqual({ json: false })
    for (const typed of [
      ['--version', '-o', 'csv'],
      ['--output=csv', '--version'],
    ])
      expect((await run(...typed)).globals).toEqual({ json: false, output: 'csv' })
    expect(await fails('--version', '-o', 'xml')).toMatchObject({ code: 'usage', message: '--output: "xml" is not a format' })
  })
})

describe('examples', () => {
  it('are quoted for the shell that they are meant for', () => {
    expect(posixExample('cbc lr put', 'put "it\'s.txt" "C:\\Program Files"')).toBe(
      "cbc lr put WIN-FIN-01 'it'\\''s.txt' 'C:\\Program Files'",
    )
    expect(posixExample('cbc lr reg query', 'reg query HKLM\\x -v "a b"')).toBe("cbc lr reg query WIN-FIN-01 'HKLM\\x' -v 'a b'")
    expect(posixExample('cbc lr ps', 'ps')).toBe('cbc lr ps WIN-FIN-01')
    expect(shellExample('ls', 'ls   C:\\Users "a b"')).toBe('ls C:\\Users "a b"')
  })
})

it('command names of two words belong to a group', () => {
  const load = async () => {
    throw new Error('not loaded')
  }
  const nodes = nest(
    [
      { name: 'ls', load },
      { name: 'reg query', load },
      { name: 'ps', load },
      { name: 'reg add', load },
    ],
    { reg: 'the registry' },
    name => (name === 'ls' ? ['dir'] : []),
  )
  expect(nodes.map(node => node.name)).toEqual(['ls', 'reg', 'ps'])
  expect(nodes[0]).toMatchObject({ aliases: ['dir'] })
  expect(nodes[1]).toMatchObject({
    summary: 'the registry',
    children: [
      { name: 'query', load },
      { name: 'add', load },
    ],
  })
})
