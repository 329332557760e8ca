import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { environment } from '../support/environment.ts'
import { BUILT } from '../support/command.ts'
import { nodesHere } from '../support/nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { testFolder } from '../support/folder.ts'

const execute = promisify(execFile)

/** Other versions of Node on this machine: the tests run with the project's version, but users may have another one. */
const others = nodesHere().filter(({ version }) => version !== process.version)

describe.runIf(others.length > 0).each(others)('on $version', ({ path }) => {
  const home = testFolder()
  const cbc = async (...args: string[]) =>
    await execute(path, [BUILT, ...args], { cwd: home, env: environment({ CBC_PROFILE: 'lab' }, home), timeout: PATIENCE_MS })

  it('lists, transfers, runs and queries, on a Windows endpoint and on this machine', async () => {
    writeFileSync(join(home, 'note.txt'), 'hello\r\n')
    for (const [device, directory] of [
      ['WIN-FIN-01', 'C:\\Windows\\Temp\\'],
      ['LNX-LAB-01', '/tmp/'],
    ] as const) {
      const { stdout: put, stderr } = await cbc('lr', 'put', device, 'note.txt', directory, '--json')
      expect({ put: JSON.parse(put) as unknown, stderr }).toMatchObject({ put: { size: 7 }, stderr: '' })
      await cbc('lr', 'get', device, `${directory}note.txt`, 'back.txt', '--force')
      expect(readFileSync(join(home, 'back.txt'), 'utf8')).toBe('hello\r\n')
      expect((await cbc('lr', 'connect', device, '-c', `cat ${directory}note.txt; rm ${directory}note.txt`)).stdout).toMatch(/^hello\r\n/)
      expect(JSON.parse((await cbc('lr', 'ps', device, '--json')).stdout)).not.toEqual([])
    }
    expect((await cbc('lr', 'exec', 'WIN-FIN-01', 'whoami')).stdout).toBe('nt authority\\system\r\n')
    expect((await cbc('lr', 'exec', 'LNX-LAB-01', 'echo', 'here')).stdout).toBe('here\n')
    expect((await cbc('lr', 'reg', 'query', 'WIN-FIN-01', 'HKLM\\SOFTWARE', '--json')).stdout).toContain('Microsoft')
  })

  it('exits with the right code and one line', async () => {
    await expect(cbc('lr', 'stat', 'WIN-FIN-01', 'C:\\nope')).rejects.toMatchObject({
      code: 4,
      stderr: 'cbc: C:\\nope: no such file or directory (0x80070002)\n',
    })
  })
})
