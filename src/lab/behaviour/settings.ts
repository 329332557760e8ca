import { duration, fields, flag, object, oneOf, texts, whole, type Check } from './checks.ts'
import { shares, type Shares } from './shares.ts'

/** How the lab behaves where real services differ. Times in milliseconds. */
export interface Behaviour {
  /** Round trip of a command to the endpoint, plus a random time of up to `jitter`. */
  latency: number
  jitter: number
  /** Delay before a request is handled, plus a random time of up to `httpJitter`; real time. */
  httpDelay: number
  httpJitter: number
  /** How long a new session stays PENDING. */
  checkIn: number
  /** After how long a session that was not established ends. */
  checkInTimeout: number
  /** After how long without a Get Session or a command a session ends. */
  sessionTimeout: number
  /** After how long without a command a session ends, kept alive or not. */
  commandTimeout: number
  /** Whether `wait=true` holds a request, and how long at most; real time. */
  longPoll: boolean
  longPollHold: number
  /** Whether a `create process` that waits for its program blocks the later commands of its session, as every other command does. */
  strictOrder: boolean
  /** The most commands that one session takes. */
  maxCommands: number
  /** The most bytes in the request of one command. */
  maxCommandSize: number
  /** The most sessions that the organization can have at once. */
  maxSessions: number
  /** How long a session beyond that limit stays PENDING while it waits for another to end; 0: it is refused. */
  sessionQueue: number
  /** How the `status` of sessions and commands is spelled; `mixed`: differently from answer to answer. */
  statusCase: 'upper' | 'lower' | 'mixed'
  /** Registry values as `registry_name` etc. or as `value_name` etc., their types with or without `pb`. */
  registryNames: 'registry' | 'value'
  registryTypes: 'pb' | 'plain'
  /** REG_MULTI_SZ data as a list, or as one comma-separated text. */
  multiStrings: 'list' | 'comma'
  /** `result_code` as a signed or an unsigned 32-bit number. */
  resultCodes: 'unsigned' | 'signed'
  /** Get File Content answers with the bytes, or with a redirect to another origin. */
  content: 'direct' | 302 | 307
  /**
   * Whether that other origin refuses requests with credentials, which a client must not send there. The log records them in any case.
   */
  strictStorage: boolean
  /**
   * Whether Device Control's `num_found` counts all results of a search, or those on the page, as its SDK's acceptance test expects;
   * `num_available` always counts all.
   */
  numFound: 'all' | 'page'
  /** Downloading the output of a job that has not completed: the request waits for it, or is answered 404. */
  earlyDownload: 'wait' | '404'
  /** The device search's `start` for the first device: 0, or 1 as the SDK counts (0 then means the first device too). */
  deviceSearchStart: 0 | 1
  /** More than `requests` within `per` milliseconds are answered 429; real time. */
  rateLimit: { requests: number; per: number } | null
  /** Conditions of devices, by id or name; `*` in a name matches anything, and the last match wins. */
  devices: Record<string, DeviceCondition>
  /** Which part of the devices has which trouble; `devices` takes precedence. */
  shares: Shares
}

/** The condition of a device. Times are milliseconds of the lab's clock since the setting was made. */
export interface DeviceCondition {
  /** true: unreachable; false: reachable, even if the roster has it offline. */
  offline?: boolean
  /** It comes online after this time. */
  onlineAfter?: number
  /** Whether Live Response is enabled by policy, whatever the roster says. */
  liveResponse?: boolean
  /** Its commands end in an error, and do nothing. */
  failing?: boolean
  /** Programs that it does not start, by the names of their files, as where a policy forbids them: `esentutl.exe`. */
  blockedPrograms?: string[]
  /** Files that another program holds open and shares with nobody, by their names, where `*` is anything: `*.evtx`. They can't be read. */
  heldFiles?: string[]
  /** Some requests of its sessions are dropped, before or after they were carried out. */
  dropping?: boolean
  /** What is answered about its commands, which are carried out, is a web page or half of the answer. */
  garbage?: boolean
  /** It becomes unreachable in the middle of a command, which it carries out, */
  leaving?: boolean
  /** or after this many commands, */
  awayAfterCommands?: number
  /** or this long after a session on it was established, */
  awayAfter?: number
  /** and is reachable again this long after that; never when absent. */
  backAfter?: number
}

