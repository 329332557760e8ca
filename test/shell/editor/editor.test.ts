import { describe, expect, test } from 'vitest'
import { openHistory } from '../../../src/shell/history.ts'
import type { Completion, LineResult } from '../../../src/shell/editor/index.ts'
import { bench, until } from './terminal.ts'

const prompt = { text: '\x1b[32m>\x1b[0m ' }

function historyOf(...lines: string[]) {
  const history = openHistory()
  for (const line of lines) history.add(line)
  return history
}

/** A completer that answers when the test says so. */
function slowCompleter() {
  const asked: { line: string; cursor: number; signal: AbortSignal; answer(completion: Completion): void; fail(): void }[] = []
  return {
    asked,
    complete: (line: string, cursor: number, signal: AbortSignal) =>
      new Promise<Completion>((answer, reject) => {
        asked.push({ line, cursor, signal, answer, fail: () => reject(new Error('no')) })
      }),
  }
}

describe('reading a line', () => {
  test('draws it as it is typed, and returns it on Enter', async () => {
    const { editor, keys, shown } = bench()
    const line = editor.read(prompt)
    await keys('ls', '\x1b[D', '-')
    expect(await shown()).toEqual(['> l-s'])
    await keys('\r')
    expect(await line).toEqual({ kind: 'line', text: 'l-s' })
    editor.close()
  })

  test('does not accept text typed before a question as its answer', async () => {
    const { editor, keys } = bench()
    const first = editor.read(prompt)
    await keys('rm *\r', 'y\r')
    expect(await first).toEqual({ kind: 'line', text: 'rm *' })
    const answer = editor.read({ text: 'Delete 2? ', fresh: true })
    await keys('n\r')
    expect(await answer).toEqual({ kind: 'line', text: 'n' })
    editor.close()
  })

  test('drops it on Ctrl-C and says so, and ends on Ctrl-D in an empty line', async () => {
    const { editor, keys, shown, interrupts } = bench()
    const first = editor.read(prompt)
    await keys('abc', '\x03')
    expect(await first).toEqual({ kind: 'interrupt' })
    const second = editor.read(prompt)
    await keys('\x03')
    expect(await second).toEqual({ kind: 'interrupt' })
    const third = editor.read(prompt)
    await keys('\x04')
    expect(await third).toEqual({ kind: 'eof' })
    expect(await shown()).toEqual(['> abc^C', '> ^C', '>'])
    expect(interrupts).toBe(0)
    editor.close()
  })

  test('ends at the end of the input, after what was typed', async () => {
    const { editor, input, shown } = bench()
    const first = editor.read(prompt)
    input.end('one\rtw')
    expect(await first).toEqual({ kind: 'line', text: 'one' })
    expect(await editor.read(prompt)).toEqual({ kind: 'eof' })
    expect(await editor.read(prompt)).toEqual({ kind: 'eof' })
    expect((await shown())[0]).toBe('> one')
    editor.close()
  })

  test('ends when the terminal can no longer be read', async () => {
    const { editor, input } = bench()
    const line = editor.read(prompt)
    input.destroy(new Error('EIO'))
    expect(await line).toEqual({ kind: 'eof' })
    editor.close()
  })

  test('is possible only once at a time', async () => {
    const { editor } = bench()
    const line = editor.read(prompt)
    expect(() => editor.read(prompt)).toThrow('already')
    editor.close()
    expect(await line).toEqual({ kind: 'eof' })
  })

  test('starts in a new row, whatever was written before', async () => {
    const { editor, keys, terminal, shown } = bench()
    terminal.write('no line break')
    void editor.read(prompt)
    await keys('x')
    expect(await shown()).toEqual(['no line break%', '> x'])
    editor.close()
  })

  test('leaves only the line on the screen after Ctrl-L', async () => {
    const { editor, keys, terminal, shown } = bench()
    terminal.write('old\r\nold\r\n')
    void editor.read(prompt)
    await keys('abc', '\x0c', 'd')
    expect(await shown()).toEqual(['> abcd'])
    editor.close()
  })

  test('loses no key after a lone Esc', async () => {
    const { editor, keys, terminal, shown } = bench({ history: historyOf('found') })
    void editor.read(prompt)
    await keys('a', '\x12', 'fou')
    expect(await shown()).toEqual(['> found', 'search back: fou'])
    await keys('\x1b')
    await until(() => terminal.buffer.active.getLine(0)?.translateToString(true) === '> a')
    await keys('b')
    expect(await shown()).toEqual(['> ab'])
    editor.close()
  })

  test('moves through the history, and searches it', async () => {
    const { editor, keys, shown } = bench({ history: historyOf('ls C:\\', 'ps --tree') })
    const line = editor.read(prompt)
    await keys('\x1b[A\x1b[A')
    expect(await shown()).toEqual(['> ls C:\\'])
    await keys('\x1b[B', '\x12', 'zz')
    expect(await shown()).toEqual(['> ps --tree', 'not found: zz'])
    await keys('\x7f\x7f', 'ls', '\r')
    expect(await line).toEqual({ kind: 'line', text: 'ls C:\\' })
    expect(await shown()).toEqual(['> ls C:\\'])
    editor.close()
  })

  test('redraws it when the window size changes', async () => {
    const { editor, keys, resize, shown, terminal } = bench()
    void editor.read(prompt)
    await keys('0123456789'.repeat(4))
    resize(20, 12)
    await until(() => terminal.buffer.active.getLine(2)?.translateToString(true) === '89')
    expect(await shown()).toEqual(['> 012345678901234567', '89012345678901234567', '89'])
    editor.close()
  })
})

