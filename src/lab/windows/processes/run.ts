import { type Body, headOf } from '../fs/body.ts'
import { originalFilename } from '../fs/executable.ts'
import type { Machine } from '../machine.ts'
import { isWin32, win32 } from '../win32.ts'
import { splitArguments } from './command-line.ts'
import type { Environment } from './environment.ts'
import { locateProgram } from './locate.ts'
import { NeverEnds, type Pace } from './poll.ts'
import type { Spool } from './spool.ts'
import { imageName } from './table.ts'

/** How often a waiting program checks whether it was killed; how long a process survives a crash of the lab's process. Milliseconds. */
const POLL_MS = 250
const GRACE_MS = 60_000
/** Exit code of a process that was ended from outside. */
const TERMINATED_EXIT_CODE = 1
const HEAD_BYTES = 1024

/**
 * The implementation of an executable: reads and changes the endpoint, writes its output, and returns its exit code.
 * Output must go through the run's streams, and every wait through `run.sleep`.
 */
export type Program = (run: Run) => Promise<number>

/**
 * The programs, by an executable's original file name in lower case; any other program opens a window, and runs until it is killed.
 */
export type Programs = ReadonlyMap<string, Program>

export interface Streams {
  stdin: Body
  out: Spool
  err: Spool
}

export interface RunOptions {
  programs: Programs
  line: string
  directory: string
  environment: Environment
  streams: Streams
  pace: Pace
  ppid: number
  parent?: Run
  /** Whether to look for the program as the command shell does. */
  shell?: boolean
  /** Called once the program has been found; returns a file that the process keeps open. */
  prepare?: () => Promise<string>
}

/** The process was ended from outside. */
class Killed extends Error {
  override name = 'Killed'
}

/** A running process as its program sees it. */
export class Run {
  readonly machine: Machine
  readonly pid: number
  /** The command line after the program's name, as text and as arguments. */
  readonly tail: string
  readonly args: string[]
  directory: string
  environment: Environment
  readonly streams: Streams
  readonly pace: Pace
  readonly parent: Run | undefined
  private readonly programs: Programs
  /** Rejects when the process is ended from outside. */
  readonly killed: Promise<never>
  private die: (error: Killed) => void = () => {}

  constructor(machine: Machine, pid: number, tail: string, options: RunOptions) {
    this.machine = machine
    this.pid = pid
    this.tail = tail
    this.args = splitArguments(tail)
    this.directory = options.directory
    this.environment = options.environment
    this.streams = options.streams
    this.pace = options.pace
    this.parent = options.parent
    this.programs = options.programs
    this.killed = new Promise<never>((_, reject) => {
      this.die = reject
    })
    this.killed.catch(() => {})
  }

  /** Writes to standard output; `\n` becomes `\r\n`. */
  print(text: string): void {
    this.streams.out.write(crlf(text))
  }

  /** Writes to standard error; `\n` becomes `\r\n`. */
  complain(text: string): void {
    this.streams.err.write(crlf(text))
  }

  /** Waits. Throws when the program is killed meanwhile. */
  async sleep(ms: number): Promise<void> {
    await this.pace.flush()
    const { clock } = this.machine
    const until = clock.now() + ms
    if (!this.pace.detached)
      await this.machine.change(({ processes }) => this.chain().forEach(run => processes.expire(run.pid, until + GRACE_MS)))
    this.pace.settle()
    while (!this.pace.detached && clock.now() < until) {
      await this.pace.wait(Math.min(POLL_MS, until - clock.now()))
      await this.checkAlive()
    }
    if (this.pace.detached) this.pace.skip(until - clock.now())
  }

  /** Runs until the process is killed: it has a window and waits for its user. */
  async stay(): Promise<never> {
    await this.pace.flush()
    await this.machine.change(({ processes }) => this.chain().forEach(run => processes.persist(run.pid)))
    this.pace.settle()
    for (;;) {
      if (this.pace.detached) throw new NeverEnds()
      await this.pace.wait(POLL_MS)
      await this.checkAlive()
    }
  }

