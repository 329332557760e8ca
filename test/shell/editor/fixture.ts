/** A shell of four commands on a real terminal, for pty.test.ts: `echo`, `wait` (until Ctrl-C), `child` (a program of its own), `exit`. */
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { openHistory } from '../../../src/shell/history.ts'
import { openEditor } from '../../../src/shell/editor/index.ts'

const { stdin, stdout } = process
const history = openHistory()
let running: AbortController | undefined

const editor = openEditor({
  terminal: {
    input: stdin,
    write(text) {
      stdout.write(text)
    },
    columns: () => stdout.columns,
    rows: () => stdout.rows,
    raw(on) {
      stdin.setRawMode(on)
    },
    onResize(listener) {
      stdout.on('resize', listener)
      return () => {
        stdout.off('resize', listener)
      }
    },
    onContinue: () => () => {},
  },
  history,
  complete: (line, cursor) =>
    Promise.resolve({
      from: 0,
      candidates: ['echo', 'exit'].filter(word => word.startsWith(line.slice(0, cursor))).map(text => ({ text, final: true })),
    }),
  onInterrupt() {
    running?.abort()
  },
  onSuspend: async () => {},
})

async function run(line: string): Promise<void> {
  const [verb = '', ...words] = line.split(' ')
  if (verb === 'echo') editor.print(`said ${words.join(' ')}\n`)
  if (verb === 'wait') {
    running = new AbortController()
    editor.print('waiting\n')
    await sleep(60_000, undefined, { signal: running.signal }).catch(() => editor.print('stopped\n'))
  }
  if (verb === 'child') {
    editor.suspend()
    spawnSync('sh', ['-c', 'echo ready; head -n 1'], { stdio: 'inherit' })
    editor.resume()
  }
}

for (;;) {
  const result = await editor.read({ text: '\x1b[36mfix>\x1b[0m ' })
  if (result.kind === 'eof' || (result.kind === 'line' && result.text === 'exit')) break
  if (result.kind !== 'line') continue
  history.add(result.text)
  await run(result.text)
}
editor.close()
