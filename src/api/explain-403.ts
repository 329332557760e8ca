import type { ErrorFacts } from '../core/errors.ts'
import type { Call } from './call.ts'

/**
 * 403 stands for a missing permission, for Live Response being disabled, and for too many commands or sessions ("403 Live Response Not
 * Enabled or Too Many Commands"); only its text tells which.
 */
const TOO_MANY = /too[ _-]?many|(?:limit|maximum)\b[^"]*\b(?:reached|exceeded)/i
const SWITCHED_OFF = /live response\b[^"]*\b(?:not[ _]?enabled|disabled|turned off|switched off)/i

const KEY = 'to the access level of the key (console: Settings > API Access)'
const ROLE = 'to the role (Cloud Services Platform: Identity & Access Management > Roles)'

/** The names of Live Response permissions in roles of the Cloud Services Platform ("RBAC Permissions Required"). */
const ROLE_NAMES: Readonly<Record<string, string>> = {
  'org.liveresponse': '_API.Live.Response:org.liveresponse',
  'org.liveresponse.session': '_API.Live.Response:org.liveresponse.session',
  'org.liveresponse.file': '_API.Live.Response:org.Liveresponse.File',
  'org.liveresponse.process': '_API.Live.Response:org.Liveresponse.Process',
  'org.liveresponse.registry': '_API.Live.Response:org.Liveresponse.Registry',
  'org.liveresponse.memdump': '_API.Live.Response:org.Liveresponse.Memdump',
}

/**
 * Explains a 403: what it means, and what to do about it.
 * @param text the answer's body
 * @param roles the caller has roles of the Cloud Services Platform instead of an access level
 */
export function forbidden(text: string, call: Call, roles = false): ErrorFacts {
  const said = text.slice(0, 10_000)
  if (TOO_MANY.test(said)) return { limit: true, hint: '`cbc lr session list` shows what is open, `cbc lr session close` ends one' }
  const needed = permissionsOf(call)
  if (needed.length === 0) return {}
  const named = needed.filter(permission => names(said, permission))
  const several = (named.length || needed.length) > 1
  const missing = `needs the permission${several ? 's' : ''} ${joined((named.length > 0 ? named : needed).map(permission => (roles ? roleName(permission) : permission)))}`
  const add = `add ${several ? 'them' : 'it'} ${roles ? ROLE : KEY}`
  if (named.length > 0) return { lacking: named, hint: `${missing}; ${add}` }
  if (SWITCHED_OFF.test(said))
    return {
      disabled: true,
      hint: `Live Response must be on in the device's policy and sensor; if it is, the ${roles ? 'role' : 'key'} ${missing}`,
    }
  const isLiveResponse = needed.some(permission => permission.startsWith('org.liveresponse'))
  return { hint: `${missing}${isLiveResponse ? ', and Live Response enabled by policy and sensor' : ''}; ${add}` }
}

/** Returns the permission's name in roles, `_API.Live.Response:org.Liveresponse.File:read`; without a documented one it stays as it is. */
function roleName(permission: string): string {
  const [name = '', operation = ''] = permission.split(' ')
  const own = Object.hasOwn(ROLE_NAMES, name) ? ROLE_NAMES[name] : undefined
  return own === undefined ? permission : `${own}:${operation.toLowerCase()}`
}

/** All permissions that a call needs. */
function permissionsOf({ permission }: Pick<Call, 'permission'>): readonly string[] {
  return permission === undefined ? [] : typeof permission === 'string' ? [permission] : permission
}

/** Whether a text names a permission in one of the documented forms: `org.liveresponse.file READ`, `org.liveresponse.file:read`. */
function names(text: string, permission: string): boolean {
  const [name = '', operation = ''] = permission.split(' ')
  return new RegExp(`(?<![\\w.])${name.replaceAll('.', '\\.')}[\\s:-]+(?:[a-z]+,\\s*)*${operation}\\b`, 'i').test(text)
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`
}
