import type { CommandName } from './live-response-types.ts'

/** The permission and the effect of a command. */
interface CommandTraits {
  /** Section "RBAC Permissions Required" of each command. */
  permission: string
  /** A `read` does not change the endpoint, so issuing it twice does no harm. */
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

/** Whether a command changes the endpoint. */
export function changesEndpoint(name: CommandName): boolean {
  return COMMANDS[name].effect === 'change'
}

/** The same for a name that the service tells: a command that this program doesn't know may change anything. */
export function mayChangeEndpoint(name: string): boolean {
  return !Object.hasOwn(COMMANDS, name) || changesEndpoint(name as CommandName)
}

/** Whether a command must be issued only once: it changes the endpoint, or, as "get file" does, leaves a file in the cloud each time. */
export function isIssuedOnce(name: CommandName): boolean {
  return changesEndpoint(name) || name === 'get file'
}

/** Returns the permission for reading a command's status: `org.liveresponse.process READ`. */
export function readPermissionOf(name: CommandName): string {
  return COMMANDS[name].permission.replace(/ \w+$/, ' READ')
}
