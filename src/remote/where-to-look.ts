import type { CommandRequest } from '../api/live-response.ts'
import { windowsWord } from '../core/quote.ts'

/** Returns the line that shows on the endpoint itself whether a command was carried out, for where its session can't be asked any more. */
export function whereToLook(request: CommandRequest, deviceId: number): string {
  if (request.name === 'create process' || !('path' in request)) return `cbc lr ps ${deviceId}`
  const { name, path } = request
  if (!name.startsWith('reg ')) return `cbc lr stat ${deviceId} ${windowsWord(path)}`
  const key = name.endsWith(' value') ? path.slice(0, path.lastIndexOf('\\')) : path
  return `cbc lr reg query ${deviceId} ${windowsWord(key)}`
}