  /**
   * Runs another program and waits for it.
   * @returns its exit code
   * @throws SensorError FILE_NOT_FOUND, BAD_EXE_FORMAT … when it can't be started
   */
  async spawn(line: string, streams: Streams = this.streams, shell = false): Promise<number> {
    const { done } = await this.start(line, streams, shell)
    return Promise.race([done, this.killed])
  }

  /** Starts another program like `spawn`, without waiting. */
  start(line: string, streams: Streams = this.streams, shell = false): Promise<Started> {
    const { programs, machine, directory, environment, pace, pid } = this
    return launch(machine, { programs, line, directory, environment: environment.copy(), streams, pace, ppid: pid, parent: this, shell })
  }

  /** This process and the processes that wait for it. */
  private chain(): Run[] {
    return this.parent === undefined ? [this] : [this, ...this.parent.chain()]
  }

  private async checkAlive(): Promise<void> {
    const chain = this.chain()
    const gone = await this.machine.look(({ processes }) => chain.filter(run => processes.find(run.pid) === undefined))
    for (const run of gone) run.die(new Killed())
    if (gone.includes(this)) throw new Killed()
  }
}

export interface Started {
  pid: number
  /** Resolves to the exit code; rejects with NeverEnds when the program keeps running and nobody waits. */
  done: Promise<number>
}

/**
 * Starts a program: finds it, checks that it is executable, adds its process to the list, and runs it.
 * @throws SensorError FILE_NOT_FOUND, ACCESS_DENIED, BAD_EXE_FORMAT
 */
export async function launch(machine: Machine, options: RunOptions): Promise<Started> {
  const located = await machine.look(({ files }) =>
    locateProgram(files, options.line, options.directory, options.environment, options.shell),
  )
  if (/\.(bat|cmd)$/i.test(located.path)) {
    const shell = options.environment.get('ComSpec') ?? 'cmd.exe'
    return launch(machine, { ...options, line: `${shell} /c ""${located.path}"${located.tail}"` })
  }
  if (located.node.guard === 'denied' || located.node.guard === 'locked') throw win32('ACCESS_DENIED')
  const program = await programOf(machine, options.programs, located.node.body)
  const holds = await options.prepare?.()
  const pid = await machine.change(({ processes }) =>
    processes.start({
      ppid: options.ppid,
      path: located.path,
      cmdline: options.line,
      user: 'NT AUTHORITY\\SYSTEM',
      sid: 'S-1-5-18',
      session: 0,
      memory: 3000 + imageName(located.path).length * 204,
      ...(holds === undefined ? {} : { holds }),
    }),
  )
  const run = new Run(machine, pid, located.tail, options)
  const done = carryOut(run, program)
  done.catch(() => {})
  return { pid, done }
}

async function programOf(machine: Machine, programs: Programs, body: Body | undefined): Promise<Program> {
  const head = body === undefined ? Buffer.alloc(0) : await headOf(machine.blobs, body, HEAD_BYTES)
  if (head.toString('latin1', 0, 2) !== 'MZ') throw win32('BAD_EXE_FORMAT')
  return programs.get(originalFilename(head)) ?? (run => run.stay())
}

async function carryOut(run: Run, program: Program): Promise<number> {
  const code = await exitCode(run, program)
  await run.machine.change(({ processes, now }) => {
    if (run.pace.ahead > 0) processes.expire(run.pid, now + run.pace.ahead)
    else processes.end(run.pid)
  })
  return code
}

async function exitCode(run: Run, program: Program): Promise<number> {
  try {
    return await program(run)
  } catch (error) {
    if (error instanceof Killed) return TERMINATED_EXIT_CODE
    if (!isWin32(error)) throw error
    run.complain(`${error.message}\n`)
    return error.code & 0xffff
  }
}

function crlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n')
}
