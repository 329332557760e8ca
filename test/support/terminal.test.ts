import { describe, expect, it } from 'vitest'
import { bytesOfKey } from './keys.ts'
import { openTerminal } from './terminal.ts'

const node = (script: string, options?: Parameters<typeof openTerminal>[2]): ReturnType<typeof openTerminal> =>
  openTerminal(process.execPath, ['-e', script], options)

/** Prints what each chunk of input was. */
const ECHO = `process.stdin.setRawMode(true); process.stdout.write('ready\\r\\n')
process.stdin.on('data', chunk => { process.stdout.write(JSON.stringify(String(chunk)) + '\\r\\n'); if (String(chunk).includes('\\x04')) process.exit(7) })`

describe('openTerminal', () => {
  it('shows what a program draws rather than what it writes', async () => {
    const terminal = node('process.stdout.write("one\\r\\ntwo  \\x1b[31mred\\x1b[0m\\r\\x1b[1Aeins")')
    expect(await terminal.waitFor('eins')).toEqual(['eins', 'two  red'])
    expect(terminal.raw()).toContain('\x1b[31mred')
    expect(await terminal.exit).toEqual({ code: 0, signal: undefined })
  })

  it('sends text, keys, and each Tab separately', async () => {
    const terminal = node(ECHO)
    await terminal.waitFor('ready')
    await terminal.type('ab\tcd')
    await terminal.waitFor(/"ab"\n"\\t"\n"cd"/)
    await terminal.key('up')
    await terminal.waitFor('"\\u001b[A"')
    await terminal.key('ctrl-d')
    expect((await terminal.exit).code).toBe(7)
  })

  it('keeps the order of what is typed without waiting', async () => {
    const terminal = node(ECHO)
    await terminal.waitFor('ready')
    const typed = Promise.all([terminal.type('a\tb'), terminal.key('enter'), terminal.type('c')])
    await terminal.waitFor(screen =>
      screen
        .join('')
        .replace(/[^abc]/g, '')
        .endsWith('abc'),
    )
    await typed
  })

  it('has the requested size, and reports a new one', async () => {
    const terminal = node(
      'console.log(process.stdout.columns, process.stdout.rows); process.stdout.on("resize", () => console.log("now", process.stdout.columns)); setInterval(() => {}, 1000)',
      { cols: 60, rows: 10 },
    )
    await terminal.waitFor('60 10')
    terminal.resize(40, 12)
    await terminal.waitFor('now 40')
  })

  it('finds wrapped text, and scrolled text in the transcript', async () => {
    const terminal = node('console.log("x".repeat(15) + "needle" + "y".repeat(10)); for (let n = 0; n < 20; n++) console.log("line", n)', {
      cols: 18,
      rows: 24,
    })
    await terminal.waitFor('xneedley')
    await terminal.exit
    const short = node('for (let n = 0; n < 50; n++) console.log("line", n)', { rows: 5 })
    await short.exit
    expect(short.screen()).toEqual(['line 46', 'line 47', 'line 48', 'line 49'])
    expect(short.transcript()).toContain('line 3\nline 4\n')
  })

  it('answers a query for the cursor position', async () => {
    const terminal = node(
      'process.stdin.setRawMode(true); process.stdin.once("data", chunk => { console.log("at", JSON.stringify(String(chunk))); process.exit() }); process.stdout.write("abc\\x1b[6n")',
    )
    await terminal.waitFor('at "\\u001b[1;4R"')
  })

  it('fails with the whole screen', async () => {
    const waits = node('console.log("what there is"); setInterval(() => {}, 1000)')
    await waits.waitFor('what there is')
    await expect(waits.waitFor('what is not', 50)).rejects.toThrow(/never showed what is not: not in 50 ms\n┌─+┐\n│what there is +│\n└/)
    const ends = node('console.log("bye")')
    await expect(ends.waitFor('what is not')).rejects.toThrow(/the program ended\n[^]*bye/)
  })

  it('kills a program that does not end', async () => {
    const terminal = node('process.on("SIGHUP", () => {}); setInterval(() => {}, 1000); console.log("here")')
    await terminal.waitFor('here')
    await terminal.close()
    expect(() => process.kill(terminal.pid, 0)).toThrow()
  })
})

it('supports all keys', () => {
  expect(bytesOfKey('ctrl-c')).toBe('\x03')
  expect(bytesOfKey('ctrl-R')).toBe('\x12')
  expect(bytesOfKey('alt-b')).toBe('\x1bb')
  expect(() => bytesOfKey('ctrl-enter')).toThrow('no such key')
})
