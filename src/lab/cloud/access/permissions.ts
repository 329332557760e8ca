import { HttpError } from '../http.ts'

type Operation = 'CREATE' | 'READ' | 'UPDATE' | 'DELETE' | 'EXECUTE'

/**
 * The permissions that the calls need, by .notation name: those of the access levels under "Authentication" in both documents, and those
 * of the neighbouring APIs.
 */
const PERMISSIONS = {
  'org.liveresponse': ['DELETE'],
  'org.liveresponse.session': ['CREATE', 'READ', 'DELETE'],
  'org.liveresponse.file': ['CREATE', 'READ', 'DELETE'],
  'org.liveresponse.process': ['READ', 'EXECUTE', 'DELETE'],
  'org.liveresponse.registry': ['CREATE', 'READ', 'UPDATE', 'DELETE'],
  'org.liveresponse.memdump': ['READ'],
  'external-device.enforce': ['UPDATE'],
  'external-device.manage': ['CREATE', 'READ', 'UPDATE', 'DELETE'],
  'org.policies': ['CREATE', 'READ', 'UPDATE', 'DELETE'],
  device: ['READ'],
  'device.quarantine': ['EXECUTE'],
  'org.alerts': ['READ'],
  'jobs.status': ['READ'],
} as const satisfies Record<string, readonly Operation[]>

type Permissions = typeof PERMISSIONS

/** A permission as the documents' tables have it: `org.liveresponse.file READ`. */
export type Permission = { [Name in keyof Permissions]: `${Name} ${Permissions[Name][number]}` }[keyof Permissions]

/** A name, perhaps with the Cloud Services Platform's in front, and operations after a colon, a dash or a blank. */
const WRITTEN = /^\s*(?:_API\.[\w.]+:)?([\w.-]*\w)(?:\s*:\s*|\s+-\s+|\s+)([A-Za-z]+(?:\s*,\s*[A-Za-z]+)*)\s*$/

/** Every permission that there is. */
export const ALL_PERMISSIONS: readonly Permission[] = Object.entries(PERMISSIONS).flatMap(([name, operations]) =>
  operations.map(operation => `${name} ${operation}` as Permission),
)

/**
 * Permissions by name, in every way in which the documents write them: `org.liveresponse.file READ, DELETE`,
 * `org.liveresponse.file - READ`, `org.liveresponse.file:read`, `_API.Live.Response:org.Liveresponse.File:read`.
 * @throws Error there is no permission of this name, or it has no such operation
 */
export function parsePermissions(texts: readonly string[]): Permission[] {
  return texts.flatMap(text => {
    const [, name = '', operations = ''] = WRITTEN.exec(text) ?? []
    return operations.split(/\s*,\s*/).map(operation => {
      const wanted = `${name.toLowerCase()} ${operation.toUpperCase()}`
      const permission = ALL_PERMISSIONS.find(known => known === wanted)
      if (permission === undefined) throw new Error(`unknown permission ${JSON.stringify(text)}: it is like "org.liveresponse.file READ"`)
      return permission
    })
  })
}

/** Who makes a call. */
export interface Caller {
  /** The API ID of its key, or the id of its OAuth app. */
  readonly name: string
  /** What its key may do. */
  readonly permissions: ReadonlySet<Permission>
}

/** @throws HttpError 403: the caller lacks one of the permissions */
export function demand(caller: Caller, needed: readonly Permission[]): void {
  const missing = needed.filter(permission => !caller.permissions.has(permission))
  if (missing.length > 0) throw new HttpError(403, `The API key lacks the permission ${missing.join(', ')}`)
}
