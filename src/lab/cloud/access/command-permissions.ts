import type { CommandName } from '../../endpoint.ts'
import type { Permission } from './permissions.ts'

/** The areas of commands: each has its own permissions for retrieving and for cancelling a command. */
type Area = 'file' | 'process' | 'registry' | 'memdump'

function areaOf(name: CommandName): Area {
  return COMMAND_PERMISSIONS[name].split(/[. ]/)[2] as Area
}

/** Returns the permissions for "Retrieve Command Status" of this command: those in the call's table that apply to its area. */
export function statusPermissions(name: CommandName): readonly Permission[] {
  return ['org.liveresponse.session READ', `org.liveresponse.${areaOf(name)} READ`]
}

/** Returns the permissions for "Cancel Command" of this command, likewise. */
export function cancelPermissions(name: CommandName): readonly Permission[] {
  const area = areaOf(name)
  return [area === 'memdump' ? 'org.liveresponse.memdump READ' : `org.liveresponse.${area} DELETE`]
}

/** The "RBAC Permissions Required" of each command under "Issue Command". */
export const COMMAND_PERMISSIONS: Readonly<Record<CommandName, Permission>> = {
  'directory list': 'org.liveresponse.file READ',
  'create directory': 'org.liveresponse.file CREATE',
  'delete file': 'org.liveresponse.file DELETE',
  'put file': 'org.liveresponse.file CREATE',
  'get file': 'org.liveresponse.file READ',
  'process list': 'org.liveresponse.process READ',
  'create process': 'org.liveresponse.process EXECUTE',
  kill: 'org.liveresponse.process DELETE',
  'reg enum key': 'org.liveresponse.registry READ',
  'reg query value': 'org.liveresponse.registry READ',
  'reg create key': 'org.liveresponse.registry CREATE',
  'reg set value': 'org.liveresponse.registry UPDATE',
  'reg delete key': 'org.liveresponse.registry DELETE',
  'reg delete value': 'org.liveresponse.registry DELETE',
  memdump: 'org.liveresponse.memdump READ',
}
