import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { platform, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ProcessEntry, HRESULT } from '../../../src/lab/endpoint.ts'
import { procProcesses } from '../../../src/lab/linux/proc.ts'
import { psProcesses } from '../../../src/lab/linux/ps.ts'
import { type Lab, freshFolder, memoryDocument, openLab, runs, until } from './support.ts'

/** A program that starts a process on an endpoint and exits. */
const STARTER = fileURLToPath(new URL('./starter.ts', import.meta.url))

const strangers: ChildProcess[] = []
const labs: Lab[] = []

afterEach(async () => {
  for (const child of strangers.splice(0)) child.kill('SIGKILL')
  // Processes of a failed test belong to the endpoint, whose kill ends them.
  for (const lab of labs.splice(0)) {
    const pids = await lab.document.read(state => state.processes.map(({ pid }) => pid))
    for (const pid of pids.filter(runs)) await lab.failure({ name: 'kill', pid })
  }
})

async function fresh(...options: Parameters<typeof openLab>): Promise<Lab> {
  const lab = await openLab(...options)
  labs.push(lab)
  // Stocks the disk.
  await lab.run({ name: 'directory list', path: '/' })
  return lab
}

/** Starts a program without waiting. @returns its pid */
async function start(lab: Lab, path: string): Promise<number> {
  const { process_details: details } = await lab.run({ name: 'create process', path })
  expect(details).toMatchObject({ return_code: 0 })
  return details?.pid ?? 0
}

/** Returns a number that a started program wrote to a file. */
const pidIn = (lab: Lab, file: string): Promise<number> =>
  until(async () => Number((await readFile(join(lab.disk, file), 'utf8').catch(() => '')).trim()), `a pid in ${file}`)

async function list(lab: Lab): Promise<Map<number, ProcessEntry>> {
  const { processes = [] } = await lab.run({ name: 'process list' })
  return new Map(processes.map(entry => [entry.process_pid, entry]))
}

