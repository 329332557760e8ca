import { expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { start } from '../support/program.ts'
import { openCbc } from '../support/terminal.ts'

/** What would scroll a terminal, or clear what is on it. */
const CLEARS = /\x1b\[2J|\x1b\[3J|\x1bc|\x1b\[\?1049/

it('a run on a terminal has a status below its rows, and run show --watch draws itself again within the terminal, whatever its size', async () => {
  const lab = start('lab serve --state none --devices 200 --latency 300 --shares offline=5,failing=10 --json'.split(' '))
  const { url, token, org_key } = JSON.parse(await lab.line('{')) as { url: string; token: string; org_key: string }
  /** Sets how fast the endpoints' time passes: at 0, the run stays where it is, and is looked at for as long as that takes. */
  const clock = async (speed: number): Promise<void> => {
    const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
    expect((await fetch(`${url}/lab/clock`, { method: 'POST', headers, body: JSON.stringify({ speed }) })).status).toBe(200)
  }
  const env = { CBC_URL: url, CBC_TOKEN: token, CBC_ORG_KEY: org_key, CBC_PROFILE: undefined }
  const home = testFolder()
  const run = openCbc(['lr', 'drives', 'query:os:WINDOWS', '--parallel', '8'], { cols: 80, rows: 24, env, home, cwd: home })
  // The status stands below rows that come all the time, with all that it has to say.
  const screen = await run.waitFor(/^. drives: done \d+, running \d+.* of \d+; \d+\.\d\/s, .* left$/m)
  expect(screen.at(-1)).toMatch(/^. drives: done/)
  const name = /run (\S+):/.exec(run.transcript())?.[1] ?? ''

  await clock(0)
  const watcher = openCbc(['run', 'show', name, '--watch'], { cols: 80, rows: 24, env, home, cwd: home })
  await watcher.waitFor(/not done: [1-9]/)
  watcher.resize(60, 12)
  await watcher.waitFor(rows => rows.length <= 11 && /^run /.test(rows[0] ?? '') && rows.some(row => row.startsWith('slowest:')))
  watcher.resize(120, 40)
  await watcher.waitFor(rows => rows.length > 12 && rows.filter(row => row.startsWith('run ')).length === 1)
  expect(watcher.raw()).not.toMatch(CLEARS)

  await clock(10)
  expect((await run.exit).code).toBe(7)
  const last = run.transcript().split('\n').at(-1)
  expect(last).toMatch(new RegExp(`^done \\d+, failed \\d+, offline \\d+, unknown 0, not begun 0 of \\d+; 0 B; run ${name}$`))
  expect((await watcher.exit).code).toBe(0)
  // The picture has made room for what the run came to. (Rows that a smaller terminal had no room for are in its scrollback.)
  const after = watcher.raw().split('\x1b[J').at(-1)
  expect(after).toMatch(/state[^\n]*done/)
  expect(after).not.toMatch(/still running|\d\/s,/)
  await lab.kill()
})
