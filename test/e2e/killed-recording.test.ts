import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openCaseFolder } from '../../src/host/case-folder.ts'
import { random } from '../../src/host/clock.ts'
import { labTransport } from '../../src/host/lab.ts'
import { BUILT } from '../support/command.ts'
import { openFleet, type Fleet } from '../support/fleet.ts'
import { testFolder } from '../support/folder.ts'
import { impatientClock } from '../support/impatient-clock.ts'
import { chainOf } from '../support/journal-chain.ts'
import { run, type RunResult } from '../support/program.ts'
import { serveTransport } from '../support/serve-transport.ts'

/** How many of the moments at which the program can be killed are tried: with CBC_FUZZ_RUNS=100 it is all of them. */
const MOMENTS = 2 * Number(process.env['CBC_FUZZ_RUNS'] ?? 1)
const PRELOAD = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url))
const W = 'WIN-FIN-01'
const BOTH = `${W},WIN-FIN-02`
const PUBLIC = 'C:\\Users\\Public'
const FILE = `${PUBLIC}\\evidence.bin`
/** A file that every device has. */
const INI = `${PUBLIC}\\desktop.ini`
/** Comes in one piece: the number of writes is always the same. */
const SIZE = 10_000
const KEY = 'HKLM\\SOFTWARE\\Demo'

/** What a program that died may have left unfinished. */
const INTERRUPTED = ['unfinished', 'unfinished_file', 'head_behind', 'torn_line', 'mended']

let fleet: Fleet
const url = await serveTransport(request => labTransport(fleet.lab)(request))

interface Command {
  /** What is typed after `cbc`. */
  words(world: World): string[]
  /** The commands of the API that change something. */
  changes?: string[]
  /** Shows what it changes on the endpoint. */
  look?: string[]
  /** What has been done in the case before. */
  before?(world: World): Promise<void>
  /** How often it changes the disk depends on the time: what was to be killed late may have come to its end. */
  varies?: boolean
}

/** A verb on one device. */
function lr(...words: string[]): Command['words'] {
  return ({ folder }) => ['lr', ...words, '--case', folder]
}

const COMMANDS: Record<string, Command> = {
  get: { words: lr('get', W, FILE) },
  'get --resume of a transfer that was killed': {
    words: lr('get', W, FILE, '--resume'),
    before: halfFetched,
  },
  rm: { words: lr('rm', W, FILE), changes: ['delete file'], look: ['stat', W, FILE] },
  'put --force': { words: lr('put', W, PRELOAD, FILE, '--force'), changes: ['put file'], look: ['hash', W, FILE] },
  'reg add': {
    words: lr('reg', 'add', W, KEY, '/v', 'x', '/d', 'new', '/f'),
    changes: ['reg create key', 'reg set value'],
    look: ['reg', 'query', W, KEY],
  },
  'the lines of a shell': {
    words: ({ folder }) => ['lr', 'connect', W, '--script', lines(folder), '--case', folder],
    changes: ['delete file', 'create directory'],
    look: ['ls', W, PUBLIC],
    varies: true,
  },
  'a run on several devices': {
    words: lr('rm', BOTH, INI, '--yes'),
    changes: ['delete file'],
    look: ['hash', BOTH, INI],
    varies: true,
  },
}

/** Writes what is typed into a shell. @returns the file */
function lines(folder: string): string {
  const script = join(folder, '..', 'lines.txt')
  writeFileSync(script, `ls ${PUBLIC}\nrm ${FILE}\nmkdir ${PUBLIC}\\new\n`)
  return script
}

/** Leaves what a download leaves that was killed half-way. */
async function halfFetched({ folder, cbc }: World): Promise<void> {
  const copy = join(folder, '..', 'copy.bin')
  await cbc('lr', 'get', W, FILE, copy)
  const part = join(folder, 'files', W, 'C', 'Users', 'Public', 'evidence.bin.part')
  mkdirSync(dirname(part), { recursive: true })
  writeFileSync(part, readFileSync(copy).subarray(0, SIZE / 2), { mode: 0o600 })
  utimesSync(part, statSync(copy).atime, statSync(copy).mtime)
}

