import { ApiKey } from '../../src/api/credentials.ts'
import { Http } from '../../src/api/http.ts'
import { LiveResponse } from '../../src/api/live-response.ts'
import { SILENT } from '../../src/core/ports.ts'
import { Secret } from '../../src/core/secret.ts'
import { RemoteSession, type SessionOptions } from '../../src/remote/session.ts'
import { FakeClock } from '../support/clock.ts'
import { recycling } from '../support/recycling.ts'
import { DEVICE, FakeService, type ServiceOptions } from '../support/service.ts'

/** A service, its clock, and a client. */
export interface Bench {
  clock: FakeClock
  service: FakeService
  api: LiveResponse
  options: SessionOptions
  notices: string[]
  /** Opens a session, advancing time as necessary. */
  open(more?: Partial<SessionOptions>, signal?: AbortSignal): Promise<RemoteSession>
  /** Awaits work, advancing time as necessary. */
  run<T>(work: Promise<T>): Promise<T>
}

export function bench(options: ServiceOptions = {}): Bench {
  const clock = new FakeClock()
  const service = new FakeService(clock, options)
  const http = new Http({
    url: new URL('https://service.example'),
    credentials: new ApiKey(new Secret('KEY/ID')),
    transport: recycling(service.transport),
    clock,
  })
  const api = new LiveResponse(http, 'ABCD1234')
  const notices: string[] = []
  let uuids = 0
  const sessionOptions: SessionOptions = {
    api,
    clock,
    device: { id: DEVICE, name: 'WIN-FIN-01' },
    random: { uuid: () => `uuid-${++uuids}`, below: () => 0 },
    establishTimeoutMs: 120_000,
    timeoutMs: 300_000,
    notice: line => {
      notices.push(line)
    },
  }
  return {
    clock,
    service,
    api,
    options: sessionOptions,
    notices,
    open: async (more = {}, signal = new AbortController().signal) =>
      await clock.run(RemoteSession.open({ ...sessionOptions, ...more }, SILENT, signal)),
    run: async work => await clock.run(work),
  }
}

/** Starts work, and aborts it once `when` returns true. */
export async function abortedWhen<T>(
  { clock }: Bench,
  work: (signal: AbortSignal) => Promise<T>,
  when: () => boolean,
  reason: Error,
): Promise<T> {
  const controller = new AbortController()
  const watch = async () => {
    while (!when()) await clock.sleep(1)
    controller.abort(reason)
  }
  const done = work(controller.signal)
  void watch()
  return await clock.run(done)
}

export const NEVER = new AbortController().signal