describe('create process', () => {
  it('runs the program, waits, and returns its exit code and output', async () => {
    const lab = await fresh()
    expect(await lab.output('sh -c "echo out; echo err >&2; exit 3"')).toBe('out\nerr\n')
    expect(lab.reports).toMatchObject([{ process_details: { return_code: -1 } }])
    expect(await lab.run({ name: 'create process', path: 'sh -c "exit 3"', wait: true })).toMatchObject({
      process_details: { return_code: 3 },
    })
    expect(await lab.run({ name: 'create process', path: 'sh -c "kill -TERM $$"', wait: true })).toMatchObject({
      process_details: { return_code: 143 },
    })
  })

  it('reports the pid while the program runs', async () => {
    const lab = await fresh()
    const running = lab.run({ name: 'create process', path: 'sleep 60', wait: true })
    const pid = await until(() => lab.reports[0]?.process_details?.pid, 'a reported pid')
    expect(runs(pid)).toBe(true)
    await lab.run({ name: 'kill', pid })
    expect(await running).toEqual({ process_details: { pid, return_code: 137 } })
  })

  it('empties an existing output file', async () => {
    const lab = await fresh()
    await writeFile(join(lab.disk, 'output.txt'), 'much longer than what comes now')
    expect(await lab.output('printf short')).toBe('short')
    // Both write to one file, and nothing is lost between them.
    expect(await lab.output('sh -c "for n in 1 2 3; do echo $n; echo $n >&2; done"')).toBe('1\n1\n2\n2\n3\n3\n')
  })

  it("gives programs the directory, no input, and none of this process's environment", async () => {
    vi.stubEnv('CBC_TOKEN', 'secret')
    vi.stubEnv('SOME_TOKEN', 'secret')
    const lab = await fresh()
    expect((await lab.output('pwd')).trim()).toBe(lab.disk)
    expect((await lab.output('pwd', { working_directory: '/home/mara' })).trim()).toBe(join(lab.disk, 'home/mara'))
    expect(await lab.output('cat')).toBe('')
    const variables = (await lab.output('env'))
      .trim()
      .split('\n')
      .map(line => line.split('=', 1)[0])
    expect(variables.filter(name => name !== 'PWD' && name !== 'SHLVL' && name !== '_').sort()).toEqual([
      'HOME',
      'LAB_ENDPOINT_PROCESS',
      'LANG',
      'PATH',
    ])
    expect(await lab.output('env')).toContain(`HOME=${lab.disk}\n`)
    vi.unstubAllEnvs()
  })

  it("takes a path of the endpoint as the endpoint's, and any other as this machine's", async () => {
    const lab = await fresh()
    await lab.put('/tmp/hello.sh', '#!/bin/sh\necho "hello $1"\n')
    expect(await lab.output('/bin/sh /tmp/hello.sh you')).toBe('hello you\n')
    await chmod(join(lab.disk, 'tmp/hello.sh'), 0o755)
    expect(await lab.output('/tmp/hello.sh me')).toBe('hello me\n')
    expect(await lab.output('cat /etc/hostname')).toBe('lnx-web-01\n')
    await lab.run({ name: 'create process', path: 'touch /tmp/made-by-touch', wait: true })
    expect(await readdir(join(lab.disk, 'tmp'))).toContain('made-by-touch')
    expect(await lab.output('ls -d /etc/')).toBe(`${lab.disk}/etc/\n`)
    // The directory exists in both, so a file that only this machine has shows which one it is.
    await writeFile(join(lab.outside, 'machine'), 'of this machine')
    await mkdir(join(lab.disk, lab.outside), { recursive: true })
    expect(await lab.output(`cat ${lab.outside}/machine`)).toBe('of this machine')
  })

  it('removes no quotes and expands nothing', async () => {
    const lab = await fresh()
    expect(await lab.output('printf %s- $HOME "a b" \'$x\' *')).toBe('$HOME-a b-$x-*-')
  })

  it('fails before anything is created', async () => {
    const lab = await fresh()
    const before = await readdir(lab.disk)
    const code = (path: string, more = {}): Promise<number | undefined> =>
      lab.failure({ name: 'create process', path, output_file: '/out', ...more })
    await writeFile(join(lab.disk, 'tmp/text'), 'no program')
    expect(await code('no-such-program -x')).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await code('/no/such/program')).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await code('./missing')).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await code('tmp/text')).toBe(HRESULT.ACCESS_DENIED)
    expect(await code('/etc')).toBe(HRESULT.ACCESS_DENIED)
    expect(await code('echo "open')).toBe(HRESULT.INVALID_PARAMETER)
    expect(await code('')).toBe(HRESULT.INVALID_PARAMETER)
    expect(await code('true', { working_directory: '/nope' })).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('true', { working_directory: '/etc/passwd' })).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('true', { output_file: '/nope/out' })).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await code('true', { output_file: '/etc' })).toBe(HRESULT.ACCESS_DENIED)
    expect(await readdir(lab.disk)).toEqual(before)
    expect(lab.reports).toEqual([])
  })

  it('deletes the output file when the program cannot be started after all', async () => {
    const lab = await fresh()
    await writeFile(join(lab.disk, 'tmp/broken'), '#!/no/such/interpreter\n', { mode: 0o755 })
    expect(await lab.failure({ name: 'create process', path: '/tmp/broken', output_file: '/out' })).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await readdir(lab.disk)).not.toContain('out')
  })

  it('stops waiting when the session closes, and the program continues', async () => {
    const lab = await fresh()
    const session = new AbortController()
    const running = lab.run({ name: 'create process', path: 'sleep 60', wait: true }, session.signal)
    const pid = await until(() => lab.reports[0]?.process_details?.pid, 'a reported pid')
    session.abort(new Error('closed'))
    await expect(running).rejects.toThrow('closed')
    expect(runs(pid)).toBe(true)
    await lab.run({ name: 'kill', pid })
    expect(runs(pid)).toBe(false)
  })
})

