import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, madeCase, ran } from '../../support/made-case.ts'
import { isHere, tool } from '../../support/tool.ts'

const TIMES = { create_time: '2024-03-01T10:00:00Z', last_write_time: '2024-03-02T10:00:00Z', last_access_time: '2024-03-03T10:00:00Z' }
const entry = (path: string, more = {}) => ({ path, filename: '', size: 42, attributes: ['ARCHIVE'], ...TIMES, ...more })

async function lines(rows: unknown[]): Promise<string[]> {
  const { path } = await exported(await madeCase([{ verb: 'ls', rows }]), 'bodyfile')
  return readFileSync(path, 'utf8').trimEnd().split('\n')
}

describe('a body file', () => {
  it('has a line for each file that was seen, named after its device', async () => {
    const [a, m, b] = [TIMES.last_access_time, TIMES.last_write_time, TIMES.create_time].map(time => Date.parse(time) / 1000)
    expect(await lines([entry('C:\\Users\\x.exe'), entry('/var/log', { attributes: ['DIRECTORY', 'READONLY'], size: null })])).toEqual([
      `0|WIN-FIN-01:C:\\\\Users\\\\x.exe|0|r/rrwxrwxrwx|0|0|42|${a}|${m}|0|${b}`,
      `0|WIN-FIN-01:/var/log|0|d/dr-xr-xr-x|0|0|0|${a}|${m}|0|${b}`,
    ])
  })

  it('has no keys of the registry, and nothing before 1970', async () => {
    const early = { create_time: '1601-01-01T00:00:00Z', last_write_time: null, last_access_time: null }
    expect(await lines([entry('HKLM\\SOFTWARE\\X'), entry('C:\\a', early)])).toEqual(['0|WIN-FIN-01:C:\\\\a|0|r/rrwxrwxrwx|0|0|42|0|0|0|0'])
  })

  it('a name can neither end a field nor a line, nor begin an escape', async () => {
    expect((await lines([entry('/tmp/a|b\nc%41%zz\\x7c\u009b')]))[0]?.split('|')[1]).toBe(
      'WIN-FIN-01:/tmp/a\\x7cb\\x0ac\\x2541%zz\\\\x7c\\x9b',
    )
  })

  it('of a case that was changed says so in comments, which mactime skips', async () => {
    const folder = await madeCase([{ verb: 'ls', rows: [entry('C:\\a')] }])
    writeFileSync(join(folder.path, 'files\n0|x'), '')
    const { code, out } = await ran(['case', 'export', folder.path, '--format', 'bodyfile', '--json'])
    const { path } = JSON.parse(out) as { path: string }
    const [first = '', ...rest] = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect({ code, first, rest: rest.length }).toEqual({
      code: 7,
      first: expect.stringMatching(/^# the case is not as it was recorded: files\\x0a0\|x: /) as string,
      rest: 1,
    })
    if (isHere('mactime')) expect(tool('mactime', ['-d', '-b', path, '-z', 'UTC']).out).not.toContain('recorded')
  })

  it.skipIf(!isHere('mactime'))('is read by mactime', async () => {
    const { path } = await exported(
      await madeCase([
        { verb: 'ls', rows: [entry('C:\\Users\\x%41.exe')] },
        { verb: 'ls', id: 8, name: 'LNX-WEB-02', rows: [entry('/tmp/a|b', { size: 7 })] },
      ]),
      'bodyfile',
    )
    const { status, out } = tool('mactime', ['-d', '-b', path, '-z', 'UTC'])
    expect(status).toBe(0)
    // A time that is not known is a line, too.
    const timed = out
      .trimEnd()
      .split('\n')
      .slice(1)
      .filter(line => !line.startsWith('Xxx'))
    expect(timed).toEqual(
      ['Fri Mar 01 2024 10:00:00,XX,...b', 'Sat Mar 02 2024 10:00:00,XX,m...', 'Sun Mar 03 2024 10:00:00,XX,.a..'].flatMap(time => [
        `${time.replace('XX', '7')},r/rrwxrwxrwx,0,0,0,"LNX-WEB-02:/tmp/a\\x7cb"`,
        `${time.replace('XX', '42')},r/rrwxrwxrwx,0,0,0,"WIN-FIN-01:C:\\\\Users\\\\x\\x2541.exe"`,
      ]),
    )
  })
})
