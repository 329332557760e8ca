import { STOPPED } from '../../src/runs/gate.ts'
import { after, NOT_BEGUN, type DeviceRecord, type JournalEntry } from '../../src/runs/journal.ts'
import type { Claim, RunEvent, RunStore, SharedRun, Taking } from '../../src/runs/run-store.ts'

interface Device {
  record: DeviceRecord
  token: number
  isFirst: boolean
}

interface Run {
  shared: SharedRun
  stopped?: string
  failures: number
  devices: Map<number, Device>
  events: RunEvent[]
}

const isEnd = ({ record: { state } }: Device) => ['done', 'failed', 'offline', 'unknown'].includes(state)

/** What a store of runs does, as simply as it can be said: in memory, for one process. Where a device has got to is what its events tell. */
export class ModelRunStore implements RunStore {
  readonly #runs = new Map<string, Run>()

  async create(shared: SharedRun): Promise<void> {
    const { run, devices } = shared.record
    if (this.#runs.has(run)) return
    const all = devices.map(({ id }, index) => [id, { record: NOT_BEGUN, token: 0, isFirst: index < (shared.canary ?? 0) }] as const)
    this.#runs.set(run, { shared, failures: 0, devices: new Map(all), events: [] })
  }

  async read(name: string): ReturnType<RunStore['read']> {
    const run = this.#runs.get(name)
    if (run === undefined) return undefined
    const devices = [...run.devices.values()]
    const isOver = !devices.some(({ record }) => record.state === 'running') && (run.stopped !== undefined || devices.every(isEnd))
    return { shared: run.shared, ...(run.stopped === undefined ? {} : { stopped: run.stopped }), isOver }
  }

  async claim(name: string, deviceId: number, worker: string): Promise<Taking> {
    const run = this.#runs.get(name)
    const device = run?.devices.get(deviceId)
    if (run === undefined || device === undefined) return { kind: 'absent' }
    if (isEnd(device)) return { kind: 'settled' }
    const before = device.record
    const change = before.state === 'running' ? before.change : undefined
    if (run.stopped !== undefined && change === undefined) {
      if (before.state === 'running') note(run, { time: '', device_id: deviceId, state: 'not begun' })
      return { kind: 'stopped' }
    }
    const firsts = [...run.devices.values()].filter(({ isFirst }) => isFirst)
    if (before.state !== 'running' && !device.isFirst && !firsts.every(isEnd)) return { kind: 'later' }
    device.token += 1
    note(run, { time: '', device_id: deviceId, state: 'running', worker, ...(change === undefined ? {} : { change }) })
    return { kind: 'claimed', claim: { run: name, deviceId, token: device.token }, before }
  }

  async intent(claim: Claim, change: string): Promise<boolean> {
    const { run, device } = this.#claimed(claim)
    if (run === undefined || device?.record.state !== 'running') return false
    note(run, { time: '', device_id: claim.deviceId, state: 'running', change })
    return true
  }

  async settle(claim: Claim, end: Parameters<RunStore['settle']>[1], line: string): Promise<boolean> {
    const { run, device } = this.#claimed(claim)
    if (run === undefined || device === undefined) return false
    if (isEnd(device)) return true
    if (device.record.state !== 'running') return false
    note(run, end, line)
    const { canary = 0, maxFailures = Infinity, record } = run.shared
    if (end.state === 'failed' || end.state === 'unknown') run.failures += 1
    if (device.isFirst && end.state !== 'done') run.stopped ??= STOPPED.canary(Math.min(canary, record.devices.length))
    else if (run.failures >= maxFailures && end.state !== 'done' && end.state !== 'offline') run.stopped ??= STOPPED.failures(maxFailures)
    return true
  }

  async release(claim: Claim, state: 'waiting' | 'not begun'): Promise<boolean> {
    const { run, device } = this.#claimed(claim)
    if (run === undefined || device === undefined) return false
    if (device.record.state === state) return true
    if (device.record.state !== 'running') return false
    note(run, { time: '', device_id: claim.deviceId, state })
    return true
  }

  async events(run: string, from: number, most: number): Promise<RunEvent[]> {
    return (this.#runs.get(run)?.events ?? []).slice(from, from + most)
  }

  async stop(name: string, reason: string): Promise<void> {
    const run = this.#runs.get(name)
    if (run !== undefined) run.stopped ??= reason
  }

  async again(name: string, deviceIds: readonly number[]): Promise<number[]> {
    const run = this.#runs.get(name)
    if (run === undefined) return []
    delete run.stopped
    run.failures = 0
    const again = [...new Set(deviceIds)].filter(id => {
      const device = run.devices.get(id)
      return device !== undefined && isEnd(device)
    })
    for (const id of again) note(run, { time: '', device_id: id, state: 'not begun' })
    return again
  }

  async remove(run: string): Promise<void> {
    this.#runs.delete(run)
  }

  async close(): Promise<void> {}

  #claimed({ run: name, deviceId, token }: Claim): { run?: Run; device?: Device } {
    const run = this.#runs.get(name)
    const device = run?.devices.get(deviceId)
    return run !== undefined && device?.token === token ? { run, device } : {}
  }
}

function note({ events, devices }: Run, entry: JournalEntry, line?: string): void {
  events.push({ sequence: events.length + 1, entry, ...(line === undefined ? {} : { line }) })
  const device = devices.get(entry.device_id)
  if (device !== undefined) device.record = after(device.record, entry)
}
