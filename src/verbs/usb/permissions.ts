import type { Block, Permissions } from '../../api/device-control.ts'
import { isRecord } from '../../core/is-record.ts'
import { usage } from '../../core/errors.ts'
import type { Column } from '../../core/result.ts'
import { flag } from '../define.ts'

/** What approved devices may do on the endpoints of a policy that blocks others. */
export const PERMISSIONS = {
  allowWrite: flag('--allow-write', 'approved devices may be written to'),
  noAllowWrite: flag('--no-allow-write', 'approved devices may not be written to'),
  allowExecute: flag('--allow-execute', 'programs on approved devices may be run'),
  noAllowExecute: flag('--no-allow-execute', 'programs on approved devices may not be run'),
}

type Given = { [Name in keyof typeof PERMISSIONS]?: boolean }

/** Returns the permissions that were given, under the service's names; undefined where there are none. @throws CbcError usage */
export function permissionsGiven({ allowWrite, noAllowWrite, allowExecute, noAllowExecute }: Given): Permissions | undefined {
  const write = oneOf('write', allowWrite, noAllowWrite)
  const execute = oneOf('execute', allowExecute, noAllowExecute)
  if (write === undefined && execute === undefined) return undefined
  return { ...(write === undefined ? {} : { allow_write: write }), ...(execute === undefined ? {} : { allow_execute: execute }) }
}

function oneOf(what: string, allow = false, deny = false): boolean | undefined {
  if (allow && deny) throw usage(`--allow-${what} and --no-allow-${what} exclude each other`)
  return allow || deny ? allow : undefined
}

/** Writes permissions as they are typed: `--allow-write --no-allow-execute`. */
export function asOptions(permissions: Permissions): string {
  return Object.entries(permissions)
    .map(([field, allowed]) => `--${allowed ? '' : 'no-'}${field.replace('_', '-')}`)
    .join(' ')
}

/** Whether a block has these permissions. */
export function hasPermissions({ windows }: Pick<Block, 'windows'>, permissions: Permissions): boolean {
  const approved = approvedDevices(windows)
  return Object.entries(permissions).every(([field, allowed]) => approved[field] === allowed)
}

/** Returns a block's field `windows` with other permissions; what else is in it stays as it is. */
export function withPermissions({ windows }: Pick<Block, 'windows'>, permissions: Permissions): Record<string, unknown> {
  return { ...(isRecord(windows) ? windows : {}), approved_devices: { ...approvedDevices(windows), ...permissions } }
}

/** What approved devices may do. A field that is not known is shown as the service sends it. */
export const MAY: Column = {
  key: 'windows',
  title: 'approved devices may',
  flexible: true,
  priority: 3,
  text: ({ windows }) => (windows == null ? '' : (permissionsInWords(windows) ?? JSON.stringify(windows))),
}

const WORDS: Readonly<Record<string, string>> = { allow_write: 'write', allow_execute: 'execute' }

/** Returns `write, not execute`; undefined where there is anything else in it. */
function permissionsInWords(windows: unknown): string | undefined {
  const approved = Object.entries(approvedDevices(windows))
  const isKnown = isRecord(windows) && Object.keys(windows).every(key => key === 'approved_devices')
  if (!isKnown || approved.length === 0) return undefined
  const words = approved.map(([field, allowed]) =>
    typeof allowed === 'boolean' ? `${allowed ? '' : 'not '}${WORDS[field] ?? field}` : undefined,
  )
  return words.includes(undefined) ? undefined : words.join(', ')
}

function approvedDevices(windows: unknown): Record<string, unknown> {
  const approved = isRecord(windows) ? windows['approved_devices'] : undefined
  return isRecord(approved) ? approved : {}
}
