import { setMaxListeners } from 'node:events'

/** A controller on whose signal as many can wait as like to: some versions of Node warn of more than ten. */
export function shared(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** A controller that aborts with any of `signals`. Abort it when done: only then do the signals let go of it. */
export function linked(...signals: AbortSignal[]): AbortController {
  const controller = shared()
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason)
    signal.addEventListener('abort', () => controller.abort(signal.reason), { signal: controller.signal })
  }
  return controller
}
