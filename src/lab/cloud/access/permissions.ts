import { HttpError } from '../http.ts'

type Operation = 'CREATE' | 'READ' | 'UPDATE' | 'DELETE' | 'EXECUTE'

/**
 * The permissions of the calls, by .notation name: those of the access levels under "Authentication" in both documents, and those of the
 * neighbouring APIs.
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

/** A permission as the documents' tables write it: `org.liveresponse.file READ`. */
export type Permission = { [Name in keyof Permissions]: `${Name} ${Permissions[Name][number]}` }[keyof Permissions]

/** A name, optionally prefixed by that of the Cloud Services Platform, and operations after a colon, a dash or a blank. */
const WRITTEN = /^\s*(?:_API\.[\w.]+:)?([\w.-]*\w)(?:\s*:\s*|\s+-\s+|\s+)([A-Za-z]+(?:\s*,\s*[A-Za-z]+)*)\s*$/

/** All permissions. */
export const ALL_PERMISSIONS: readonly Permission[] = Object.entries(PERMISSIONS).flatMap(([name, operations]) =>
  operations.map(operation => `${name} ${operation}` as Permission),
)

/**
 * Parses permissions in every spelling that the documents use: `org.liveresponse.file READ, DELETE`,
 * `org.liveresponse.file - READ`, `org.liveresponse.file:read`, `_API.Live.Response:org.Liveresponse.File:read`.
 * @throws Error when there is no permission of this name, or when it has no such operation
 */
export function parsePermissions(texts: readonly string[]): Permission[] {
  return texts.flatMap(text => {
    const [, name = '', operations = ''] = WRITTEN.exec(text) ?? []
    return operations.split(/\s*,\s*/).map(operation => {
      const wanted = `${name.toLowerCase()} ${operation.toUpperCase()}`
      const permission = ALL_PERMISSIONS.find(known => known === wanted)
      if (permission === undefined)
        throw new Error(`unknown permission ${JSON.stringify(text)}: expected one such as "org.liveresponse.file READ"`)
      return permission
    })
  })
}

/** The caller of an API call. */
export interface Caller {
  /** The API ID of its key, or the id of its OAuth app. */
  readonly name: string
  /** The permissions of its key. */
  readonly permissions: ReadonlySet<Permission>
}

/** @throws HttpError 403 when the caller lacks one of the permissions */
export function requirePermissions(caller: Caller, needed: readonly Permission[]): void {
  const missing = needed.filter(permission => !caller.permissions.has(permission))
  if (missing.length > 0) throw new HttpError(403, `The API key lacks the permission ${missing.join(', ')}`)
}