interface Killed extends RunResult {
  /** What changed the disk, where the program came to its end. */
  calls: string[]
}

interface World {
  folder: string
  /** Runs the program with the case, and kills it before or after the nth call that changes the disk, or has the disk full then; the 0th never comes. */
  victim(command: Command, at: number, when?: Moment[1] | 'full'): Promise<Killed>
  /** Runs the program in this process, with the same endpoint. */
  cbc(...words: string[]): ReturnType<Fleet['cbc']>
}

async function opened(): Promise<World> {
  fleet = openFleet()
  const home = testFolder()
  const folder = join(home, 'case')
  await fleet.lab.handle(
    new Request('http://lab.localhost/lab/files', {
      method: 'POST',
      headers: { 'X-Auth-Token': fleet.lab.token, 'Content-Type': 'application/json' },
      body: JSON.stringify({ device: W, path: FILE, size: SIZE }),
    }),
  )
  const world: World = {
    folder,
    // Who died while it took the lock is waited for.
    cbc: (...words) => fleet.cbc(words, { caseFolder: (path, { create } = {}) => openCaseFolder(path, impatientClock(), random, create) }),
    async victim({ words }, at, when = 'before') {
      const log = join(home, 'calls')
      const env = {
        ...{ CBC_URL: url, CBC_ORG_KEY: fleet.lab.org, CBC_TOKEN: fleet.lab.token },
        ...{ KILL_BELOW: folder, KILL_AT: String(at), KILL_WHEN: when, KILL_LOG: log },
      }
      const ran = await run(words(world), { home, cwd: home, env, program: ['--import', PRELOAD, BUILT] })
      return { ...ran, calls: existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [] }
    },
  }
  return world
}

/** A moment between two of the calls that change the disk. */
type Moment = [at: number, when: 'before' | 'after']

/** Some moments, evenly spread, and the one in which the journal has its first line, and nothing else knows of it. */
function chosen(calls: readonly string[]): Moment[] {
  const all = calls.flatMap((_, index): Moment[] => [
    [index + 1, 'before'],
    [index + 1, 'after'],
  ])
  const count = Math.min(MOMENTS, all.length)
  const spread = Array.from({ length: count }, (_, nth) => all[Math.floor(((nth + 0.5) * all.length) / count)])
  const firstLine = calls.findIndex(call => call.startsWith('datasync')) + 1
  return [[firstLine, 'after' as const], ...spread.filter(moment => moment !== undefined)]
}

it.each(Object.entries(COMMANDS))('%s, killed wherever it changes the disk, leaves a case as it was recorded', async (_name, command) => {
  const { calls, code, stderr } = await (await prepared(command)).victim(command, 0)
  expect(code, stderr).toBe(0)
  for (const [at, when] of chosen(calls)) {
    const world = await prepared(command)
    const before = await seen(world, command)
    const { signal, code: end, stderr: why } = await world.victim(command, at, when)
    const moment = `killed ${when} ${at}: ${calls[at - 1]}`
    expect(command.varies === true && end === 0 ? 'SIGKILL' : signal, `${moment}: ${why}`).toBe('SIGKILL')
    await check(world, command, before, moment)
  }
})

it('rm, on a disk that is full from some moment on, is sent only where its line is there, and says what the matter is', async () => {
  const command = COMMANDS['rm']!
  const { calls } = await (await prepared(command)).victim(command, 0)
  for (const [at] of chosen(calls)) {
    const world = await prepared(command)
    const before = await seen(world, command)
    const { code, stderr } = await world.victim(command, at, 'full')
    const moment = `full from ${at} on: ${calls[at - 1]}`
    expect(code, moment).not.toBe(0)
    expect(stderr, moment).toMatch(/case.*no space left|no space left.*case/s)
    await check(world, command, before, moment)
  }
})

