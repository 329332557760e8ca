import { sharedController } from '../../core/abort.ts'
import { objectOf } from '../control/logs.ts'
import { HRESULT, SensorError, type CommandRequest, type Sensor } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Cloud } from './cloud.ts'
import { ABANDONED, finish, storeOutput, whenToRun, type Outcome, type StoredOutcome } from './commands.ts'
import { release } from './linked.ts'
import type { RosterDevice } from './roster.ts'
import { compileWildcards } from './search/wildcards.ts'
import type { SessionRecord, SessionState } from './state.ts'

/** E_FAIL, for an endpoint that failed unexpectedly. */
const FAILED = 0x80004005
/** ERROR_ACCESS_DENIED, for a program that a policy forbids. */
const BLOCKED = 0x80070005

/** Runs the commands that this process accepted, each as soon as its turn comes. */
export class Runner {
  readonly #cloud: Cloud
  readonly #tasks = new Map<Promise<void>, AbortController>()
  /** Programs that were started without waiting keep running after their command has ended, until the session or the lab ends. */
  readonly #detached = new Set<AbortController>()

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /** Starts carrying out a command of this session, in the background. */
  start(session: SessionRecord, id: number): void {
    const stop = sharedController()
    const task = this.#runToEnd(session, id, stop)
      .catch(() => undefined)
      .finally(() => this.#tasks.delete(task))
    this.#tasks.set(task, stop)
  }

  /** Stops all commands, which end with errors. */
  async stop(): Promise<void> {
    for (const stop of [...this.#tasks.values(), ...this.#detached]) stop.abort()
    await Promise.all(this.#tasks.keys())
  }

  /** Carries out a command until it or its session ends. */
  async #runToEnd(session: SessionRecord, id: number, stop: AbortController): Promise<void> {
    const document = this.#cloud.session(session)
    const watch = sharedController()
    const sessionEnd = this.#cloud.state.until(state => (state.sessions[session.id]?.key === session.key ? undefined : true), watch.signal)
    let sessionEnded = false
    sessionEnd.then(
      () => {
        sessionEnded = true
        stop.abort()
      },
      () => undefined,
    )
    try {
      const outcome = await this.#carryOut(session, document, id, stop)
      // When the session has ended its document is gone too, and nothing is left to record the outcome in.
      if (outcome !== undefined && !sessionEnded) await finish(document, id, outcome, this.#cloud.clock.now())
    } finally {
      if (this.#detached.has(stop)) {
        stop.signal.addEventListener(
          'abort',
          () => {
            this.#detached.delete(stop)
            release(watch)
          },
          { once: true },
        )
      } else release(watch)
    }
  }

  /** @returns the outcome; undefined when the command was cancelled before it began */
  async #carryOut(
    session: SessionRecord,
    document: SharedDocument<SessionState>,
    id: number,
    stop: AbortController,
  ): Promise<StoredOutcome | undefined> {
    const { store, behaviour } = this.#cloud
    const { signal } = stop
    try {
      // Commands travel in parallel, and wait for their turn at the endpoint.
      await this.#travel(session, signal)
      const when = await document.until(state => whenToRun(state, id, store.owner.alive, behaviour.strictOrder), signal)
      if (when === 'never') return undefined
      const request = await document.update(state => claim(state, id))
      if (request === undefined) return undefined
      if (request.name === 'create process' && request.wait !== true) this.#detached.add(stop)
      const device = this.#cloud.devices.get(session.device_id)
      if (device !== undefined) this.#cloud.presence.beginCommand(device)
      const outcome = await this.#run(session, document, id, request, signal)
      // A command issued after this one travels at least as long as this answer. So marking it is needed only for those already waiting.
      if (await document.read(state => state.commands.length > id + 1)) await document.update(state => markRun(state, id))
      // Store the output while the answer travels.
      const [stored] = await Promise.all([storeOutput(store, outcome), this.#travel(session, signal)])
      this.#count(session)
      return stored
    } catch (error) {
      if (signal.aborted) return ABANDONED
      throw error
    }
  }

  async #run(
    session: SessionRecord,
    document: SharedDocument<SessionState>,
    id: number,
    request: CommandRequest,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const device = this.#cloud.devices.get(session.device_id)
    const entry = this.#cloud.executions.add({
      time: new Date(this.#cloud.clock.now()).toISOString(),
      device_id: session.device_id,
      device_name: device?.name ?? '',
      session_id: session.id,
      command_id: id,
      name: request.name,
      object: objectOf(request),
      status: null,
      result_code: null,
    })
    const outcome = await this.#attempt(device, request, sensor(document, id, request, signal))
    Object.assign(entry, { status: outcome.status, result_code: outcome.code })
    return outcome
  }

  async #attempt(device: RosterDevice | undefined, request: CommandRequest, sensor: Sensor): Promise<Outcome> {
    try {
      if (device === undefined) throw new Error('the device is gone')
      const { failing, blockedPrograms = [], heldFiles = [] } = this.#cloud.presence.condition(device)
      if (failing === true) throw new SensorError(FAILED, 'the sensor failed')
      if (request.name === 'create process' && isBlocked(request.path, blockedPrograms)) throw new SensorError(BLOCKED, 'Access is denied.')
      if (request.name === 'get file' && isHeld(request.path, heldFiles))
        throw new SensorError(HRESULT.SHARING_VIOLATION, 'The file is in use.')
      const endpoint = await this.#cloud.endpoint(device)
      return { status: 'COMPLETE', code: 0, description: '', output: await endpoint.run(request, sensor) }
    } catch (error) {
      if (error instanceof SensorError) return { status: 'ERROR', code: error.code >>> 0, description: error.message, output: error.output }
      if (sensor.signal.aborted) throw error
      return { status: 'ERROR', code: FAILED, description: error instanceof Error ? error.message : String(error), output: {} }
    }
  }

  /** Waits for one way between cloud and endpoint, and for the endpoint to be reachable. */
  async #travel({ device_id, active_from }: SessionRecord, signal: AbortSignal): Promise<void> {
    const {
      clock,
      behaviour: { latency, jitter },
      chance,
      devices,
      presence,
    } = this.#cloud
    const device = devices.get(device_id)
    if (device !== undefined) await presence.reached(device, active_from ?? undefined, signal)
    const ms = (latency + (jitter > 0 ? jitter * chance() : 0)) / 2
    if (ms > 0) await clock.sleep(ms, signal)
    signal.throwIfAborted()
  }

  #count({ device_id }: SessionRecord): void {
    const device = this.#cloud.devices.get(device_id)
    if (device !== undefined) this.#cloud.presence.countCommand(device)
  }
}

