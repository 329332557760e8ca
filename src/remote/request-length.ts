import type { CommandRequest } from '../api/live-response.ts'
import { usage } from '../core/errors.ts'

/** The longest request that the service takes for a command, bytes: "Limits that the documents leave out". */
const MAX_REQUEST_BYTES = 10 * 1024

/** How the same is done with less in the request. */
const WAYS_OUT: Partial<Record<CommandRequest['name'], string>> = {
  'create process': 'put it in a file, and run that with `script`',
  'reg set value': 'put it in a .reg file on the endpoint, and run `exec reg.exe import FILE`',
}

/**
 * @param what in words, for the message
 * @throws CbcError usage: the service would not take it
 */
export function checkLength(request: CommandRequest, what: string): void {
  const length = Buffer.byteLength(JSON.stringify(request))
  if (length <= MAX_REQUEST_BYTES) return
  throw usage(
    `${what}: too long: the request has ${length} bytes, and the service takes ${MAX_REQUEST_BYTES} for a command`,
    WAYS_OUT[request.name],
  )
}
