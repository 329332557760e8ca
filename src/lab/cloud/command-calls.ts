import { Dialect } from '../behaviour/dialect.ts'
import type { CommandRequest } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import { cancelPermissions, COMMAND_PERMISSIONS, statusPermissions } from './access/command-permissions.ts'
import { requirePermissions, type Permission } from './access/permissions.ts'
import type { Cloud } from './cloud.ts'
import { parseCommand } from './command-request.ts'
import { commandView } from './command-view.ts'
import { endAbandoned, outputOf } from './commands.ts'
import { HttpError, json, readJson } from './http.ts'
import { linkedController, release } from './linked.ts'
import type { Call, Route } from './router.ts'
import type { Runner } from './runner.ts'
import type { Sessions } from './sessions.ts'
import { ended, type CommandRecord, type SessionState } from './state.ts'

const COMMANDS = '/appservices/v6/orgs/{org}/liveresponse/sessions/{session}/commands'

/** The permissions for "Get Commands List", which returns commands of all areas. */
const READ_ALL: readonly Permission[] = [
  'org.liveresponse.session READ',
  'org.liveresponse.process READ',
  'org.liveresponse.registry READ',
  'org.liveresponse.file READ',
  'org.liveresponse.memdump READ',
]

/** "Command Endpoint": the calls that issue, list, retrieve and cancel commands. */
export function commandCalls(cloud: Cloud, sessions: Sessions, runner: Runner): Route[] {
  const calls = new CommandCalls(cloud, sessions, runner)
  return [
    { method: 'POST', path: COMMANDS, needs: ['org.liveresponse.session READ'], handle: call => calls.issue(call) },
    { method: 'GET', path: COMMANDS, needs: READ_ALL, handle: call => calls.list(call) },
    { method: 'GET', path: `${COMMANDS}/{command}`, needs: ['org.liveresponse.session READ'], handle: call => calls.status(call) },
    { method: 'DELETE', path: `${COMMANDS}/{command}`, needs: [], handle: call => calls.cancel(call) },
  ]
}

class CommandCalls {
  readonly #cloud: Cloud
  readonly #sessions: Sessions
  readonly #runner: Runner
  readonly #dialect: Dialect

  constructor(cloud: Cloud, sessions: Sessions, runner: Runner) {
    this.#cloud = cloud
    this.#sessions = sessions
    this.#runner = runner
    this.#dialect = new Dialect(cloud.behaviour)
  }

