import { describe, expect, test } from 'vitest'
import { openLab, type Lab } from '../support.ts'

const run = async (line: string, lab: Lab = openLab()) => {
  const { output, code } = await lab.exec(line)
  return { output: output.replaceAll('\r\n', '\n'), code }
}
const ids = (xml: string) => [...xml.matchAll(/<EventID>(\d+)</g)].map(([, id]) => Number(id))

describe('wevtutil', () => {
  test('lists the logs, and describes one', async () => {
    const { output, code } = await run('wevtutil el')
    expect(code).toBe(0)
    for (const log of ['Security', 'System', 'Windows PowerShell', 'Microsoft-Windows-PowerShell/Operational'])
      expect(output.split('\n')).toContain(log)
    expect((await run('wevtutil gl security')).output).toMatch(
      /^name: Security\n[^]*logFileName: %SystemRoot%\\System32\\winevt\\Logs\\Security\.evtx\n/,
    )
    expect((await run('wevtutil gli Security')).output).toMatch(/numberOfLogRecords: \d+\n/)
    expect((await run('wevtutil nonsense')).code).toBe(87)
  })

  test('prints the newest events as text, as scripts request them', async () => {
    const { output } = await run('wevtutil qe Security /c:5 /rd:true /f:text')
    expect(output.match(/^Event\[\d\]:$/gm)).toHaveLength(5)
    expect(output).toMatch(
      /^Event\[0\]:\n {2}Log Name: Security\n {2}Source: Microsoft-Windows-Security-Auditing\n {2}Date: 2025-11-04T[^]*Event ID: 4698\n/,
    )
  })

  test.each([
    ['*[System[(EventID=4720 or EventID=4732)]]', [4720, 4732]],
    ["*[System[EventID=4624] and EventData[Data[@Name='TargetUserName']='j.moreau']]", [4624]],
    ['*[System[TimeCreated[timediff(@SystemTime) <= 11700000] and (EventID >= 4689)]]', [4720, 4732, 4698]],
    ["*[System[Provider[@Name='nobody']]]", []],
    ['Event/System/EventID=4625', [4625]],
  ])('accepts the query %s', async (query, found) => {
    expect(ids((await run(`wevtutil qe Security "/q:${query}"`)).output)).toEqual(found)
  })

  test('refuses an invalid query, and a missing log', async () => {
    expect(await run('wevtutil qe Security /q:*[System[')).toEqual({
      output: 'Failed to read events.\nThe specified query is invalid.\n',
      code: 15001,
    })
    expect(await run('wevtutil qe Nonsense')).toMatchObject({
      output: expect.stringContaining('The specified channel could not be found.'),
      code: 15007,
    })
  })

  test('exports a log that can be queried, and overwrites no file unasked', async () => {
    const lab = openLab()
    expect(await run('wevtutil epl System C:\\x.evtx', lab)).toEqual({ output: '', code: 0 })
    expect((await lab.get('C:\\x.evtx', 0, 7)).toString('latin1')).toBe('ElfFile')
    expect(ids((await run('wevtutil qe C:\\x.evtx /lf:true', lab)).output)).toEqual(ids((await run('wevtutil qe System', lab)).output))
    expect(await run('wevtutil epl System C:\\x.evtx', lab)).toMatchObject({
      output: expect.stringContaining('The file exists.'),
      code: 80,
    })
    expect((await run('wevtutil epl System C:\\x.evtx /ow:true', lab)).code).toBe(0)
  })

  test('records the clearing of a log, and keeps earlier exports', async () => {
    const lab = openLab()
    const before = ids((await run('wevtutil qe Security', lab)).output)
    expect((await run('wevtutil cl Security /bu:C:\\before.evtx', lab)).code).toBe(0)
    expect(ids((await run('wevtutil qe Security', lab)).output)).toEqual([1102])
    expect(ids((await run('wevtutil qe C:\\before.evtx /lf:true', lab)).output)).toEqual(before)
    expect((await run('wevtutil cl Application', lab)).code).toBe(0)
    expect(ids((await run('wevtutil qe System /c:1 /rd:true', lab)).output)).toEqual([104])
    expect((await lab.run('directory list', { path: 'C:\\Windows\\System32\\winevt\\Logs\\Security.evtx' })).files).toMatchObject([
      { size: 69_632 },
    ])
  })

  test('shows in the logs what other parts of the story tell', async () => {
    const lab = openLab()
    const { output } = await run('wevtutil qe Security "/q:*[System[EventID=4688]]"', lab)
    for (const { process_path } of (await lab.run('process list')).processes ?? []) {
      if (process_path.includes('\\') && !/wevtutil/.test(process_path)) expect(output.toLowerCase()).toContain(process_path)
    }
    expect((await run('wevtutil qe Microsoft-Windows-PowerShell/Operational /f:text', lab)).output).toContain('DownloadString')
    expect((await run('wevtutil qe Security "/q:*[System[EventID=4720]]"', openLab('workstation'))).output).toBe('')
  })
})
