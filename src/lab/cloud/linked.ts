/** A controller that aborts with any of `signals`. Abort it when done: only then do the signals let go of it. */
export function linked(...signals: AbortSignal[]): AbortController {
  const controller = new AbortController()
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason)
    signal.addEventListener('abort', () => controller.abort(signal.reason), { signal: controller.signal })
  }
  return controller
}