async function prepared({ before }: Command): Promise<World> {
  const world = await opened()
  await before?.(world)
  return world
}

async function seen({ cbc }: World, { look = ['ps', W] }: Command): Promise<unknown> {
  const { code, out } = await cbc('lr', ...look, '--json')
  // The API sets no times; each run has a duration of its own, and its devices any order.
  const rows = out
    .replace(/"\w+_time":"[^"]*",?/g, '')
    .split('\n')
    .map(line => line.replace(/^\[|,?"duration_ms":\d+\}[,\]]?$/g, ''))
  return { code, rows: rows.sort() }
}

async function check(world: World, command: Command, before: unknown, moment: string): Promise<void> {
  const { folder, cbc } = world
  const { changes = [] } = command
  // What was on its way when the program died has arrived once something that was sent later has its answer.
  await seen(world, command)
  const carriedOut = (await fleet.executions()).map(({ name }) => name).filter(name => changes.includes(name))
  await verify(world, moment)
  expect(await cbc('lr', 'ps', W, '--case', folder), moment).toMatchObject({ code: 0 })
  await verify(world, moment)
  const begun = chainOf(folder).filter(({ event }) => event === 'started')
  expect(
    begun.map(({ change }) => change),
    moment,
  ).toEqual(expect.arrayContaining(carriedOut))
  if (carriedOut.length === 0) return expect(await seen(world, command), moment).toEqual(before)
  for (const number of (await undoable(world)).reverse())
    expect(await cbc('case', 'undo', folder, String(number), '--yes'), moment).toMatchObject({ code: 0 })
  expect(await seen(world, command), moment).toEqual(before)
  await verify(world, moment)
}

/** The numbers of the commands that can be undone. */
async function undoable({ folder, cbc }: World): Promise<number[]> {
  const { out } = await cbc('case', 'undo', folder, '--json')
  return (JSON.parse(out) as { number: number }[]).map(({ number }) => number)
}

const UNDO: Command = {
  words: ({ folder }) => ['case', 'undo', folder, '1', '--yes'],
  async before({ folder, cbc }) {
    expect(await cbc('lr', 'rm', W, FILE, '--case', folder)).toMatchObject({ code: 0 })
  },
}

it('case undo, killed wherever it changes the disk, can be done again, does nothing twice, and can be undone itself', async () => {
  const puts = async () => (await fleet.executions('name=put%20file')).length
  const { calls, code, stderr } = await (await prepared(UNDO)).victim(UNDO, 0)
  expect(code, stderr).toBe(0)
  for (const [at, when] of chosen(calls)) {
    const world = await prepared(UNDO)
    const { folder, cbc } = world
    const { signal, stderr: why } = await world.victim(UNDO, at, when)
    const moment = `killed ${when} ${at}: ${calls[at - 1]}`
    expect(signal, `${moment}: ${why}`).toBe('SIGKILL')
    await verify(world, moment)
    const begun = await undoable(world)
    expect(await cbc('case', 'undo', folder, '1', '--yes'), moment).toMatchObject({ code: 0 })
    expect(await puts(), moment).toBe(1)
    expect((await cbc('lr', 'stat', W, FILE)).code, moment).toBe(0)
    expect(await cbc('case', 'undo', folder, String((await undoable(world)).at(-1)), '--yes'), moment).toMatchObject({ code: 0 })
    expect((await cbc('lr', 'stat', W, FILE)).code, moment).toBe(4)
    expect(begun.slice(0, 1), moment).toEqual([1])
    await verify(world, moment)
  }
})

async function verify({ folder, cbc }: World, moment: string): Promise<void> {
  const { out } = await cbc('case', 'verify', folder, '--json')
  // Before the first line there is no case.
  if (out === '') return expect(existsSync(join(folder, 'results')), moment).toBe(false)
  const { problems, warnings } = JSON.parse(out) as Record<'problems' | 'warnings', { kind: string }[]>
  expect([...problems, ...warnings.filter(({ kind }) => !INTERRUPTED.includes(kind))], moment).toEqual([])
}
