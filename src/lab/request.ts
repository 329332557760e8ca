/**
 * A request whose signal is `signal` itself. A `Request` that is given one only follows it, and no longer once the request is garbage,
 * which may be while its answer
 * is still being sent: then nobody would learn that the client is gone.
 */
export function requestOf(url: URL, init: RequestInit, signal: AbortSignal | undefined): Request {
  const request = new Request(url, init)
  return signal === undefined ? request : Object.defineProperty(request, 'signal', { value: signal })
}
