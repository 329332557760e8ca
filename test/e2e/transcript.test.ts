import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { steady } from '../support/steady.ts'
import { openCbc } from '../support/terminal.ts'

/** What a responder types who follows the README, line by line; the second text answers a question. */
const LINES: readonly (readonly [line: string, answer?: string])[] = [
  ['help kill'],
  ['ps --filter public'],
  ['ps --tree --filter public'],
  ['cd C:\\Users\\Public'],
  ['ls -l'],
  ['find . --name *.exe'],
  ['hash svchost.exe'],
  ['reg query HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'],
  ['exec netstat -ano'],
  ['netstat'],
  ['get svchost.exe'],
  ['rm svchost.exe'],
  ['kill winword.exe', 'n'],
  ['kill 7312 --if-name svchost.exe'],
  ['rm svchost.exe'],
  ['ls svchost.exe'],
  ['history'],
]
const PROMPT = /^WIN-FIN-01 .*>/

/*
 * A whole session as a person sees it at 80 columns. After a change, run `npx vitest run -u test/e2e/transcript.test.ts` and review the
 * file.
 */
it('an investigation in a terminal of 80 columns looks as last reviewed', async () => {
  const home = testFolder()
  const terminal = openCbc(['lr', 'connect', 'WIN-FIN-01'], {
    home,
    cwd: home,
    cols: 80,
    rows: 24,
    env: { CBC_PROFILE: 'lab' },
  })
  const enter = async (text: string): Promise<void> => {
    await terminal.type(text)
    await terminal.key('enter')
  }
  const shown = (): string[] => terminal.transcript().split('\n')
  const prompts = async (count: number): Promise<unknown> =>
    await terminal.waitFor(() => shown().filter(row => PROMPT.test(row)).length === count)

  await prompts(1)
  for (const [at, [line, answer]] of LINES.entries()) {
    await enter(line)
    if (answer !== undefined) {
      await terminal.waitFor('[y/N]')
      await enter(answer)
    }
    await prompts(at + 2)
  }
  await enter('exit')
  expect(await terminal.exit).toMatchObject({ code: 0 })
  const seen = shown().map(row => steady(row, home))
  await expect(`${seen.join('\n')}\n`).toMatchFileSnapshot(
    fileURLToPath(new URL('../fixtures/transcripts/investigation.txt', import.meta.url)),
  )
})
