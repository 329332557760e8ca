import type { CommandRequest } from '../api/live-response.ts'
import { usage } from '../core/errors.ts'

/** The longest request that the service accepts for a command, in bytes: "Limits that the documents leave out". */
const MAX_REQUEST_BYTES = 10 * 1024

/** Hints on how to do the same with a shorter request. */
const WAYS_OUT: Partial<Record<CommandRequest['name'], string>> = {
  'create process': 'put it in a file, and run that with `script`',
  'reg set value': 'put it in a .reg file on the endpoint, and run `exec reg.exe import FILE`',
}

/**
 * Checks that the service accepts the length of a request.
 * @param what names the command in the message
 * @throws CbcError usage: it is too long
 */
export function checkLength(request: CommandRequest, what: string): void {
  const length = Buffer.byteLength(JSON.stringify(request))
  if (length <= MAX_REQUEST_BYTES) return
  throw usage(
    `${what}: too long: the request has ${length} bytes, and the service accepts ${MAX_REQUEST_BYTES} for a command`,
    WAYS_OUT[request.name],
  )
}