/** Turns PENDING into IN_PROGRESS and returns the request; undefined when the command was cancelled meanwhile. */
function claim(state: SessionState, id: number): CommandRequest | undefined {
  const command = state.commands[id]
  if (command?.status !== 'PENDING') return undefined
  command.status = 'IN_PROGRESS'
  return structuredClone(command.request)
}

/** Notes that the endpoint has carried out a command whose answer is still travelling: the next one may begin. */
function markRun(state: SessionState, id: number): void {
  const command = state.commands[id]
  if (command !== undefined) command.ran = true
}

function sensor(document: SharedDocument<SessionState>, id: number, { file_id: fileId = '' }: CommandRequest, signal: AbortSignal): Sensor {
  return {
    signal,
    staged: wanted => document.read(({ files }) => (Object.hasOwn(files, wanted) ? files[wanted]?.content : undefined)),
    async stage(content) {
      // A file that was deleted while its bytes were on their way stays deleted.
      await document.update(({ files }) => {
        const file = Object.hasOwn(files, fileId) ? files[fileId] : undefined
        if (file !== undefined) file.content = content
      })
    },
    async report(output) {
      await document.update(({ commands }) => {
        const command = commands[id]
        if (command?.status === 'IN_PROGRESS') command.output = { ...command.output, ...output }
      })
    },
  }
}

/** Whether one of these patterns fits the name of a file. */
function isHeld(path = '', patterns: readonly string[]): boolean {
  const name = path.replace(/^.*[\\/]/, '')
  return patterns.some(pattern => compileWildcards(pattern, false)(name))
}

/** Whether a command line starts one of these programs. */
function isBlocked(line = '', programs: readonly string[]): boolean {
  const [, quoted, bare = ''] = /^\s*(?:"([^"]*)"|(\S+))/.exec(line) ?? []
  const name = (quoted ?? bare).toLowerCase().replace(/^.*[\\/]/, '')
  return programs.some(program => program.toLowerCase() === name)
}