describe('typing ahead', () => {
  test('keeps keys for the next line, and completes lines one after another', async () => {
    const { editor, keys, shown } = bench()
    await keys('one\rtwo\rth', 'ree')
    const results: LineResult[] = [await editor.read(prompt), await editor.read(prompt)]
    expect(results).toEqual([
      { kind: 'line', text: 'one' },
      { kind: 'line', text: 'two' },
    ])
    const third = editor.read(prompt)
    expect(await shown()).toEqual(['> one', '> two', '> three'])
    await keys('!\r')
    expect(await third).toEqual({ kind: 'line', text: 'three!' })
    editor.close()
  })

  test('echoes nothing while a command runs', async () => {
    const { editor, keys, shown } = bench()
    await keys('secret')
    expect(await shown()).toEqual([])
    editor.close()
  })

  test('is interrupted at once by Ctrl-C while a command runs, which drops what was typed', async () => {
    const at = bench()
    await at.keys('one\rtw')
    await at.keys('o\x03three')
    expect(at.interrupts).toBe(1)
    void at.editor.read(prompt)
    expect(await at.shown()).toEqual(['> three'])
    at.editor.close()
  })

  test('passes Ctrl-C that arrives together with Enter to the command that Enter starts', async () => {
    const order: string[] = []
    const { editor, keys } = bench({
      onInterrupt: () => {
        order.push('interrupt')
      },
    })
    const run = editor.read(prompt).then(async () => {
      await Promise.resolve()
      order.push('command runs')
    })
    await keys('sleep\r\x03')
    await run
    await until(() => order.length === 2)
    expect(order).toEqual(['command runs', 'interrupt'])
    editor.close()
  })
})

describe('pasting', () => {
  const paste = (text: string) => `\x1b[200~${text}\x1b[201~`

  test('is announced to the terminal, and runs nothing by itself', async () => {
    const { editor, keys, shown, written } = bench()
    expect(written).toContain('\x1b[?2004h')
    let done = false
    void editor.read(prompt).then(() => {
      done = true
    })
    await keys(paste('one\r\ntwo\r'), paste('\rthree'))
    expect(await shown()).toEqual(['> one', 'two', 'three'])
    expect(done).toBe(false)
    editor.close()
  })

  test('runs line by line after Enter, each line shown as if it were typed', async () => {
    const { editor, keys, shown } = bench()
    const first = editor.read(prompt)
    await keys(paste('one\rtwo\rthree'), '!', '\r', 'more')
    expect(await first).toEqual({ kind: 'line', text: 'one' })
    expect(await editor.read(prompt)).toEqual({ kind: 'line', text: 'two' })
    expect(await editor.read(prompt)).toEqual({ kind: 'line', text: 'three!' })
    void editor.read(prompt)
    expect(await shown()).toEqual(['> one', '> two', '> three!', '> more'])
    editor.close()
  })

  test('drops the remaining lines on Ctrl-C', async () => {
    const at = bench()
    const first = at.editor.read(prompt)
    await at.keys(paste('one\rtwo'), '\r')
    await first
    await at.keys('\x03')
    expect(at.interrupts).toBe(1)
    void at.editor.read(prompt)
    expect(await at.shown()).toEqual(['> one', '>'])
    at.editor.close()
  })

  test('shows control characters, and never obeys them', async () => {
    const { editor, keys, shown } = bench()
    void editor.read(prompt)
    await keys('x', paste('a\tb\x1b[2Jc\x07'))
    expect(await shown()).toEqual(['> xa^Ib^[[2Jc^G'])
    editor.close()
  })
})