export const DEFAULTS: Readonly<Behaviour> = {
  latency: 0,
  jitter: 0,
  httpDelay: 0,
  httpJitter: 0,
  checkIn: 100,
  checkInTimeout: 900_000,
  sessionTimeout: 900_000,
  commandTimeout: 1_800_000,
  longPoll: true,
  longPollHold: 10_000,
  strictOrder: true,
  maxCommands: 250,
  maxCommandSize: 10_240,
  maxSessions: 100,
  sessionQueue: 60_000,
  statusCase: 'upper',
  registryNames: 'registry',
  registryTypes: 'pb',
  multiStrings: 'list',
  resultCodes: 'unsigned',
  content: 'direct',
  strictStorage: false,
  numFound: 'all',
  earlyDownload: 'wait',
  deviceSearchStart: 0,
  rateLimit: null,
  devices: {},
  shares: {},
}

const condition = fields<DeviceCondition>({
  offline: flag,
  onlineAfter: duration,
  liveResponse: flag,
  failing: flag,
  blockedPrograms: texts,
  heldFiles: texts,
  dropping: flag,
  garbage: flag,
  leaving: flag,
  awayAfterCommands: whole(1),
  awayAfter: duration,
  backAfter: duration,
})

const rateLimit: Check<Behaviour['rateLimit']> = (value, name) => {
  const { requests = 1, per = 1000 } = fields<{ requests: number; per: number }>({ requests: whole(1), per: duration })(value, name)
  return { requests, per }
}

const CHECKS: { [K in keyof Behaviour]: Check<Behaviour[K]> } = {
  latency: duration,
  jitter: duration,
  httpDelay: duration,
  httpJitter: duration,
  checkIn: duration,
  checkInTimeout: duration,
  sessionTimeout: duration,
  commandTimeout: duration,
  longPoll: flag,
  longPollHold: duration,
  strictOrder: flag,
  maxCommands: whole(0),
  maxCommandSize: whole(1),
  maxSessions: whole(0),
  sessionQueue: duration,
  statusCase: oneOf('upper', 'lower', 'mixed'),
  registryNames: oneOf('registry', 'value'),
  registryTypes: oneOf('pb', 'plain'),
  multiStrings: oneOf('list', 'comma'),
  resultCodes: oneOf('unsigned', 'signed'),
  content: oneOf<Behaviour['content']>('direct', 302, 307),
  strictStorage: flag,
  numFound: oneOf('all', 'page'),
  earlyDownload: oneOf('wait', '404'),
  deviceSearchStart: oneOf(0, 1),
  rateLimit,
  devices: (value, name) =>
    Object.fromEntries(Object.entries(object(value, name)).map(([device, given]) => [device, condition(given, `${name}.${device}`)])),
  shares,
}

/** The names of the settings. */
export const SETTINGS = Object.keys(CHECKS) as (keyof Behaviour)[]

/** The behaviour of a lab, which can be changed while it runs. */
export class Settings {
  /** The current behaviour; always the same object. */
  readonly behaviour: Behaviour
  readonly #listeners = new Set<() => void>()

  /** @throws InvalidSettings */
  constructor(initial: unknown = {}) {
    this.behaviour = { ...DEFAULTS, devices: {} }
    this.change(initial)
  }

  /**
   * Changes the named settings, all or none. null resets a setting to its default; in `devices` only the named ones change.
   * @throws InvalidSettings
   */
  change(patch: unknown): void {
    const next: Partial<Behaviour> = {}
    for (const [name, value] of Object.entries(object(patch, ''))) Object.assign(next, { [name]: this.#checked(name, value) })
    Object.assign(this.behaviour, next)
    for (const listener of [...this.#listeners]) listener()
  }

  /** Calls `listener` after every change. @returns a function that removes the listener */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #checked(name: string, value: unknown): unknown {
    const known = SETTINGS.find(setting => setting === name)
    if (known === undefined) return fields(CHECKS)({ [name]: value }, '')
    if (value === null) return known === 'devices' ? {} : DEFAULTS[known]
    return known === 'devices' ? this.#devices(object(value, name)) : CHECKS[known](value, name)
  }

  #devices(patch: Record<string, unknown>): Record<string, DeviceCondition> {
    const devices = new Map(Object.entries(this.behaviour.devices))
    for (const [device, given] of Object.entries(patch)) {
      devices.delete(device)
      if (given !== null) devices.set(device, condition(given, `devices.${device}`))
    }
    return Object.fromEntries(devices)
  }
}
