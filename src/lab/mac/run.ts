import { SensorError } from '../endpoint.ts'
import { type Body, collect, headOf, readBody } from '../windows/fs/body.ts'
import { NeverEnds, type Pace } from '../windows/processes/poll.ts'
import type { Spool } from '../windows/processes/spool.ts'
import type { Found } from './disk.ts'
import type { Machine } from './machine.ts'
import { programIn } from './seed/entry.ts'

/** How often a waiting program looks whether it was killed; how long a process survives a crash of the lab's process. Milliseconds. */
const POLL_MS = 250
const GRACE_MS = 60_000
const HEAD_BYTES = 256
const SEARCH_PATH = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']
/** The most bytes that a program reads as text. */
const MAX_TEXT_BYTES = 1 << 20

export interface Streams {
  stdin: Body
  out: Spool
  err: Spool
}

/** The implementation of a program: it reads and changes the Mac, writes its output, and returns its exit code. */
export type Program = (run: Run) => number | Promise<number>
export type Programs = ReadonlyMap<string, Program>

/** Of what a program is started with. */
export interface Start {
  machine: Machine
  programs: Programs
  pace: Pace
  /** Its process, which is that of the command that started it all. */
  pid: number
  directory: string
  variables: ReadonlyMap<string, string>
}

/** The process was ended from outside. */
export class Killed extends Error {}

/** The program can't be started, for a reason that a shell says. */
export class NotStarted extends Error {
  readonly code: number
  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}

/** Exit codes that a shell gives a program that it can't run, or can't find. */
const CANNOT_EXECUTE = 126
export const NOT_FOUND = 127
const NOTHING: Body = { kind: 'text', base64: '', size: 0 }

/** A running program as it sees itself. */
export class Run {
  readonly start: Start
  readonly machine: Machine
  /** The name that it was called by. */
  readonly name: string
  readonly args: readonly string[]
  readonly streams: Streams

  constructor(start: Start, words: readonly string[], streams: Streams) {
    this.start = start
    this.machine = start.machine
    this.name = words[0] ?? ''
    this.args = words.slice(1)
    this.streams = streams
  }

  get profile() {
    return this.machine.seed.profile
  }

  /** The arguments that are no options. */
  get operands(): string[] {
    return this.args.filter(arg => !/^-./.test(arg))
  }

  /** Whether an option of one letter was given, alone or with others. */
  has(letter: string): boolean {
    return this.args.some(arg => /^-[^-]/.test(arg) && arg.includes(letter))
  }

  /** Writes lines to standard output. */
  print(...lines: readonly string[]): void {
    for (const line of lines) this.streams.out.write(`${line}\n`)
  }

  /** Writes a line to standard error. @returns the exit code of a failure */
  fail(message: string, code = 1): number {
    this.streams.err.write(`${this.name.slice(this.name.lastIndexOf('/') + 1)}: ${message}\n`)
    return code
  }

  /** Reads the files that were named, or standard input where none was. @returns undefined where one can't be read, which was said */
  async texts(paths: readonly string[]): Promise<{ path: string; text: string }[] | undefined> {
    if (paths.length === 0) return [{ path: '', text: await this.#text(this.streams.stdin) }]
    const texts: { path: string; text: string }[] = []
    for (const path of paths) {
      const body = await this.tried(path, () => this.machine.look(({ disk }) => disk.read(path, this.start.directory)))
      if (body === undefined) return undefined
      texts.push({ path, text: await this.#text(body) })
    }
    return texts
  }

  async #text(body: Body): Promise<string> {
    return (await collect(readBody(this.machine.blobs, body, 0, MAX_TEXT_BYTES))).toString('utf8')
  }

  /** Does something with a file. @returns undefined where it can't be done, which was said */
  async tried<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.fail(`${path}: ${saidOf(error)}`)
      return undefined
    }
  }

  /** Waits. @throws Killed when the process is ended meanwhile */
  async sleep(ms: number): Promise<void> {
    const { pace, pid } = this.start
    const { clock } = this.machine
    await pace.flush()
    const until = clock.now() + ms
    if (!pace.detached) await this.machine.change(({ processes }) => processes.until(pid, until + GRACE_MS))
    pace.settle()
    while (!pace.detached && clock.now() < until) await this.#wait(Math.min(POLL_MS, until - clock.now()))
    if (pace.detached) pace.skip(until - clock.now())
  }

  /** Runs until it is killed. */
  async stay(): Promise<never> {
    const { pace, pid } = this.start
    await pace.flush()
    await this.machine.change(({ processes }) => processes.until(pid, undefined))
    pace.settle()
    for (;;) {
      if (pace.detached) throw new NeverEnds()
      await this.#wait(POLL_MS)
    }
  }

  async #wait(ms: number): Promise<void> {
    await this.start.pace.wait(ms)
    if (await this.machine.look(({ processes }) => processes.find(this.start.pid) === undefined)) throw new Killed()
  }
}

