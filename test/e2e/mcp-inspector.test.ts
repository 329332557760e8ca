import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BUILT, COMMAND } from '../support/command.ts'
import { runOther } from '../support/other-programs.ts'
import { analyst } from './lab.ts'

/** The command line of the protocol's inspector finds its own package only from here. */
const INSPECTOR = fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/inspector-cli/build', import.meta.url))

// It starts itself by `node`, which is not there where the executable is tested.
describe.skipIf(!existsSync(INSPECTOR) || !COMMAND.includes(BUILT))(
  "the command line of the protocol's inspector (@modelcontextprotocol/inspector-cli)",
  () => {
    it('lists tools, lists processes, is refused a kill, and reads the journal of the case', async () => {
      const user = analyst()
      const server = [...COMMAND, 'mcp', '--case', join(user.home, 'evidence')]
      const inspect = async (...words: string[]) => {
        const { code, stdout, stderr } = await runOther([process.execPath, 'cli.js', '--cli', ...server, ...words], {
          ...user,
          cwd: INSPECTOR,
        })
        expect(code, stderr).toBe(0)
        return JSON.parse(stdout) as { tools: { name: string }[]; contents: { text: string }[] }
      }
      const call = (tool: string, ...given: string[]) =>
        inspect('--method', 'tools/call', '--tool-name', tool, ...['device=WIN-FIN-01', ...given].flatMap(pair => ['--tool-arg', pair]))

      const { tools } = await inspect('--method', 'tools/list')
      const names = tools.map(({ name }) => name)
      expect(names).toContain('ps')
      expect(names).not.toContain('kill')
      const system: unknown = expect.objectContaining({ process_pid: 4 })
      expect(await call('ps')).toMatchObject({ structuredContent: { result: expect.arrayContaining([system]) as unknown } })
      expect(await call('kill', 'process=["4"]')).toMatchObject({ isError: true, structuredContent: { error: { code: 'refused' } } })
      expect(await inspect('--method', 'resources/list')).toEqual({ resources: [expect.objectContaining({ uri: 'cbc://case/journal' })] })
      const { contents } = await inspect('--method', 'resources/read', '--uri', 'cbc://case/journal')
      expect(contents[0]?.text).toMatch(/untrusted content .* begins.*\n.*"verb":"ps".*"verb":"kill"/)
      expect((await user.cbc('lr', 'session', 'list', '--json')).json()).toEqual([])
    })
  },
)
