import { CbcError } from '../../core/errors.ts'
import type { Connection } from '../../engine/connection.ts'
import type { Bounded } from './time-limit.ts'
import { failed, failure, passed, skipped, type Finding } from './finding.ts'

/** Calls that any use of the program begins with. Only the organization can be missing: they refer to nothing else. */
const CALLS: readonly ((connection: Connection, signal: AbortSignal) => Promise<unknown>)[] = [
  ({ devices }, signal) => devices.search({ rows: 1 }, { signal }),
  ({ liveResponse }, signal) => liveResponse.listSessions({ signal }),
  ({ usb }, signal) => usb.searchApprovals({ rows: 1 }, { signal }),
  ({ policies }, signal) => policies.summary({ signal }),
]

/**
 * Checks whether the service accepts the key and knows the organization.
 * @returns whether it makes sense to check the key's permissions
 */
export async function* checkAccess(connection: Connection, bounded: Bounded): AsyncGenerator<Finding, boolean> {
  const errors = await Promise.all(
    CALLS.map(
      async call =>
        await bounded('the service does not answer', signal => call(connection, signal)).then(
          () => undefined,
          (error: unknown) => error,
        ),
    ),
  )
  // 403 means that the key was accepted and only lacks a permission.
  const refused = errors.find(error => error instanceof CbcError && error.code === 'auth' && statusOf(error) !== 403)
  if (refused !== undefined) {
    yield failure('key', refused)
    yield skipped('organization', 'not checked: the key was not accepted')
    return false
  }
  if (!errors.some(error => error === undefined || statusOf(error) < 500)) {
    yield failure('key', errors[0])
    return false
  }
  yield passed('key', 'the service accepts it')
  return yield* checkOrganization(errors, connection)
}

async function* checkOrganization(errors: readonly unknown[], { place }: Connection): AsyncGenerator<Finding, boolean> {
  const name = place.split(' ').at(-1) ?? ''
  if (errors.includes(undefined)) {
    yield passed('organization', `the key belongs to ${name}`)
    return true
  }
  if (errors.some(error => statusOf(error) === 404)) {
    yield failed(
      'organization',
      'auth',
      `the service does not know ${name}, or the key does not belong to it`,
      'check the organization key of the profile (console: Settings > API Access)',
    )
    return false
  }
  yield skipped('organization', `unknown: the key has no permissions in ${name}, and may belong to another organization`)
  return true
}

/** Returns the HTTP status of the answer. If there was none, returns one that says nothing about the key. */
function statusOf(error: unknown): number {
  return (error instanceof CbcError ? error.facts.http_status : undefined) ?? 599
}
