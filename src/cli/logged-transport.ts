import { asCbcError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { Progress, Transport } from '../core/ports.ts'
import { exchangeLogger } from './runtime-context.ts'

/** A transport that also writes each exchange to stderr, as `--verbose` does. */
export function logged(send: Transport, host: Host, progress: Progress): Transport {
  const log = exchangeLogger(host, progress)
  return async request => {
    const { method, url } = request
    const from = host.clock.monotonic()
    const report = (outcome: string) => log({ method, path: url.origin + url.pathname, outcome, ms: host.clock.monotonic() - from })
    try {
      const answer = await send(request)
      report(String(answer.status))
      return answer
    } catch (error) {
      report(asCbcError(error).message)
      throw error
    }
  }
}