describe('process list', () => {
  it('shows real processes', async () => {
    const lab = await fresh()
    const pid = await start(lab, 'sleep "60" 61.5')
    const all = await list(lab)
    const mine = all.get(process.pid)
    const sleeping = all.get(pid)
    expect(sleeping).toMatchObject({
      process_cmdline: 'sleep 60 61.5',
      parent_pid: process.pid,
      sid: '',
      process_username: userInfo().username,
    })
    expect(sleeping?.process_path).toMatch(/\/(sleep|coreutils|busybox)$/)
    expect(sleeping?.parent_create_time).toBe(mine?.process_create_time)
    // The kernel rounds the time at which the machine started to a second.
    expect(Math.abs((sleeping?.process_create_time ?? 0) - Date.now() / 1000)).toBeLessThan(30)
    expect(mine?.process_path).toMatch(/node$/)
    expect(all.size).toBeGreaterThan(2)
  })

  it.runIf(platform() === 'linux')('lists what /proc shows, however odd, and what it omits', async () => {
    const root = await freshFolder()
    const file = async (path: string, text: string): Promise<void> => {
      await mkdir(join(root, path, '..'), { recursive: true })
      await writeFile(join(root, path), text)
    }
    await file('stat', 'cpu 1 2\nbtime 1700000000\n')
    await file('users', 'root:x:0:0::/root:/bin/sh\nmara:x:1000:1000::/home/mara:/bin/sh\nbroken line\n')
    await file('1/stat', `1 (init) S 0 1 1 0 ${'0 '.repeat(14)}250 0\n`)
    await file('1/status', 'Name:\tinit\nUid:\t0\t0\t0\t0\n')
    await file('1/cmdline', '/sbin/init\0')
    await symlink('/usr/lib/init', join(root, '1/exe'))
    await file('22/stat', `22 (odd) S (name) R 1 22 22 0 ${'0 '.repeat(14)}12345 0\n`)
    await file('22/status', 'Uid:\t1000\t0\t0\t0\n')
    await file('22/cmdline', "sh\0-c\0echo 'x'\0\0")
    await file('333/status', 'Uid:\t4242\t0\t0\t0\n')
    await file('not-a-pid/stat', '')
    expect(await procProcesses(root, join(root, 'users')).list()).toEqual([
      {
        process_pid: 1,
        process_path: '/usr/lib/init',
        process_cmdline: '/sbin/init',
        process_username: 'root',
        parent_pid: 0,
        sid: '',
        process_create_time: 1_700_000_002,
        parent_create_time: 0,
      },
      {
        process_pid: 22,
        process_path: '[odd) S (name]',
        process_cmdline: "sh -c 'echo '\\''x'\\''' ''",
        process_username: 'mara',
        parent_pid: 1,
        sid: '',
        process_create_time: 1_700_000_123,
        parent_create_time: 1_700_000_002,
      },
      {
        process_pid: 333,
        process_path: '',
        process_cmdline: '',
        process_username: '4242',
        parent_pid: 0,
        sid: '',
        process_create_time: 0,
        parent_create_time: 0,
      },
    ])
  })

  it('works with ps where there is no /proc', async () => {
    const child = spawn('sleep', ['62'])
    strangers.push(child)
    const processes = psProcesses()
    const entry = await until(
      async () => (await processes.list()).find(one => one.process_pid === child.pid && one.process_path === 'sleep'),
      'sleep in the list',
    )
    expect(entry).toMatchObject({ process_cmdline: 'sleep 62', parent_pid: process.pid })
    expect(Math.abs(entry.process_create_time - Date.now() / 1000)).toBeLessThan(30)
    const identity = await processes.identify(child.pid ?? 0)
    expect(identity).toMatchObject({ pid: child.pid, ended: false })
    expect((await processes.identify(child.pid ?? 0))?.started).toBe(identity?.started)
    expect(await processes.identify(2 ** 22 + 1)).toBeUndefined()
  })
})

