import { objectOf } from '../control/logs.ts'
import { SensorError, type CommandRequest, type Sensor } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Cloud } from './cloud.ts'
import { ABANDONED, finish, keep, turn, type Kept, type Outcome } from './commands.ts'
import { shared } from './linked.ts'
import type { RosterDevice } from './roster.ts'
import type { SessionRecord, SessionState } from './state.ts'

/** E_FAIL, for an endpoint that failed in a way it shouldn't. */
const FAILED = 0x80004005

/** Runs commands: each that this process takes, as soon as its turn comes. */
export class Runner {
  readonly #cloud: Cloud
  readonly #tasks = new Map<Promise<void>, AbortController>()
  /** Programs that were started without waiting run on when their command has ended, until the session or the lab ends. */
  readonly #lasting = new Set<AbortController>()

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /** Sees to it that a command of this session is carried out. */
  start(session: SessionRecord, id: number): void {
    const stop = shared()
    const task = this.#see(session, id, stop)
      .catch(() => undefined)
      .finally(() => this.#tasks.delete(task))
    this.#tasks.set(task, stop)
  }

  /** Stops all commands; they end in errors. */
  async stop(): Promise<void> {
    for (const stop of [...this.#tasks.values(), ...this.#lasting]) stop.abort()
    await Promise.all(this.#tasks.keys())
  }

  /** Carries out a command until it or its session ends. */
  async #see(session: SessionRecord, id: number, stop: AbortController): Promise<void> {
    const document = this.#cloud.session(session)
    const watch = shared()
    const over = this.#cloud.state.until(state => (state.sessions[session.id]?.key === session.key ? undefined : true), watch.signal)
    let sessionOver = false
    over.then(
      () => {
        sessionOver = true
        stop.abort()
      },
      () => undefined,
    )
    try {
      const outcome = await this.#carryOut(session, document, id, stop)
      // Its document is gone with the session: nobody is left to be told.
      if (outcome !== undefined && !sessionOver) await finish(document, id, outcome, this.#cloud.clock.now())
    } finally {
      if (this.#lasting.has(stop)) {
        stop.signal.addEventListener(
          'abort',
          () => {
            this.#lasting.delete(stop)
            watch.abort()
          },
          { once: true },
        )
      } else watch.abort()
    }
  }

  /** @returns how it ended; undefined when it was cancelled before it began */
  async #carryOut(
    session: SessionRecord,
    document: SharedDocument<SessionState>,
    id: number,
    stop: AbortController,
  ): Promise<Kept | undefined> {
    const { store, behaviour } = this.#cloud
    const { signal } = stop
    try {
      // Commands travel side by side, and wait for their turn at the endpoint.
      await this.#travel(session, signal)
      const when = await document.until(state => turn(state, id, store.owner.alive, behaviour.strictOrder), signal)
      if (when === 'never') return undefined
      const request = await document.update(state => claim(state, id))
      if (request === undefined) return undefined
      if (request.name === 'create process' && request.wait !== true) this.#lasting.add(stop)
      const outcome = await this.#run(session, document, id, request, signal)
      // Who is issued later travels at least as long as the answer: only those that wait already need to be told.
      if (await document.read(state => state.commands.length > id + 1)) await document.update(state => markRun(state, id))
      // Keeping it takes no time of its own while it travels.
      const [kept] = await Promise.all([keep(store, outcome), this.#travel(session, signal)])
      this.#count(session)
      return kept
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
      const endpoint = await this.#cloud.endpoint(device)
      return { status: 'COMPLETE', code: 0, description: '', output: await endpoint.run(request, sensor) }
    } catch (error) {
      if (error instanceof SensorError) return { status: 'ERROR', code: error.code >>> 0, description: error.message, output: error.output }
      if (sensor.signal.aborted) throw error
      return { status: 'ERROR', code: FAILED, description: error instanceof Error ? error.message : String(error), output: {} }
    }
  }

  /** One way between cloud and endpoint; it takes until the endpoint can be reached. */
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

/** PENDING → IN_PROGRESS; nothing when it was cancelled meanwhile. */
function claim(state: SessionState, id: number): CommandRequest | undefined {
  const command = state.commands[id]
  if (command?.status !== 'PENDING') return undefined
  command.status = 'IN_PROGRESS'
  return structuredClone(command.request)
}

/** The endpoint is done with a command, whose answer is on its way: the next may begin. */
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
