import { duration, fields, flag, object, oneOf, whole, type Check } from './checks.ts'

/** How the lab behaves where the service's behaviour is a matter of circumstances. Times in milliseconds. */
export interface Behaviour {
  /** How long a command is on its way to the endpoint and back, and at random up to how much longer. */
  latency: number
  jitter: number
  /** How long every request lies before it is looked at, and at random up to how much longer; real time. */
  httpDelay: number
  httpJitter: number
  /** How long a new session stays PENDING. */
  checkIn: number
  /** After how long a session that was not established is gone. */
  checkInTimeout: number
  /** After how long without a Get Session or a command a session is gone. */
  sessionTimeout: number
  /** After how long without a command a session is gone, kept alive or not. */
  commandTimeout: number
  /** Whether `wait=true` holds a request, and how long at most; real time. */
  longPoll: boolean
  longPollHold: number
  /** Whether a `create process` that waits for its program holds up the commands behind it in its session, as every other command does. */
  strictOrder: boolean
  /** Commands that one session takes. */
  maxCommands: number
  /** Bytes that the request of one command may have. */
  maxCommandSize: number
  /** Sessions that the organization can have at once. */
  maxSessions: number
  /** How long a session beyond that waits, PENDING, for another to end before it is gone; 0: it is refused. */
  sessionQueue: number
  /** How `status` of sessions and commands is spelled; `mixed`: now so, now otherwise. */
  statusCase: 'upper' | 'lower' | 'mixed'
  /** Registry values as `registry_name` … or as `value_name` …, their types with or without `pb`. */
  registryNames: 'registry' | 'value'
  registryTypes: 'pb' | 'plain'
  /** How data of several texts is told: as a list, or in one text with commas between. */
  multiStrings: 'list' | 'comma'
  /** `result_code` as a signed or an unsigned 32-bit number. */
  resultCodes: 'unsigned' | 'signed'
  /** Get File Content answers with the bytes, or with a redirect to another origin. */
  content: 'direct' | 302 | 307
  /**
   * Whether that other origin refuses a request with credentials, as a client that lets them go there deserves; the log tells in any case.
   */
  strictStorage: boolean
  /**
   * Whether Device Control's `num_found` counts all that a search finds, or those of the page, as its SDK's acceptance test has it;
   * `num_available` is all.
   */
  numFound: 'all' | 'page'
  /** What the output of a job is before the job has completed: it is waited for, or not there. */
  earlyDownload: 'wait' | '404'
  /** Whether the device search's `start` is 0 for the first device, or 1 (0 then too), as the SDK counts. */
  deviceSearchStart: 0 | 1
  /** More requests than these in that time are answered 429; real time. */
  rateLimit: { requests: number; per: number } | null
  /** What befalls devices, by id or name; `*` in a name stands for anything, and of those that fit the last counts. */
  devices: Record<string, DeviceCondition>
}

/** What befalls a device. Times in milliseconds of the lab's clock, from the moment when the setting is made. */
export interface DeviceCondition {
  /** Out of reach; false: there, whatever it is by itself. */
  offline?: boolean
  /** It comes online after so long. */
  onlineAfter?: number
  /** false: switched off by its policy; true: on, whatever it is by itself. */
  liveResponse?: boolean
  /** It goes away when so many commands were carried out on it, */
  awayAfterCommands?: number
  /** or so long after a session on it was established, */
  awayAfter?: number
  /** and is back so long after that; never when absent. */
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
}

const condition = fields<DeviceCondition>({
  offline: flag,
  onlineAfter: duration,
  liveResponse: flag,
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
}

/** The names of the settings. */
export const SETTINGS = Object.keys(CHECKS) as (keyof Behaviour)[]

/** The behaviour of a lab, which can be changed while it runs. */
export class Settings {
  /** As it is now: always the same object. */
  readonly behaviour: Behaviour
  readonly #listeners = new Set<() => void>()

  /** @throws InvalidSettings */
  constructor(initial: unknown = {}) {
    this.behaviour = { ...DEFAULTS, devices: {} }
    this.change(initial)
  }

  /**
   * Changes what is named, all or nothing: null takes a setting back to its default; of `devices` only those that are named change.
   * @throws InvalidSettings
   */
  change(patch: unknown): void {
    const next: Partial<Behaviour> = {}
    for (const [name, value] of Object.entries(object(patch, ''))) Object.assign(next, { [name]: this.#checked(name, value) })
    Object.assign(this.behaviour, next)
    for (const listener of [...this.#listeners]) listener()
  }

  /** @returns ends it */
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
