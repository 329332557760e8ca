import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, type Value } from '../../src/playbooks/expression.ts'
import { checkOnEndpoint, readStep } from '../../src/playbooks/step-line.ts'
import { fill, lineOf, parseTemplate } from '../../src/playbooks/template.ts'
import { words } from '../../src/engine/tokenize.ts'

const filled = (line: string, inputs: Record<string, Value>, steps: Record<string, Value> = {}) =>
  fill(parseTemplate(line), expression => evaluate(expression, { inputs, steps, os: 'windows' }))
const texts = (line: string, inputs: Record<string, Value>) => filled(line, inputs).map(({ text }) => text)

describe('values in a line', () => {
  it('are words of their own, or parts of a word, in quotes and out of them', () => {
    expect(texts('get "C:\\Users\\{{ inputs.user }}\\a b" {{inputs.n}}{{ inputs.user }} x', { user: 'j', n: 3 })).toEqual([
      'get',
      'C:\\Users\\j\\a b',
      '3j',
      'x',
    ])
  })

  it('never become more than a part of their word, whatever they contain, and read back from the line that people see', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('; rm -r C:\\', '&& kill 4', '| sh', '" "', "' '", '{{ inputs.other }}', '# x', '!x', ''),
        (text, more) => {
          const value = (text + more).replaceAll('\0', '')
          const all = filled('rm "a {{ inputs.value }}" {{ inputs.value }} last', { value, other: 'no' })
          expect(all.map(word => word.text)).toEqual(['rm', `a ${value}`, value, 'last'])
          if (!/[\ue0f0]/.test(value)) expect(words(lineOf(all))).toEqual(all.map(word => word.text))
        },
      ),
    )
  })

  it.each(['-r', '--recursive', '-rf', '--', '--yes'])('%s from a value is refused where it would be an option', async value => {
    await expect(readStep(filled('rm {{ inputs.value }} C:\\x', { value }), [])).rejects.toThrow('would be an option')
  })

  it('no value turns a command into another, or adds an option', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('-r', '--force', '/f', '/v', '-v', '-', '-sv', '/ve')),
        async value => {
          const read = await readStep(filled('reg delete HKLM\\SOFTWARE\\X -v {{ inputs.value }}', { value }), []).catch(() => undefined)
          if (read !== undefined) expect(read.input).toEqual({ ...read.input, key: 'HKLM\\SOFTWARE\\X', value })
          const rm = await readStep(filled('rm {{ inputs.value }}', { value }), []).catch(() => undefined)
          if (rm !== undefined) expect(rm.input).toEqual({ path: [value], recursive: false })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('an option that the playbook itself writes takes any value', async () => {
    const { input } = await readStep(filled('ps --filter={{ inputs.value }} --user {{ inputs.value }}', { value: '-r' }), [])
    expect(input).toMatchObject({ filter: '-r', user: '-r' })
  })

  it('a command can not come from a value', async () => {
    await expect(readStep(filled('{{ inputs.value }} C:\\x', { value: 'rm' }), [])).rejects.toThrow("can't come from a value")
    await expect(readStep(filled('reg {{ inputs.value }} HKLM\\x', { value: 'delete' }), [])).rejects.toThrow("can't come from a value")
  })

  it('a switch of cmd.exe is refused on Windows, and a pattern in a name from the endpoint everywhere', async () => {
    const slash = filled('rm {{ inputs.value }}', { value: '/s' })
    const command = await readStep(slash, [])
    expect(() => checkOnEndpoint(command, slash, true)).toThrow('would be an option')
    expect(() => checkOnEndpoint(command, slash, false)).not.toThrow()
    const star = filled('rm {{ steps.x.rows[0].path }}', {}, { x: { rows: [{ path: '/tmp/*' }] } })
    expect(() => checkOnEndpoint(command, star, false)).toThrow('would be a pattern')
  })

  it('a value that is not there, or is no word, is an error at its place', () => {
    expect(() => texts('ls {{ inputs.none }}', {})).toThrow('there is no such value')
    expect(() => texts('ls {{ inputs.many }}', { many: [1] })).toThrow('no word')
  })
})
