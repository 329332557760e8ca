const LOOPBACK = '127.0.0.1'
const MAX_PORT = 65_535

/** Reads where to listen: `8089`, `0.0.0.0:8089`, `[::1]:8089`; without a host it is this machine alone. @returns undefined where it is no address */
export function listenAddress(text: string): { host: string; port: number } | undefined {
  const [, address = LOOPBACK, digits] = /^(?:(\[[0-9a-f:]+\]|[\w.-]+):)?(\d{1,5})$/i.exec(text) ?? []
  const port = Number(digits)
  return port <= MAX_PORT ? { host: address.replace(/^\[|\]$/g, ''), port } : undefined
}

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1|127(\.\d{1,3}){3})$/i.test(host)
}
