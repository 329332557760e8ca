import { sharedController } from '../../core/abort.ts'

/** Ends a controller that nobody waits for any more. Without a reason of its own it would make an error with a stack, which takes long. */
export function release(controller: AbortController): void {
  controller.abort(null)
}

/** Returns a controller that aborts when any of `signals` does. Release it when done, which removes its listeners from the signals. */
export function linkedController(...signals: AbortSignal[]): AbortController {
  const controller = sharedController()
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason)
    signal.addEventListener('abort', () => controller.abort(signal.reason), { signal: controller.signal })
  }
  return controller
}
