import type { CommandName } from './live-response-types.ts'

/** What a command needs and does. */
interface CommandTraits {
  /** Section "RBAC Permissions Required" of each command. */
  permission: string
  /** A `read` leaves the endpoint as it is: issuing it twice does nothing twice. */
  effect: 'read' | 'change'
}

/** The fifteen commands of "Issue Command". */
export const COMMANDS: Readonly<Record<CommandName, CommandTraits>> = {
  'directory list': { permission: 'org.liveresponse.file READ', effect: 'read' },
  'get file': { permission: 'org.liveresponse.file READ', effect: 'read' },
  'put file': { permission: 'org.liveresponse.file CREATE', effect: 'change' },
  'create directory': { permission: 'org.liveresponse.file CREATE', effect: 'change' },
  'delete file': { permission: 'org.liveresponse.file DELETE', effect: 'change' },
  'process list': { permission: 'org.liveresponse.process READ', effect: 'read' },
  'create process': { permission: 'org.liveresponse.process EXECUTE', effect: 'change' },
  kill: { permission: 'org.liveresponse.process DELETE', effect: 'change' },
  'reg enum key': { permission: 'org.liveresponse.registry READ', effect: 'read' },
  'reg query value': { permission: 'org.liveresponse.registry READ', effect: 'read' },
  'reg create key': { permission: 'org.liveresponse.registry CREATE', effect: 'change' },
  'reg set value': { permission: 'org.liveresponse.registry UPDATE', effect: 'change' },
  'reg delete key': { permission: 'org.liveresponse.registry DELETE', effect: 'change' },
  'reg delete value': { permission: 'org.liveresponse.registry DELETE', effect: 'change' },
  memdump: { permission: 'org.liveresponse.memdump READ', effect: 'change' },
}

/** Whether a command leaves the endpoint other than it was. */
export function changesEndpoint(name: CommandName): boolean {
  return COMMANDS[name].effect === 'change'
}

/** Whether issuing a command twice does something twice: on the endpoint, or in the cloud, where each "get file" leaves a file. */
export function isIssuedOnce(name: CommandName): boolean {
  return changesEndpoint(name) || name === 'get file'
}

/** The permission that asking for a command's status needs: `org.liveresponse.process READ`. */
export function readPermissionOf(name: CommandName): string {
  return COMMANDS[name].permission.replace(/ \w+$/, ' READ')
}