/** What a program says of an error of the disk. */
export function saidOf(error: unknown): string {
  if (!(error instanceof SensorError)) throw error
  return SAID[error.code & 0xffff] ?? error.message
}

const SAID: Record<number, string> = {
  2: 'No such file or directory',
  3: 'No such file or directory',
  5: 'Operation not permitted',
  145: 'Directory not empty',
  183: 'File exists',
}

/** Finds a program, as a path or among those of the search path. @throws NotStarted */
export async function locate(machine: Machine, word: string, directory: string): Promise<Found> {
  const places = word.includes('/') ? [word] : SEARCH_PATH.map(folder => `${folder}/${word}`)
  return machine.look(({ disk }) => {
    for (const place of places) {
      const found = thereAt(() => disk.findIfThere(place, directory))
      if (found?.place.node.kind === 'directory') throw new NotStarted(`${word}: is a directory`, CANNOT_EXECUTE)
      if (found === undefined) continue
      if ((found.place.node.mode & 0o111) === 0) throw new NotStarted(`${word}: Permission denied`, CANNOT_EXECUTE)
      return found
    }
    throw new NotStarted(word.includes('/') ? `${word}: No such file or directory` : `${word}: command not found`, NOT_FOUND)
  })
}

function thereAt(find: () => Found | undefined): Found | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof SensorError) return undefined
    throw error
  }
}

const COMMAND_LINE = /^\/(?:usr\/)?s?bin\//
const notSimulated: Program = run => run.fail('the lab has no such program: it did nothing')
const stay: Program = run => run.stay()

/** What a file does as a program, with the words of its command line. */
export interface Runnable {
  program: Program
  words: readonly string[]
}

/** Finds out what a file does: one of the lab's programs, a script, or anything else, which runs until it is killed. @throws NotStarted */
export async function runnable(machine: Machine, programs: Programs, found: Found, words: readonly string[]): Promise<Runnable> {
  const head = await headOf(machine.blobs, found.place.node.body ?? NOTHING, HEAD_BYTES)
  const name = programIn(head)
  if (name !== undefined) return { program: programs.get(name) ?? (COMMAND_LINE.test(found.path) ? notSimulated : stay), words }
  const [, interpreter, argument] = /^#![ \t]*(\S+)(?:[ \t]+(\S+))?/.exec(head.toString('utf8')) ?? []
  if (interpreter === undefined) throw new NotStarted(`${words[0]}: cannot execute binary file`, CANNOT_EXECUTE)
  const program = await locate(machine, interpreter, '/')
  // Scripts are run by the shell itself: an interpreter that is one would be a circle.
  if (programIn(await headOf(machine.blobs, program.place.node.body ?? NOTHING, HEAD_BYTES)) === undefined)
    throw new NotStarted(`${words[0]}: ${interpreter}: bad interpreter`, CANNOT_EXECUTE)
  return runnable(machine, programs, program, [
    interpreter,
    ...(argument === undefined ? [] : [argument]),
    words[0]?.includes('/') ? words[0] : found.path,
    ...words.slice(1),
  ])
}
