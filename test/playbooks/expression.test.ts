import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, ExpressionError, isTrue, parseExpression, pathsIn, UNKNOWN, type Value } from '../../src/playbooks/expression.ts'

const ROOTS: Record<string, Value> = {
  os: 'windows',
  inputs: { name: 'Updater.exe', size: 3, on: true, nothing: null },
  steps: { found: { ok: true, count: 2, rows: [{ process_pid: 7312 }, { process_pid: 8 }] }, later: UNKNOWN },
}
const valueOf = (text: string) => evaluate(parseExpression(text), ROOTS)

describe('expressions', () => {
  it.each<[string, Value]>([
    ['os == "windows"', true],
    ["os == 'Windows' and inputs.size > 2", true],
    ['not (os == "linux") && !inputs.nothing', true],
    ['os == "linux" or steps.found.count >= 2', true],
    ['false or false and true', false],
    ['(true or true) and false', false],
    ['steps.found.rows[1].process_pid', 8],
    ['steps["found"].rows[9].process_pid', null],
    ['8 in steps.found.rows[*].process_pid', true],
    ['9 in steps.found.rows[*].process_pid', false],
    ['"UPDATER" in inputs.name and not ("x" in inputs.nothing)', true],
    ['inputs.size == "3"', false],
    ['inputs.name < 3', false],
    ['"it""s"', 'it"s'],
    ['-1.5', -1.5],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toBe(value)
  })

  it('sees own fields only, never what every object inherits', () => {
    for (const path of [
      'inputs.constructor',
      'inputs.__proto__',
      'steps.found.rows.length.constructor',
      'constructor',
      'inputs["toString"]',
    ])
      expect(valueOf(path), path).toBeNull()
  })

  it('what a dry run does not know stays unknown, unless the rest decides', () => {
    expect(valueOf('steps.later.ok')).toBe(UNKNOWN)
    expect(valueOf('not steps.later.ok')).toBe(UNKNOWN)
    expect(valueOf('steps.later.count > 1 or true')).toBe(true)
    expect(valueOf('steps.later.count > 1 and false')).toBe(false)
    expect(valueOf('steps.later.count > 1 and true')).toBe(UNKNOWN)
  })

  it.each<[string, number]>([
    ['os = "x"', 3],
    ['os == ', 6],
    ['(os', 0],
    ['os == "x', 6],
    ['inputs.', 7],
    ['steps.a.rows[x]', 13],
    ['os os', 3],
    ['a + b', 2],
    ['and', 0],
  ])('says where %s is wrong', (text, at) => {
    expect(() => parseExpression(text)).toThrow(ExpressionError)
    try {
      parseExpression(text)
    } catch (error) {
      expect((error as ExpressionError).at).toBe(at)
    }
  })

  it('refuses what is nested or long without end, and leaves the stack alone', () => {
    for (const text of ['('.repeat(100_000), `${'('.repeat(60)}1${')'.repeat(60)}`, 'not '.repeat(900) + '1', 'x'.repeat(5000)])
      expect(() => parseExpression(text)).toThrow(ExpressionError)
    expect(isTrue(valueOf(`${'('.repeat(40)}1${')'.repeat(40)}`))).toBe(true)
  })

  it('means what JavaScript means by the same comparisons of numbers', () => {
    const number = fc.integer({ min: -50, max: 50 })
    const leaf = fc.tuple(number, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), number).map(([a, sign, b]) => `${a} ${sign} ${b}`)
    const { tree } = fc.letrec<{ tree: string }>(tie => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.tuple(tie('tree'), fc.constantFrom('and', 'or', '&&', '||'), tie('tree')).map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
        tie('tree').map(a => `not (${a})`),
      ),
    }))
    fc.assert(
      fc.property(tree, text => {
        const script = text
          .replace(/\band\b/g, '&&')
          .replace(/\bor\b/g, '||')
          .replace(/\bnot\b/g, '!')
          .replace(/([=!])=/g, '$1==')
        expect(valueOf(text)).toBe(new Function(`return ${script}`)())
      }),
    )
  })

  it('any text is an expression, or is refused with a place in it', () => {
    const part = fc.constantFrom('a', '.', '[', ']', '(', ')', '==', '"', "'", ' ', '1', 'not', 'and', '{', '\n', '𝄞')
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 30 }).map(parts => parts.join('')),
        text => {
          try {
            evaluate(parseExpression(text), ROOTS)
            pathsIn(parseExpression(text))
          } catch (error) {
            expect(error).toBeInstanceOf(ExpressionError)
            expect((error as ExpressionError).at).toBeLessThanOrEqual(text.length)
          }
        },
      ),
    )
  })
})
