import type { CommandName } from '../../endpoint.ts'
import type { Permission } from './permissions.ts'

/** "RBAC Permissions Required" of each command under "Issue Command". */
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
