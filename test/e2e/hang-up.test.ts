import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMAND, COMMAND_IN_SH } from '../support/command.ts'
import { start } from '../support/program.ts'
import { openCbc, openTerminal } from '../support/terminal.ts'
import { until } from '../support/host.ts'
import { analyst } from './lab.ts'

const W = 'WIN-FIN-01'
const PROMPT = 'system32> '

/** A process that owns a terminal, which closes like a window when the process is killed. */
const HOLDER = `
  const { spawn } = await import('@lydell/node-pty')
  const [[file, ...words], typed] = JSON.parse(process.env.HELD)
  const pty = spawn(file, words, { cols: 100, rows: 30, env: process.env })
  let seen = ''
  pty.onData(data => {
    seen += data
    if (typed.length > 0 && seen.includes('system32')) pty.write(typed.shift())
  })
  console.log(pty.pid)
`

describe.concurrent('when a terminal is closed', () => {
  it.each([
    ['at the prompt', ['lr', 'connect', W], []],
    ['while a line runs', ['lr', 'connect', W], ['exec ping -n 100 127.0.0.1\r']],
    ['while a single command runs', ['lr', 'exec', W, 'ping -n 100 127.0.0.1'], []],
  ])('%s: the session is closed, and nothing is left behind', async (_where, words, typed) => {
    const user = analyst()
    const holder = start([], {
      program: ['--input-type=module', '-e', HOLDER],
      home: user.home,
      env: { ...user.env, HELD: JSON.stringify([[...COMMAND, ...words], typed]) },
    })
    const pid = Number(await holder.line(/^\d+$/))
    const sessions = async () => (await user.built('lr', 'session', 'list', '--json')).json<{ current_command_index: number }[]>()
    // A program of the endpoint was started, or the prompt has appeared.
    const commands = words.includes('exec') || typed.length > 0 ? 1 : 0
    await until(async () => (await sessions()).some(({ current_command_index }) => current_command_index >= commands))
    await holder.kill('SIGKILL')
    await until(() => !isAlive(pid))
    expect(await sessions()).toEqual([])
    expect(readdirSync(join(user.home, '.local', 'state', 'cbc', 'ledger'))).toEqual([])
  })
})

it.each(['SIGTERM', 'SIGHUP'] as const)('%s ends a shell in which a line runs', async signal => {
  const user = analyst()
  const terminal = openCbc(['lr', 'connect', W], { env: user.env, home: user.home })
  await terminal.waitFor(PROMPT)
  await terminal.type('exec ping -n 100 127.0.0.1')
  await terminal.key('enter')
  await until(async () =>
    (await user.built('lr', 'session', 'list', '--json'))
      .json<{ current_command_index: number }[]>()
      .some(({ current_command_index }) => current_command_index > 0),
  )
  process.kill(terminal.pid, signal)
  await terminal.exit
  expect((await user.built('lr', 'session', 'list', '--json')).json()).toEqual([])
})

it('a terminal that reports no size can be used', async () => {
  const user = analyst()
  const terminal = openTerminal('sh', ['-c', `stty cols 0 rows 0; exec ${COMMAND_IN_SH} lr exec ${W} 'ping -n 2 127.0.0.1'`], {
    env: user.env,
    home: user.home,
  })
  expect(await terminal.exit).toMatchObject({ code: 0 })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