describe('kill', () => {
  it('ends what the endpoint started, and its process group', async () => {
    const lab = await fresh()
    const pid = await start(lab, 'sh -c "sleep 60 & echo $! > child; wait"')
    const child = await pidIn(lab, 'child')
    expect(await lab.run({ name: 'kill', pid })).toEqual({})
    expect(runs(pid)).toBe(false)
    await until(() => !runs(child), 'the end of the child')
    expect((await list(lab)).has(pid)).toBe(false)
    expect(await lab.failure({ name: 'kill', pid })).toBe(HRESULT.INVALID_PARAMETER)
  })

  it('ends a child without a mark while the started process leads its group', async () => {
    const lab = await fresh()
    await start(lab, 'sh -c "env -i sleep 60 & echo $! > child; wait"')
    const child = await pidIn(lab, 'child')
    await until(async () => (await list(lab)).get(child)?.process_cmdline === 'sleep 60', 'sleep')
    await lab.run({ name: 'kill', pid: child })
    expect(runs(child)).toBe(false)
  })

  it('ends a descendant alone', async () => {
    const lab = await fresh()
    const pid = await start(lab, 'sh -c "sleep 60 & echo $! > child; wait; sleep 61"')
    const child = await pidIn(lab, 'child')
    await lab.run({ name: 'kill', pid: child })
    expect(runs(child)).toBe(false)
    expect(runs(pid)).toBe(true)
  })

  it.runIf(platform() === 'linux')('ends a descendant whose parent is gone, even one with a process group of its own', async () => {
    const lab = await fresh()
    await lab.run({ name: 'create process', path: 'sh -c "setsid sleep 60 & echo $! > child"', wait: true })
    const child = await pidIn(lab, 'child')
    await until(async () => (await list(lab)).get(child)?.process_cmdline === 'sleep 60', 'sleep')
    await lab.run({ name: 'kill', pid: child })
    expect(runs(child)).toBe(false)
  })

  it('affects nothing else', async () => {
    const lab = await fresh()
    const stranger = spawn('sleep', ['63'], { env: { ...process.env, LAB_ENDPOINT_PROCESS: 'made-up' } })
    strangers.push(stranger)
    const pid = await until(() => stranger.pid, 'a pid')
    await start(lab, 'sleep 60')
    expect(await lab.failure({ name: 'kill', pid })).toBe(HRESULT.ACCESS_DENIED)
    expect(await lab.failure({ name: 'kill', pid: process.pid })).toBe(HRESULT.ACCESS_DENIED)
    expect(await lab.failure({ name: 'kill', pid: 1 })).toBe(HRESULT.ACCESS_DENIED)
    for (const none of [0, -1, -pid, 1.5, 2 ** 31]) expect(await lab.failure({ name: 'kill', pid: none })).toBe(HRESULT.INVALID_PARAMETER)
    expect(runs(pid)).toBe(true)
  })

  it('does not end another process that reuses the pid', async () => {
    const lab = await fresh()
    const stranger = spawn('sleep', ['64'], { detached: true })
    strangers.push(stranger)
    const pid = await until(() => stranger.pid, 'a pid')
    await lab.document.update(state => {
      state.processes.push({ pid, started: 'some other boot/12345', marker: 'old' }, { pid, started: '', marker: 'older' })
    })
    expect(await lab.failure({ name: 'kill', pid })).toBe(HRESULT.ACCESS_DENIED)
    expect(runs(pid)).toBe(true)
  })

  it('works in a later run, on what outlived the one that started it', async () => {
    const disk = await freshFolder()
    const bundle = join(await freshFolder(), 'starter.mjs')
    await build({
      entryPoints: [STARTER],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      external: ['vitest'],
    })
    const { pid, state } = JSON.parse(execFileSync(process.execPath, [bundle, disk], { encoding: 'utf8' }))
    expect(runs(pid)).toBe(true)
    const later = await fresh({ disk, document: memoryDocument(state) })
    await later.run({ name: 'kill', pid })
    expect(runs(pid)).toBe(false)
  })

  it('works through another endpoint with the same state', async () => {
    const first = await fresh()
    const pid = await start(first, 'sleep 60')
    const later = await fresh({ disk: first.disk, document: first.document })
    await later.run({ name: 'kill', pid })
    expect(runs(pid)).toBe(false)
  })
})

it('forgets processes that are long gone, but no running one', async () => {
  const lab = await fresh()
  const pid = await start(lab, 'sleep 60')
  for (let n = 0; n < 40; n++) await lab.run({ name: 'create process', path: 'true', wait: true })
  const pids = await lab.document.read(state => state.processes.map(record => record.pid))
  expect(pids).toContain(pid)
  expect(pids.length).toBeLessThan(35)
  await lab.run({ name: 'kill', pid })
})
