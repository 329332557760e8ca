import { describe, expect, test } from 'vitest'
import { HRESULT, SensorError } from '../../../../src/lab/endpoint.ts'
import { failure, type Lab, openLab } from '../support.ts'

const processes = async (lab: Lab) => (await lab.run('process list')).processes ?? []
const named = async (lab: Lab, name: string) => (await processes(lab)).filter(({ process_path }) => process_path.endsWith(`\\${name}`))
const OUTPUT = 'C:\\Users\\Public\\out.txt'

/** Waits until the command has reported its pid. */
async function pidOf(lab: Lab): Promise<number> {
  for (;;) {
    const pid = lab.reports.find(({ process_details }) => process_details !== undefined)?.process_details?.pid
    if (pid !== undefined) return pid
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('process list', () => {
  test('shows a Windows tree: pids are multiples of 4, and parents exist and are older', async () => {
    for (const role of ['finance-compromised', 'workstation', 'server'] as const) {
      const all = await processes(openLab(role))
      const byPid = new Map(all.map(process => [process.process_pid, process]))
      expect(byPid.size).toBe(all.length)
      for (const process of all) {
        expect(process.process_pid % 4).toBe(0)
        expect(process.sid).toMatch(/^S-1-5-/)
        const parent = byPid.get(process.parent_pid)
        if (parent !== undefined) {
          expect(parent.process_create_time).toBeLessThanOrEqual(process.process_create_time)
          expect(process.parent_create_time).toBe(parent.process_create_time)
        }
      }
    }
  })

  test("matches the document: chrome's processes", async () => {
    const all = await named(openLab(), 'chrome.exe')
    expect(all.find(({ process_pid }) => process_pid === 5604)).toMatchObject({
      parent_pid: 2712,
      process_path: 'c:\\program files\\google\\chrome\\application\\chrome.exe',
    })
    expect(all.map(({ process_pid }) => process_pid)).toContain(9380)
  })
})

describe('kill', () => {
  test('ends a process, but not its children', async () => {
    const lab = openLab()
    expect(await lab.run('kill', { pid: 2712 })).toEqual({})
    const pids = (await processes(lab.again())).map(({ process_pid }) => process_pid)
    expect(pids).not.toContain(2712)
    expect(pids).toContain(5604)
    expect(await failure(lab.run('kill', { pid: 2712 }))).toBe(HRESULT.INVALID_PARAMETER)
    expect(await failure(lab.run('kill', { pid: 3 }))).toBe(HRESULT.INVALID_PARAMETER)
    for (const pid of [4, 524]) expect(await failure(lab.run('kill', { pid }))).toBe(HRESULT.ACCESS_DENIED)
  })

  test('frees the program of the suspicious process for deletion', async () => {
    const lab = openLab()
    await lab.run('kill', { pid: 7312 })
    await lab.run('delete file', { path: 'C:\\Users\\Public\\svchost.exe' })
    expect((await lab.exec('netstat -ano')).output).not.toContain('7312')
  })
})

describe('create process without wait', () => {
  test.each(['cmd.exe /c "ping.exe -t 127.0.0.1"', 'cmd /c cmd /c ping -n 50 localhost'])(
    '%s shows what it starts in the next process list',
    async line => {
      const lab = openLab()
      await lab.run('create process', { path: line, wait: false })
      expect(await named(lab, 'ping.exe')).toHaveLength(1)
      lab.abort.abort()
    },
  )

  test('ends at once for programs that end and for those that stay', async () => {
    const lab = openLab()
    for (const path of ['cmd /c echo hi', 'notepad.exe']) {
      expect(await lab.run('create process', { path })).toEqual({ process_details: { pid: expect.any(Number), return_code: 0 } })
    }
    lab.abort.abort()
  })
})

describe('create process', () => {
  test('waits, writes the output, and returns the exit code', async () => {
    const lab = openLab()
    expect(await lab.exec('cmd.exe /c "echo hi& exit 7"')).toEqual({ output: 'hi\r\n', code: 7 })
    expect(lab.reports).toMatchObject([{ process_details: { pid: expect.any(Number), return_code: -1 } }])
    expect(lab.reports[0]?.process_details?.pid).toBeGreaterThan(0)
    expect(await named(lab, 'cmd.exe')).toEqual([])
  })

  test('creates the output file even without output', async () => {
    expect(await openLab().exec('cmd /c rem')).toEqual({ output: '', code: 0 })
  })

  test('runs in the working directory', async () => {
    expect((await openLab().exec('cmd /c cd', 'C:\\Users\\Public')).output).toBe('C:\\Users\\Public\r\n')
  })

  test.each([
    ['nosuch.exe', {}, HRESULT.FILE_NOT_FOUND],
    ['C:\\no\\x.exe', {}, HRESULT.FILE_NOT_FOUND],
    ['C:\\Windows\\win.ini', {}, 0x800700c1],
    ['C:\\Windows', {}, HRESULT.FILE_NOT_FOUND],
    ['whoami', { working_directory: 'C:\\nothing' }, HRESULT.FILE_NOT_FOUND],
    ['whoami', { output_file: 'C:\\nothing\\x.txt' }, HRESULT.PATH_NOT_FOUND],
    ['', {}, HRESULT.FILE_NOT_FOUND],
  ])('fails for %j with %j', async (path, more, code) => {
    const lab = openLab()
    const error: unknown = await lab.run('create process', { path, wait: true, ...more }).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(SensorError)
    expect(error).toMatchObject({ code, output: { process_details: { pid: 0, return_code: -1 } } })
    expect(lab.reports).toEqual([])
  })

  test('runs a program with a window until it is killed', async () => {
    const lab = openLab()
    const { process_details } = await lab.run('create process', {
      path: 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe --new',
    })
    expect(process_details).toMatchObject({ return_code: 0 })
    const pid = process_details?.pid ?? 0
    expect((await processes(lab)).find(({ process_pid }) => process_pid === pid)).toMatchObject({
      process_username: 'NT AUTHORITY\\SYSTEM',
      sid: 'S-1-5-18',
      process_cmdline: expect.stringContaining('--new'),
    })
    await lab.clock.sleep(3_600_000)
    expect((await processes(lab.again())).some(({ process_pid }) => process_pid === pid)).toBe(true)
    lab.abort.abort(new Error('closed'))
    await lab.run('kill', { pid })
    expect((await processes(lab)).some(({ process_pid }) => process_pid === pid)).toBe(false)
  })

  test('ends when its program is killed', async () => {
    const lab = openLab()
    const running = lab.run('create process', { path: 'ping -t 127.0.0.1', wait: true, output_file: OUTPUT })
    const pid = await pidOf(lab)
    expect(await named(lab, 'ping.exe')).toMatchObject([{ process_pid: pid, parent_pid: 3016 }])
    expect(await failure(lab.run('delete file', { path: OUTPUT }))).toBe(HRESULT.SHARING_VIOLATION)
    while ((await lab.get(OUTPUT)).toString().split('Reply').length < 4) await new Promise(resolve => setImmediate(resolve))
    await lab.again().run('kill', { pid })
    expect(await running).toEqual({ process_details: { pid, return_code: 1 } })
    await lab.run('delete file', { path: OUTPUT })
    lab.abort.abort(new Error('closed'))
  })

  test('continues a shell whose child was killed', async () => {
    const lab = openLab()
    const running = lab.run('create process', { path: 'cmd /c ping -t 127.0.0.1 >nul || echo ended', wait: true, output_file: OUTPUT })
    let child: number | undefined
    while ((child = (await named(lab, 'ping.exe'))[0]?.process_pid) === undefined) await new Promise(resolve => setImmediate(resolve))
    expect((await named(lab, 'ping.exe'))[0]?.parent_pid).toBe((await named(lab, 'cmd.exe'))[0]?.process_pid)
    await lab.run('kill', { pid: child })
    await running
    expect((await lab.get(OUTPUT)).toString()).toBe('ended\r\n')
  })

  test('leaves the child of a killed shell', async () => {
    const lab = openLab()
    const running = lab.run('create process', { path: 'cmd /c ping -t 127.0.0.1', wait: true })
    const pid = await pidOf(lab)
    while ((await named(lab, 'ping.exe')).length === 0) await new Promise(resolve => setImmediate(resolve))
    await lab.run('kill', { pid })
    expect(await running).toEqual({ process_details: { pid, return_code: 1 } })
    const [orphan] = await named(lab, 'ping.exe')
    expect(orphan).toMatchObject({ parent_pid: pid, parent_create_time: 0 })
    await lab.run('kill', { pid: orphan?.process_pid ?? 0 })
    expect(await named(lab, 'ping.exe')).toEqual([])
  })

  test('lets programs end in their own time when the session closes', async () => {
    const lab = openLab()
    lab.abort.abort(new Error('closed'))
    const { process_details } = await lab.run('create process', { path: 'ping -n 61 127.0.0.1', output_file: OUTPUT })
    const pid = process_details?.pid
    while ((await lab.get(OUTPUT)).toString().split('Reply').length < 62) await new Promise(resolve => setImmediate(resolve))
    await expect.poll(async () => JSON.parse(lab.document.json).processes.started[0]?.ends_at).toBe(lab.clock.now() + 60_000)
    expect((await named(lab.again(), 'ping.exe')).map(({ process_pid }) => process_pid)).toEqual([pid])
    await lab.clock.sleep(61_000)
    expect(await named(lab.again(), 'ping.exe')).toEqual([])
  })

  test('runs an uploaded program, whatever its name', async () => {
    const lab = openLab()
    await lab.put('C:\\Users\\Public\\me.exe', await lab.get('C:\\Windows\\System32\\whoami.exe'))
    expect(await lab.exec('C:\\Users\\Public\\me.exe')).toEqual({ output: 'nt authority\\system\r\n', code: 0 })
    await lab.put('C:\\Users\\Public\\text.exe', 'no program')
    expect(await failure(lab.run('create process', { path: 'C:\\Users\\Public\\text.exe' }))).toBe(0x800700c1)
  })
})
