import { codePageNamed } from '../../core/text/code-pages.ts'
import type { CommandOutput, CommandRequest, Sensor } from '../endpoint.ts'
import { textBody } from './fs/body.ts'
import { isDirectory } from './fs/node.ts'
import type { Machine } from './machine.ts'
import { systemEnvironment } from './processes/environment.ts'
import { NeverEnds, Pace } from './processes/poll.ts'
import { launch, type Started } from './processes/run.ts'
import { Spool } from './processes/spool.ts'
import { SENSOR_PID } from './seed/processes.ts'
import { isWin32, SUCCESS, win32 } from './win32.ts'

const NOT_STARTED = { process_details: { pid: 0, return_code: -1 } }

/**
 * `create process`: starts a program as SYSTEM, with its output going to `output_file`. With `wait` the command ends when the program does,
 * and `return_code` is its exit code; without, it ends at once, with 0. The output file exists before the program starts, and grows.
 * @throws SensorError with `process_details` {pid 0, return_code -1} when nothing was started
 */
export async function createProcess(machine: Machine, request: CommandRequest & { path: string }, sensor: Sensor): Promise<CommandOutput> {
  const { started, finished, settled } = await start(machine, request, sensor)
  const { pid } = started
  await sensor.report({ process_details: { pid, return_code: -1 } })
  if (!request.wait) {
    // Programs that it starts at once must be in the next process list.
    await Promise.race([settled, finished.catch(() => {})])
    return { process_details: { pid, return_code: SUCCESS } }
  }
  try {
    // Exit codes are signed on the wire, as with 0xC000013A.
    return { process_details: { pid, return_code: (await finished) | 0 } }
  } catch (error) {
    if (error instanceof NeverEnds) throw sensor.signal.reason
    throw error
  }
}

/**
 * Starts the program. `finished` resolves to the exit code once the output is complete, `settled` when the program has started the programs
 * that it starts at once.
 */
async function start(
  machine: Machine,
  request: CommandRequest & { path: string },
  sensor: Sensor,
): Promise<{ started: Started; finished: Promise<number>; settled: Promise<void> }> {
  const { path: line, output_file: outputFile, working_directory: workingDirectory = 'C:\\Windows\\system32' } = request
  const out = new Spool(machine.blobs, { page: await oemPage(machine) })
  const pace = new Pace(machine.clock, sensor.signal)
  try {
    const directory = await machine.look(({ files }) => {
      const found = files.find(workingDirectory)
      if (!isDirectory(found.place.node)) throw win32('DIRECTORY')
      return found.path
    })
    const environment = systemEnvironment(machine.seed.profile)
    const streams = { stdin: textBody(''), out, err: out }
    const { PROGRAMS: programs } = await import('./programs/index.ts')
    const common = { programs, line, directory, environment, streams, pace, ppid: SENSOR_PID }
    if (outputFile === undefined || outputFile === '') {
      const started = await launch(machine, common)
      return { started, finished: started.done, settled: pace.settled }
    }
    const output = new OutputFile(machine, outputFile, out)
    const started = await launch(machine, { ...common, prepare: () => output.create() })
    pace.flush = () => output.save()
    return { started, finished: started.done.finally(() => output.close()), settled: pace.settled }
  } catch (error) {
    throw isWin32(error) ? Object.assign(error, { output: NOT_STARTED }) : error
  }
}

/** Returns the code page of a new console, from the registry. */
async function oemPage(machine: Machine): Promise<number> {
  const value = await machine.look(({ registry }) => registry.value('HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage', 'OEMCP'))
  return codePageNamed(String(value?.data)) ?? 437
}

/** The file on the endpoint that receives a program's output. */
class OutputFile {
  private readonly machine: Machine
  private readonly out: Spool
  private path: string
  private saved = 0
  private closed = false

  constructor(machine: Machine, path: string, out: Spool) {
    this.machine = machine
    this.path = path
    this.out = out
  }

  /** Creates the file. @returns its path as spelled on the disk @throws SensorError when it can't be created */
  async create(): Promise<string> {
    const found = await this.machine.change(({ files }) => files.write(this.path, textBody('')))
    this.path = found.path
    return found.path
  }

  /** Writes the output so far to the file. */
  async save(): Promise<void> {
    const soFar = this.out.soFar()
    if (this.closed || soFar === undefined || soFar.size === this.saved) return
    this.saved = soFar.size
    await this.machine.change(({ files }) => files.rewrite(this.path, soFar))
  }

  /** Writes the complete output; what an orphaned child writes later is lost. */
  async close(): Promise<void> {
    this.closed = true
    const content = await this.out.end()
    if (content.size > 0) await this.machine.change(({ files }) => files.rewrite(this.path, content))
  }
}