describe('huge input', () => {
  test('is handed over line by line: a paste of 200,000 lines', async () => {
    const { editor, keys, shown } = bench()
    const first = editor.read(prompt)
    await keys(`\x1b[200~${Array.from({ length: 200_000 }, (_, n) => `line ${n}`).join('\r')}\x1b[201~`)
    expect((await shown()).at(-1)).toBe('line 199999')
    await keys('\r')
    expect(await first).toEqual({ kind: 'line', text: 'line 0' })
    for (let n = 1; n < 1000; n++) expect(await editor.read(prompt)).toEqual({ kind: 'line', text: `line ${n}` })
    editor.close()
  })

  test('is listed as far as there is room: of 300,000 candidates the rest are only counted', async () => {
    const candidates = Array.from({ length: 300_000 }, (_, n) => ({ text: `name-${n}`, final: true }))
    const { editor, keys, shown } = bench({ complete: () => Promise.resolve({ from: 0, candidates }) })
    const line = editor.read(prompt)
    await keys('n\t')
    expect(await shown()).toEqual(['> name-'])
    await keys('\t')
    expect((await shown()).at(-1)).toMatch(/^\.\.\. and 2999\d\d more$/)
    await keys('x\r')
    expect(await line).toEqual({ kind: 'line', text: 'name-x' })
    editor.close()
  })
})

describe('completion', () => {
  const two = {
    from: 3,
    candidates: [
      { text: 'alpha', final: true },
      { text: 'alpine', label: 'alpine (dir)', final: false },
    ],
  }

  test('inserts the common part, then lists candidates below, which the next key removes', async () => {
    const { editor, keys, shown } = bench({ complete: () => Promise.resolve(two) })
    void editor.read(prompt)
    await keys('ls a', '\t')
    expect(await shown()).toEqual(['> ls alp'])
    await keys('\t')
    expect(await shown()).toEqual(['> ls alp', 'alpha         alpine (dir)'])
    await keys('h')
    expect(await shown()).toEqual(['> ls alph'])
    editor.close()
  })

  test('leaves room for the line below a long list', async () => {
    const candidates = Array.from({ length: 100 }, (_, index) => ({ text: `candidate-${index}`, final: true }))
    const { editor, keys, shown, resize } = bench({ complete: () => Promise.resolve({ from: 0, candidates }) }, 40, 6)
    void editor.read(prompt)
    await keys('\t', '\t')
    expect(await shown()).toEqual([
      '> candidate-',
      'candidate-0   candidate-4',
      'candidate-1   candidate-5',
      'candidate-2   candidate-6',
      'candidate-3   candidate-7',
      '... and 92 more',
    ])
    resize(40, 4)
    expect((await shown()).slice(-4)).toEqual(['> candidate-', 'candidate-0   candidate-2', 'candidate-1   candidate-3', '... and 96 more'])
    editor.close()
  })

  test('applies what is typed after a Tab to the completed line, and a second Tab to the next step', async () => {
    const { asked, complete } = slowCompleter()
    const { editor, keys, shown } = bench({ complete, typeAhead: 60_000 })
    const line = editor.read(prompt)
    await keys('ls a\t\t')
    asked[0]?.answer(two)
    await until(() => asked.length === 2)
    expect(asked[1]?.line).toBe('ls alp')
    asked[1]?.answer(two)
    await keys('')
    expect(await shown()).toEqual(['> ls alp', 'alpha         alpine (dir)'])
    await keys('h\tb\r')
    expect(await shown()).toEqual(['> ls alph...'])
    asked[2]?.answer({ from: 3, candidates: [{ text: 'alpha', final: true }] })
    expect(await line).toEqual({ kind: 'line', text: 'ls alpha b' })
    void editor.read(prompt)
    await keys('x\ty', '\x03')
    expect(asked[3]?.signal.aborted).toBe(true)
    editor.close()
  })

  test('does not block other keys while it waits, and drops its late answer', async () => {
    const { asked, complete } = slowCompleter()
    const { editor, keys, shown } = bench({ complete })
    const line = editor.read(prompt)
    await keys('ls a', '\t')
    expect(await shown()).toEqual(['> ls a...'])
    expect(asked[0]).toMatchObject({ line: 'ls a', cursor: 4, signal: { aborted: false } })
    await keys('x')
    await until(() => asked[0]?.signal.aborted === true)
    asked[0]?.answer(two)
    await keys('\t')
    expect(await shown()).toEqual(['> ls ax...'])
    asked[1]?.answer({ from: 3, candidates: [{ text: 'axe', final: true }] })
    await keys('')
    expect(await shown()).toEqual(['> ls axe'])
    await keys('\t', '\r')
    asked[2]?.answer(two)
    expect(await line).toEqual({ kind: 'line', text: 'ls axe ' })
    expect(asked[2]?.signal.aborted).toBe(true)
    expect(await shown()).toEqual(['> ls axe'])
    editor.close()
  })

  test('says nothing when the completer fails', async () => {
    const { asked, complete } = slowCompleter()
    const { editor, keys, shown } = bench({ complete })
    void editor.read(prompt)
    await keys('a', '\t')
    asked[0]?.fail()
    await keys('b')
    expect(await shown()).toEqual(['> ab'])
    editor.close()
    const thrower = bench({
      complete: () => {
        throw new Error('no')
      },
    })
    void thrower.editor.read(prompt)
    await thrower.keys('a', '\t')
    expect(await thrower.shown()).toEqual(['> a'])
    thrower.editor.close()
  })
})

