import { describe, expect, it } from 'vitest'
import { helpTexts } from '../../src/cli/help-texts.ts'
import { preparedHelp } from '../../src/cli/prepared-help.ts'
import { program } from '../../src/cli/program.ts'
import { parse } from '../../src/engine/parse.ts'
import { connectCommand } from '../../src/shell/connect-command.ts'
import { testHost } from '../support/host.ts'

const GRAMMAR = program(testHost(), async () => connectCommand)
const PREPARED = await helpTexts(GRAMMAR)

const live = async (...words: string[]) => {
  const outcome = await parse({ ...GRAMMAR, width: 100 }, words)
  return outcome.kind === 'text' ? outcome.text : undefined
}
const prepared = (words: string[], output: { isTTY?: boolean; columns?: number } = {}) => preparedHelp(words, output, PREPARED)

describe('help that is laid out in advance', () => {
  it.each([
    [['--help']],
    [['lr', '-h']],
    [['lr', 'ls', '--help']],
    [['lr', 'dir', '--help']],
    [['lr', 'reg', 'enum', '--help']],
    [['devices', 'list', '--help']],
    [['lr', 'connect', '--help']],
    [['config', 'init', '--help']],
  ])('is what the definitions say: %j', async words => {
    expect(prepared(words)).toBe(await live(...words))
  })

  it('is also what `help` shows for a command', () => {
    expect(prepared(['help', 'lr', 'ls'])).toBe(prepared(['lr', 'ls', '--help']))
    expect(prepared(['help'])).toBe(prepared(['--help']))
  })

  it.each([
    [['lr', 'ls', 'WIN-FIN-01', '--help']],
    [['lr', 'nothing', '--help']],
    [['--json', 'lr', 'ls', '--help']],
    [['lr', 'ls']],
    [['lr', 'exec', 'WIN-FIN-01', 'reg', '-h']],
    [['help', 'exit-codes']],
    [['help', 'toString']],
    [['', '--help']],
    [[]],
  ])('is left to the definitions where more was typed, or something else: %j', words => {
    expect(prepared(words)).toBeUndefined()
  })

  it('is not for a terminal that is narrower than its lines', () => {
    expect(prepared(['--help'], { isTTY: true, columns: 99 })).toBeUndefined()
    expect(prepared(['--help'], { isTTY: true })).toBeUndefined()
    expect(prepared(['--help'], { isTTY: true, columns: 100 })).toBe(prepared(['--help']))
  })
})
