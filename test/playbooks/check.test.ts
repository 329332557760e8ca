import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultsOf } from './support.ts'

describe('the check of a playbook', () => {
  it('finds nothing wrong with one that uses all there is', async () => {
    const text = [
      'name: all',
      'description: all there is',
      'inputs:',
      '  name: { description: a program }',
      '  most: { type: number, default: 3 }',
      '  key: { default: HKLM\\SOFTWARE }',
      '  dry:',
      'steps:',
      '  - name: find it',
      '    run: ps --filter "{{ inputs.name }}"',
      '    register: found',
      '  - run: kill {{ steps.found.rows[0].process_pid }} --if-name {{ inputs.name }}',
      '    when: os == "windows" and steps.found.count > 0 and steps.found.count <= inputs.most',
      '    on_error: continue',
      '  - run: reg query {{ inputs.key }}',
      '  - collect: [WindowsRunKeys, WindowsHostsFile]',
      '  - run: find C:\\Users --size "+{{ inputs.most }}" --newer "{{ inputs.dry }}"',
    ]
    expect(await faultsOf(text.join('\n'))).toEqual([])
  })

  it.each<[string, string[], string[]]>([
    ['an unknown command', ['steps:', '  - run: frobnicate x'], ['2:10: unknown command']],
    ['a wrong option', ['steps:', '  - run: ps --fitler x'], ['2:10: unknown option']],
    ['a wrong value of an option', ['steps:', '  - run: find C:\\ --size huge'], ['2:10: ']],
    ['an unknown key', ['steps:', '  - run: ps', '    whn: true'], ['3:5: "whn" has no meaning here']],
    ['a missing command', ['steps:', '  - name: x'], ['2:5: a step has either run or collect']],
    ['no steps', ['name: x'], ['1:1: steps: is missing']],
    ['an unknown input', ['steps:', '  - run: ls {{ inputs.x }}'], ['2:16: inputs.x: there is no such input']],
    ['a later step', ['steps:', '  - run: ls {{ steps.b.count }}', '  - run: ps', '    register: b'], ['2:16: steps.b: no earlier step']],
    [
      'a field that no step has',
      ['steps:', '  - {run: ps, register: a}', '  - run: ls', '    when: steps.a.rws'],
      ['4:11: steps.a.rws: a step has'],
    ],
    ['an unknown word', ['steps:', '  - run: ls', '    when: \'ox == "x"\''], ['3:12: ox: has no meaning here']],
    ['one = for two', ['steps:', '  - run: ls', '    when: os = "x"'], ['3:14: write == to compare']],
    ['a pipe', ['steps:', '  - run: ps | grep x'], ["2:13: a step's result goes into its row"]],
    ['two commands', ['steps:', '  - run: ps; ls'], ['2:12: a step is one command']],
    ['an open quote', ['steps:', '  - run: ls "C'], ['2:10: the quote']],
    ['open braces', ['steps:', '  - run: ls {{ inputs.x'], ['2:13: {{ is not closed']],
    ['a wrong default', ['inputs:', '  a: {type: number, default: x}', 'steps: [{run: ps}]'], ['2:30: default: is not a number']],
    ['a wrong type', ['inputs:', '  a: {type: text}', 'steps: [{run: ps}]'], ['2:13: type: ']],
    ['the same name twice', ['steps:', '  - {run: ps, register: a}', '  - {run: ps, register: a}'], ['3:25: register: another step']],
    ['a key twice', ['name: x', 'name: y', 'steps: [{run: ps}]'], ['2:1: ']],
    ['a dry run of one step', ['steps:', '  - run: rm x --dry-run'], ['2:10: rm: --dry-run is for the whole playbook']],
    ['both run and collect', ['steps:', '  - run: ps', '    collect: WindowsRunKeys'], ['2:5: a step has either run or collect']],
    ['an unknown artifact', ['steps:', '  - collect: [WindowsRunKeys, NoSuchThing]'], ['2:14: ']],
  ])('says where %s is', async (_, lines, faults) => {
    const found = await faultsOf(lines.join('\n'))
    expect(found.map((fault, at) => fault.slice(0, faults[at]?.length))).toEqual(faults)
  })

  it('says all that is wrong at once', async () => {
    expect(await faultsOf('steps:\n  - run: frobnicate\n  - run: ls {{ inputs.x }}\n    when: os =\n  - run: ps --no\n')).toHaveLength(4)
  })

  it.each<[string, string]>([
    [
      'a billion laughs',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map(
          (name, at) =>
            `${name}: &${name} [${Array(9)
              .fill(`*${'abcdefgh'.charAt(at)}`)
              .join(',')}]`,
        )
        .join('\n')}\nsteps: *i\n`,
    ],
    ['an alias of itself', 'steps: &a [*a]\n'],
    ['deep nesting', `steps: ${'['.repeat(100_000)}`],
    ['deep nesting by lines', Array.from({ length: 3000 }, (_, at) => `${' '.repeat(at)}- `).join('\n')],
    ['a tag of a language', 'steps: !!js/function "x"\n'],
    ['a prototype', 'steps: [{run: ps}]\n__proto__: {x: 1}\n'],
    ['an input that is a prototype', 'inputs: {__proto__: {}}\nsteps: [{run: "ls {{ inputs.__proto__ }}"}]\n'],
    ['two documents', 'steps: [{run: ps}]\n---\nsteps: []\n'],
    ['nothing', ''],
    ['a scalar', 'hello'],
  ])('refuses %s, soon', async (_, text) => {
    expect((await faultsOf(text)).length).toBeGreaterThan(0)
  })

  it('takes any text, and finds a place for what is wrong with it', async () => {
    const part = fc.constantFrom(
      'steps',
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      'run',
      'ps',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '|',
      '>',
      '#',
      '{{',
      '}}',
      'when',
      '!',
      '\t',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 25 }), async parts => {
        await faultsOf(parts.join(''))
        await faultsOf(parts.join(''), 'lines')
      }),
    )
  })
})

describe('lines of the shell', () => {
  it('have no expressions: braces are text like any other', async () => {
    expect(await faultsOf('exec echo {{ nothing }} {{\n', 'lines')).toEqual([])
  })

  it('are commands, with ; and && and comments', async () => {
    expect(await faultsOf('# a\r\n\nps; ls C:\\ # b\nset -e\ncd C:\\Users && ls -l\n', 'lines')).toEqual([])
  })

  it.each<[string, string]>([
    ['ps\n  frob x\n', '2:3: unknown command'],
    ['ls && ps --fitler x\n', '1:7: unknown option'],
    ['ps\nps > out.txt\n', "2:4: a step's result goes into its row"],
    ['ps &\n', '1:4: steps run one after the other'],
    ['!dir\n', '1:1: a line that begins with !'],
    ['ls "C:\n', '1:1: the quote'],
    ['# nothing\n', '1:1: there is no command in this file'],
    ['history\n', '1:1: unknown command'],
  ])('%j', async (text, fault) => {
    expect((await faultsOf(text, 'lines'))[0]?.slice(0, fault.length)).toBe(fault)
  })
})