describe('the terminal', () => {
  test('shows messages above the prompt, and without decoration while no line is read', async () => {
    const { editor, keys, shown, terminal } = bench()
    editor.print('one\n')
    void editor.read(prompt)
    await keys('abc', '\x1b[D')
    editor.print('two')
    editor.print('three\nfour\n')
    expect(await shown()).toEqual(['one', 'two', 'three', 'four', '> abc'])
    expect(terminal.buffer.active.cursorX).toBe(4)
    editor.close()
  })

  test('is handed over and taken back, and no key is taken in between', async () => {
    const { editor, input, keys, shown, raw, written } = bench()
    editor.suspend()
    editor.suspend()
    expect(raw).toEqual([true, false])
    expect(written.at(-1)).toBe('\x1b[?2004l')
    expect(input.listenerCount('data')).toBe(0)
    input.write('theirs')
    expect(input.read()?.toString()).toBe('theirs')
    editor.resume()
    expect(raw).toEqual([true, false, true])
    expect(written.at(-1)).toBe('\x1b[?2004h')
    void editor.read(prompt)
    await keys('ours')
    expect(await shown()).toEqual(['> ours'])
    editor.close()
  })

  test('shows a line again that was interrupted', async () => {
    const { editor, keys, shown } = bench()
    void editor.read(prompt)
    await keys('abc')
    editor.suspend()
    expect(await shown()).toEqual([])
    editor.resume()
    await keys('d')
    expect(await shown()).toEqual(['> abcd'])
    editor.close()
  })

  test('is restored once, and no listener is left behind', async () => {
    const { editor, input, raw, written, resize } = bench()
    const line = editor.read(prompt)
    editor.close()
    editor.close()
    expect(await line).toEqual({ kind: 'eof' })
    expect(raw).toEqual([true, false])
    expect(written.filter(text => text.includes('\x1b[?2004l'))).toHaveLength(1)
    expect([input.listenerCount('data'), input.listenerCount('end'), input.isPaused()]).toEqual([0, 0, true])
    const before = written.length
    resize(20, 20)
    editor.resume()
    editor.suspend()
    expect(await editor.read(prompt)).toEqual({ kind: 'eof' })
    expect(written).toHaveLength(before)
  })
})
