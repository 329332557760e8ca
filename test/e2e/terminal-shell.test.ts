import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { openCbc, type TestTerminal, type TerminalOptions } from '../support/terminal.ts'

type Typist = TestTerminal & { home: string; line(text: string): Promise<void> }

/** `cbc lr connect …` on a fresh lab, in a real terminal. */
function connect(args: string[], options: TerminalOptions = {}): Typist {
  const home = testFolder()
  const terminal = openCbc(['lr', 'connect', ...args], {
    home,
    cwd: home,
    cols: 120,
    ...options,
    env: { CBC_PROFILE: 'lab', ...options.env },
  })
  return Object.assign(terminal, {
    home,
    async line(text: string) {
      await terminal.type(text)
      await terminal.key('enter')
    },
  })
}

async function shell(options?: TerminalOptions): Promise<Typist> {
  const terminal = connect(['WIN-FIN-01'], options)
  await terminal.waitFor(/WIN-FIN-01 .*> ?$/)
  return terminal
}

describe('the list of devices', () => {
  it('opens when no device is named, is filtered by typing, and connects to the selected one', async () => {
    const terminal = connect([])
    await terminal.waitFor(/WIN-FIN-01 +WINDOWS +Standard +CORP\\j\.moreau +online +\d+ (s|min) ago/)
    await terminal.type('windows fin-02')
    await terminal.waitFor(screen => screen.some(row => row.includes('WIN-FIN-02')) && !screen.some(row => row.includes('WIN-FIN-01')))
    await terminal.key('enter')
    await terminal.waitFor(/WIN-FIN-02 .*> ?$/)
    await terminal.line('pwd; exit')
    expect(await terminal.exit).toMatchObject({ code: 0 })
  })

  it.each(['escape', 'ctrl-c'] as const)('names its keys, and is left with %s', async key => {
    const terminal = connect([])
    await terminal.waitFor(/WIN-FIN-01[^]*navigate • ⏎ select • Esc leave/)
    await terminal.key(key)
    expect(await terminal.exit).toMatchObject({ code: 130 })
  })
})

it('the shell reports a finished job above the line being typed, and loses no key', async () => {
  const terminal = await shell()
  await terminal.line('exec ping -n 2 127.0.0.1 | tail -n 2 &')
  await terminal.waitFor(/\[1\] exec ping/)
  await terminal.type('ls C:\\Us')
  await terminal.waitFor(/Average = 0ms\n\[1\] done {2}exec ping -n 2 127\.0\.0\.1 \| tail -n 2\nWIN-FIN-01 [^\n]*> ls C:\\Us$/)
  await terminal.type('ers --columns filename')
  await terminal.key('enter')
  await terminal.waitFor(/filename\n[^]*Public/)
})

it('the shell asks again before it leaves running jobs', async () => {
  const terminal = await shell()
  await terminal.line('exec ping -n 600 127.0.0.1 &')
  await terminal.waitFor(/> ?$/)
  await terminal.key('ctrl-d')
  await terminal.waitFor('leaving again cancels them')
  await terminal.key('ctrl-d')
  expect(await terminal.exit).toMatchObject({ code: 0 })
  expect(terminal.transcript()).toContain('[1] cancelled  exec ping')
})

it('the shell switches to another endpoint, whose name Tab completes', async () => {
  const terminal = await shell()
  await terminal.type('connect WIN-HR\t')
  await terminal.waitFor('> connect WIN-HR-01 ')
  await terminal.key('enter')
  await terminal.waitFor(/^WIN-HR-01 [^\n]*> ?$/m)
})

it('the shell uses its local directory, also in completion', async () => {
  const terminal = await shell()
  mkdirSync(join(terminal.home, 'two words'))
  writeFileSync(join(terminal.home, 'two words', 'note.txt'), 'hello from here')
  await terminal.type('lcd two\t')
  await terminal.waitFor('> lcd "two words/"')
  await terminal.key('enter')
  await terminal.type('!cat not')
  await terminal.type('\t')
  await terminal.waitFor('> !cat note.txt ')
  await terminal.key('enter')
  await terminal.waitFor('hello from here')
})

it('the shell runs a paste of several lines one by one', async () => {
  const terminal = await shell()
  await terminal.type('\u001b[200~cd C:\\Users\r\npwd\r\n# a comment\r\nls | wc -l\u001b[201~')
  await terminal.waitFor('ls | wc -l')
  await terminal.key('enter')
  await terminal.waitFor(/> pwd\nC:\\Users\n[^\n]*> # a comment\n[^\n]*> ls \| wc -l\n *\d+\n/)
})

it('the shell keeps a long line whole when the terminal changes its size', async () => {
  const terminal = await shell({ cols: 60, rows: 20 })
  const long = 'x'.repeat(150)
  await terminal.type(`cat ${long}`)
  await terminal.waitFor(`cat ${long}`)
  terminal.resize(45, 20)
  await terminal.key('enter')
  await terminal.waitFor('no such file')
  await terminal.line('cd C:\\')
  await terminal.waitFor(/C:\\> ?$/)
})

it('the shell shows a result in the requested pager as on the screen', async () => {
  const terminal = await shell({ env: { PAGER: 'sed s/^/paged:/' } })
  await terminal.line('stat C:\\Windows --columns path,filename --pager')
  await terminal.waitFor(/paged:path +C:\\Windows\npaged:filename +Windows/)
  await terminal.line('pwd')
  await terminal.waitFor(/> pwd\nC:\\/)
})
