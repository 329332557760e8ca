import { usage } from '../../core/errors.ts'
import { listenAddress } from '../../core/listen-address.ts'
import type { Health } from '../../core/host.ts'
import type { Clock } from '../../core/ports.ts'
import { isoTime } from '../../core/time.ts'
import type { WorkerEvent } from '../../queue/worker-options.ts'

/** Reads `8089`, or `0.0.0.0:8089`. @throws CbcError usage */
export function parseHealthPort(text: string): { host: string; port: number } {
  const address = listenAddress(text)
  if (address === undefined || address.port === 0)
    throw usage(`--health-port: "${text}" is not a port`, 'write 8089, or 0.0.0.0:8089 for a supervisor on another machine')
  return address
}

type Status = 'starting' | 'working' | 'away' | 'ending'

/** What a supervisor is told of a worker, from what happens there: that it works while it has the queue server. */
export class WorkerHealth {
  readonly #clock: Pick<Clock, 'now'>
  #isReady = false
  #status: Status = 'starting'
  #why: string | undefined
  #since: number
  #running = 0

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
    this.#since = clock.now()
  }

  note(event: WorkerEvent): void {
    if (event.event === 'begun') this.#running += 1
    if (event.event === 'ended' || event.event === 'put off') this.#running = Math.max(0, this.#running - 1)
    if (event.event === 'ready') this.#isReady = true
    const status = this.#next(event)
    this.#why = event.event === 'away' ? event.why.message : status === 'away' ? this.#why : undefined
    if (status === this.#status) return
    this.#status = status
    this.#since = this.#clock.now()
  }

  now(): Health {
    return {
      ok: this.#status === 'working',
      facts: {
        status: this.#status,
        since: String(isoTime(this.#since)),
        running: this.#running,
        ...(this.#why === undefined ? {} : { error: this.#why }),
      },
    }
  }

  #next({ event }: WorkerEvent): Status {
    if (this.#status === 'ending' || event === 'ending') return 'ending'
    if (event === 'away') return 'away'
    if (event === 'ready' || (event === 'back' && this.#isReady)) return 'working'
    return event === 'back' ? 'starting' : this.#status
  }
}
