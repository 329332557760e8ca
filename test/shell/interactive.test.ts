import { expect, it } from 'vitest'
import type { LineResult } from '../../src/shell/editor/index.ts'
import { openHistory } from '../../src/shell/history.ts'
import { interact, type Console } from '../../src/shell/interactive.ts'
import { openShell } from './open-shell.ts'

/** A user who types lines at prompts. */
async function typed(lines: string[]): Promise<{ prompts: string[]; history: readonly string[]; err: string }> {
  const { shell, host } = await openShell({ terminal: true })
  const history = openHistory()
  const prompts: string[] = []
  const err: string[] = []
  const console = {
    editor: {
      async read({ text }: { text: string }): Promise<LineResult> {
        prompts.push(text)
        const line = lines.shift()
        return line === undefined ? { kind: 'eof' } : { kind: 'line', text: line }
      },
      print() {},
      close() {},
      suspend() {},
      resume() {},
    },
    begin: () => new AbortController().signal,
    bind() {},
    interrupt() {},
    end() {},
  } as unknown as Console
  Object.assign(host.stderr, {
    isTerminal: true,
    write: async (text: string) => {
      err.push(text)
    },
  })
  await interact(shell, console, history)
  return { prompts, history: history.entries, err: err.join('') }
}

it.each([
  ['set +o history', 'set -o history'],
  ['set +history', 'set -history'],
])('after %s no line is recorded until %s, and the prompt says so', async (off, on) => {
  const { prompts, history, err } = await typed(['pwd', off, 'drives', 'lpwd', on, 'cd C:\\'])
  expect(history).toEqual(['pwd', off, 'cd C:\\'])
  expect(prompts.map(prompt => prompt.includes('no history'))).toEqual([false, false, true, true, true, false, false])
  expect(err).toContain('the lines that follow are not remembered, until `set -o history`\n')
})
