import type { CommandOutput, CommandRequest, Sensor } from '../endpoint.ts'
import { HRESULT, SensorError } from '../endpoint.ts'
import { splitWords } from '../linux/words.ts'
import { textBody } from '../windows/fs/body.ts'
import { NeverEnds, Pace } from '../windows/processes/poll.ts'
import { Spool } from '../windows/processes/spool.ts'
import type { Machine } from './machine.ts'
import { Killed, locate, NOT_FOUND, NotStarted, type Program, Run, runnable } from './run.ts'
import { SENSOR_PID } from './seed/processes.ts'

const UTF8 = 65001
/** Exit code of a process that was ended by SIGKILL. */
const KILLED_EXIT_CODE = 137
const NOT_STARTED = { process_details: { pid: 0, return_code: -1 } }

/**
 * "create process": starts a program as root, with its output going to `output_file`. With `wait` the command ends when the program does,
 * and `return_code` is its exit code; without, it ends at once, with 0.
 * @throws SensorError with `process_details` {pid 0, return_code -1} when nothing was started; the reason of `sensor.signal` when waiting is
 *   aborted: the program keeps running
 */
export async function createProcess(machine: Machine, request: CommandRequest, sensor: Sensor): Promise<CommandOutput> {
  const pace = new Pace(machine.clock, sensor.signal)
  const { pid, finished } = await started(machine, request, pace)
  await sensor.report({ process_details: { pid, return_code: -1 } })
  if (request.wait !== true) {
    await Promise.race([pace.settled, finished.catch(() => {})])
    return { process_details: { pid, return_code: 0 } }
  }
  try {
    return { process_details: { pid, return_code: await finished } }
  } catch (error) {
    throw error instanceof NeverEnds ? sensor.signal.reason : error
  }
}

async function started(machine: Machine, request: CommandRequest, pace: Pace): Promise<{ pid: number; finished: Promise<number> }> {
  const { path: line = '', output_file: output = '', working_directory: workingDirectory } = request
  try {
    const typed = splitWords(line)
    const directory = await machine.look(({ disk }) => disk.directory(workingDirectory || '/').path)
    const found = await locate(machine, typed[0] ?? '', directory)
    const { PROGRAMS: programs } = await import('./programs/index.ts')
    const { program, words } = await runnable(machine, programs, found, typed)
    const out = new Spool(machine.blobs, { page: UTF8 })
    const save = await outputTo(machine, output, out)
    const pid = await machine.change(({ processes }) =>
      processes.start({ ppid: SENSOR_PID, path: found.path, cmdline: line }, machine.random),
    )
    pace.flush = () => save(false)
    const variables = new Map([
      ['HOME', '/var/root'],
      ['USER', 'root'],
      ['PATH', '/usr/bin:/bin:/usr/sbin:/sbin'],
    ])
    const run = new Run({ machine, programs, pace, pid, directory, variables }, words, { stdin: textBody(''), out, err: out })
    const finished = finish(run, program).finally(() => save(true))
    finished.catch(() => {})
    return { pid, finished }
  } catch (error) {
    throw asSensorError(error)
  }
}

/** Creates the output file. @returns what writes the output so far into it, while somebody has not deleted it */
async function outputTo(machine: Machine, path: string, out: Spool): Promise<(all: boolean) => Promise<void>> {
  const real = path === '' ? undefined : await machine.change(({ disk }) => disk.write(path, textBody('')))
  return async all => {
    const content = all ? await out.end() : out.soFar()
    if (content === undefined || content.size === 0 || real === undefined) return
    await machine.change(({ disk }) => {
      if (disk.findIfThere(real) !== undefined) disk.write(real, content)
    })
  }
}

async function finish(run: Run, program: Program): Promise<number> {
  const { machine, pid, pace } = run.start
  const code = await exitCode(run, program)
  await machine.change(({ processes, now }) => (pace.ahead > 0 ? processes.until(pid, now + pace.ahead) : processes.end(pid)))
  return code
}

async function exitCode(run: Run, program: Program): Promise<number> {
  try {
    return await program(run)
  } catch (error) {
    if (error instanceof Killed) return KILLED_EXIT_CODE
    throw error
  }
}

function asSensorError(error: unknown): unknown {
  if (error instanceof NotStarted)
    return new SensorError(error.code === NOT_FOUND ? HRESULT.FILE_NOT_FOUND : HRESULT.ACCESS_DENIED, error.message, NOT_STARTED)
  return error instanceof SensorError ? Object.assign(error, { output: NOT_STARTED }) : error
}
