import type { DeviceState } from '../runs/journal.ts'
import type { Claim, RunEvent, RunStore, SharedRun, Taking } from '../runs/run-store.ts'
import { eventOf, keyOf, newRun, parsed, recordOf, stored, textOf, type NewRun, type StoredDevice, type StoredEvent } from './stored.ts'

/** A device as it was when it was claimed, or why it can't be: `moved`, because the last claim on it is another one than was thought. */
export type StoredTaking =
  ({ kind: 'claimed'; token: number } & StoredDevice) | { kind: 'moved'; token: number } | { kind: Exclude<Taking['kind'], 'claimed'> }

/** A claim, with the key of its run. */
export interface StoredClaim {
  run: string
  device: number
  token: number
}

/**
 * The operations of a server. Each is carried out as a whole or not at all, and those on one run one after the other. Runs are given by keys, and
 * texts as `stored` writes them.
 */
export interface StoreServer {
  create(run: string, fresh: NewRun): Promise<void>
  read(run: string): Promise<{ shared: string; stopped: string | null; isOver: boolean } | undefined>
  /**
   * @param last the last claim on the device so far; its token is 0 before the first one
   * @param unbegun the entry for a device that is found `running` without a change, when the run is stopped
   */
  claim(last: StoredClaim, entry: string, unbegun: string): Promise<StoredTaking>
  intent(claim: StoredClaim, entry: string, change: string): Promise<boolean>
  settle(claim: StoredClaim, state: DeviceState, entry: string, line: string): Promise<boolean>
  release(claim: StoredClaim, state: DeviceState, entry: string): Promise<boolean>
  events(run: string, after: number, most: number): Promise<StoredEvent[]>
  stop(run: string, reason: string): Promise<void>
  again(run: string, devices: readonly { device: number; entry: string }[]): Promise<number[]>
  remove(run: string): Promise<void>
  close(): Promise<void>
}

/** The store of the runs of one organization on a server. */
export class StoredRunStore implements RunStore {
  readonly #server: StoreServer

  constructor(server: StoreServer) {
    this.#server = server
  }

  async create(run: SharedRun): Promise<void> {
    await this.#server.create(keyOf(run.record.run), newRun(run))
  }

  async read(run: string): ReturnType<RunStore['read']> {
    const found = await this.#server.read(keyOf(run))
    if (found === undefined) return undefined
    const { shared, stopped, isOver } = found
    return { shared: parsed(shared, run), ...(stopped === null ? {} : { stopped: textOf(stopped, run) }), isOver }
  }

  async claim(run: string, deviceId: number, worker: string): Promise<Taking> {
    const last: StoredClaim = { run: keyOf(run), device: deviceId, token: 0 }
    const [entry, unbegun] = [entryOf(deviceId, 'running', { worker }), entryOf(deviceId, 'not begun')]
    // Most devices were never claimed; of the others the number of the last claim is learnt.
    for (;;) {
      const taking = await this.#server.claim(last, entry, unbegun)
      if (taking.kind === 'claimed')
        return { kind: 'claimed', claim: { run, deviceId, token: taking.token }, before: recordOf(taking, run) }
      if (taking.kind !== 'moved') return taking
      last.token = taking.token
    }
  }

  async intent(claim: Claim, change: string): Promise<boolean> {
    return await this.#server.intent(storedClaim(claim), entryOf(claim.deviceId, 'running'), stored(change, 'a change'))
  }

  async settle(claim: Claim, end: Parameters<RunStore['settle']>[1], line: string): Promise<boolean> {
    const what = `the line of device ${claim.deviceId}`
    return await this.#server.settle(storedClaim(claim), end.state, stored(end, what), stored(line, what))
  }

  async release(claim: Claim, state: 'waiting' | 'not begun'): Promise<boolean> {
    return await this.#server.release(storedClaim(claim), state, entryOf(claim.deviceId, state))
  }

  async events(run: string, after: number, most: number): Promise<RunEvent[]> {
    return (await this.#server.events(keyOf(run), after, most)).map(event => eventOf(event, run))
  }

  async stop(run: string, reason: string): Promise<void> {
    await this.#server.stop(keyOf(run), stored(reason, 'a reason'))
  }

  async again(run: string, deviceIds: readonly number[]): Promise<number[]> {
    const devices = [...new Set(deviceIds)].map(device => ({ device, entry: entryOf(device, 'not begun') }))
    return await this.#server.again(keyOf(run), devices)
  }

  async remove(run: string): Promise<void> {
    await this.#server.remove(keyOf(run))
  }

  async close(): Promise<void> {
    await this.#server.close()
  }
}

function storedClaim({ run, deviceId, token }: Claim): StoredClaim {
  return { run: keyOf(run), device: deviceId, token }
}

/** An entry whose time is the server's. */
function entryOf(deviceId: number, state: DeviceState, facts: { worker?: string } = {}): string {
  return stored({ device_id: deviceId, state, ...facts }, 'an entry')
}
