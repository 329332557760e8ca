/**
 * Returns a request whose signal is `signal` itself. A `Request` constructed with a signal only follows it, and stops following once the
 * request is garbage-collected. That can happen while its answer is still being sent, and the client's disconnection would go unnoticed.
 */
export function requestOf(url: URL, init: RequestInit, signal: AbortSignal | undefined): Request {
  const request = new Request(url, init)
  return signal === undefined ? request : Object.defineProperty(request, 'signal', { value: signal })
}