  /** "Issue Command": answers 201 at once; the command runs when its turn comes. It needs the session's permission and its own. */
  async issue({ request, params, caller }: Call): Promise<Response> {
    const session = await this.#sessions.active(params['session'] ?? '')
    const command = parseCommand(await readJson(request, this.#cloud.behaviour.maxCommandSize))
    requirePermissions(caller, [COMMAND_PERMISSIONS[command.name]])
    await this.#checkSupported(session.device_id, command)
    await this.#sessions.touch(session.id, true)
    const record = await this.#cloud.session(session).update(state => this.#append(state, command))
    if (record instanceof HttpError) throw record
    this.#runner.start(session, record.id)
    return json(201, this.#dialect.command(commandView(record, {})))
  }

  /** "Get Commands List". */
  async list({ params }: Call): Promise<Response> {
    const document = await this.#documentOf(params)
    const records = await document.read(state => structuredClone(state.commands))
    return json(200, await Promise.all(records.map(record => this.#view(record))))
  }

  /** "Retrieve Command Status": the permissions it needs depend on the command. */
  async status({ request, url, params, caller }: Call): Promise<Response> {
    const document = await this.#documentOf(params)
    const { id, request: command } = await commandOf(document, params)
    requirePermissions(caller, statusPermissions(command.name))
    if (this.#cloud.behaviour.longPoll && url.searchParams.get('wait')?.toLowerCase() === 'true') {
      await this.#hold(document, id, request.signal)
      // The session itself may have ended meanwhile.
      await this.#documentOf(params)
    }
    return json(200, await this.#view(await recordOf(document, id)))
  }

  /** "Cancel Command": only while it is PENDING. */
  async cancel({ params, caller }: Call): Promise<Response> {
    const document = await this.#documentOf(params)
    const { id, request: command } = await commandOf(document, params)
    requirePermissions(caller, cancelPermissions(command.name))
    const now = this.#cloud.clock.now()
    const result = await document.update(state => {
      const command = state.commands[id]
      if (command === undefined) return noCommand(id)
      if (command.status !== 'PENDING')
        return new HttpError(400, `Command ${id} is ${command.status}: only a PENDING command can be cancelled`)
      Object.assign(command, { status: 'CANCELLED', finished: now })
      return structuredClone(command)
    })
    if (result instanceof HttpError) throw result
    return json(200, await this.#view(result))
  }

  #append(state: SessionState, request: CommandRequest): CommandRecord | HttpError {
    const { behaviour, clock, random, store } = this.#cloud
    if (state.commands.length >= behaviour.maxCommands) {
      return new HttpError(403, `Too many commands: the session has had ${behaviour.maxCommands}`)
    }
    if (
      request.name === 'put file' &&
      !(Object.hasOwn(state.files, request.file_id ?? '') && state.files[request.file_id ?? '']?.content)
    ) {
      return new HttpError(400, `No file ${request.file_id} was uploaded in this session`)
    }
    if (request.name === 'get file') {
      request.file_id = random.uuid()
      state.files[request.file_id] = { id: request.file_id, file_name: lastPart(request.path ?? '') }
    }
    const record: CommandRecord = {
      id: state.commands.length,
      request,
      status: 'PENDING',
      created: clock.now(),
      finished: 0,
      code: 0,
      description: '',
      owner: store.owner.self,
      output: {},
    }
    state.commands.push(record)
    return structuredClone(record)
  }

  async #checkSupported(deviceId: number, { name }: CommandRequest): Promise<void> {
    const endpoint = await this.#cloud.endpoint(this.#sessions.device(deviceId))
    if (!endpoint.supportedCommands.includes(name)) throw new HttpError(400, `Command ${name} is not supported by device ${deviceId}`)
  }

  /** Waits until the command has ended, the time is up, the client disconnects or the lab closes. */
  async #hold(document: SharedDocument<SessionState>, id: number, client: AbortSignal): Promise<void> {
    const { behaviour, clock, closing, store } = this.#cloud
    const stop = linkedController(client, closing.signal)
    // The client waits in real time, however fast the lab's clock runs.
    clock.real.sleep(behaviour.longPollHold, stop.signal).then(
      () => stop.abort(),
      () => undefined,
    )
    const hasEnded = (state: SessionState) => {
      const command = state.commands[id]
      return command === undefined || ended(command) || !store.owner.alive(command.owner) ? true : undefined
    }
    await document.until(hasEnded, stop.signal).catch(() => undefined)
    release(stop)
  }

  /** @throws HttpError 404: the session doesn't exist or isn't established */
  async #documentOf(params: Call['params']): Promise<SharedDocument<SessionState>> {
    const document = this.#cloud.session(await this.#sessions.active(params['session'] ?? ''))
    await endAbandoned(document, this.#cloud.store.owner.alive, this.#cloud.clock.now())
    return document
  }

  async #view(record: CommandRecord) {
    return this.#dialect.command(commandView(record, await outputOf(this.#cloud.store, record)))
  }
}

/** @throws HttpError 404: the session has no such command */
async function commandOf(document: SharedDocument<SessionState>, { command = '' }: Call['params']): Promise<CommandRecord> {
  if (!/^(0|[1-9]\d{0,8})$/.test(command)) throw noCommand(command)
  return recordOf(document, Number(command))
}

async function recordOf(document: SharedDocument<SessionState>, id: number): Promise<CommandRecord> {
  const record = await document.read(state => structuredClone(state.commands[id]))
  if (record === undefined) throw noCommand(id)
  return record
}

function noCommand(id: string | number): HttpError {
  return new HttpError(404, `Command ${id} not found`)
}

function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1)
}
