import { fieldsOf, list, object, type Column } from '../../core/result.ts'
import { closeAndConfirm, openSession } from '../../remote/lifecycle.ts'
import { sessionForm } from '../../remote/normalize.ts'
import { DEVICE, optional } from '../define.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { DELETED, deleted } from '../shared/deleted.ts'
import { sessionId, SUBJECT } from './subject.ts'

const COLUMNS: Column[] = [
  { key: 'id' },
  { key: 'device_id' },
  { key: 'status' },
  { key: 'create_time', brief: 'created', kind: 'time', priority: 3 },
  { key: 'device_check_in_time', brief: 'check-in', kind: 'time', priority: 1 },
  { key: 'current_command_index', title: 'commands', align: 'right', priority: 2 },
]
export const ALL: Column[] = [
  ...COLUMNS,
  { key: 'session_timeout' },
  { key: 'check_in_timeout' },
  { key: 'current_working_directory' },
  { key: 'drives' },
  { key: 'supported_commands' },
]

export const sessionList = defineOrganizationVerb({
  name: 'session list',
  summary: "list the organization's sessions",
  details: 'An organization can have 100 sessions at once, and a device one.',
  examples: [
    { line: 'session list', does: 'all sessions' },
    { line: 'session list WIN-FIN-01', does: 'the session of a device, if it has one' },
  ],
  effect: 'read',
  fields: fieldsOf(ALL),
  arguments: { device: optional('device', 'device id or name; default: all') },
  options: {},
  async run({ device }, { liveResponse, device: resolve, signal }) {
    const target = device === undefined ? undefined : await resolve(device)
    const sessions = await liveResponse.listSessions({ signal })
    return list(
      sessions.filter(session => target === undefined || session.device_id === target.id).map(sessionForm),
      COLUMNS,
      target === undefined ? 'no sessions' : `no session on ${target.name ?? target.id}`,
    )
  },
})

export const sessionGet = defineOrganizationVerb({
  name: 'session get',
  summary: 'show a session',
  details: 'This also restarts the 15 minutes after which an idle session ends.',
  examples: [{ line: 'session get WIN-FIN-01', does: 'the open session of a device' }],
  effect: 'read',
  fields: fieldsOf(ALL),
  arguments: { session: SUBJECT },
  options: {},
  async run({ session }, context) {
    const { liveResponse, signal } = context
    return object(sessionForm(await liveResponse.getSession(await sessionId(session, context), { signal })), ALL)
  },
})

export const sessionStart = defineOrganizationVerb({
  name: 'session start',
  summary: 'open a session and leave it open',
  details:
    'The next commands on that device then start at once. A session that is already open is used as it is. It ends with `session close`, or after 15 idle minutes. ' +
    'For an endpoint that is offline, give --timeout. The service waits for it for 15 minutes at most (15m).',
  examples: [{ line: 'session start WIN-FIN-01', does: 'waits until the endpoint has joined the session' }],
  effect: 'change',
  fields: fieldsOf(ALL),
  arguments: { device: DEVICE },
  options: {},
  async run({ device: typed }, context) {
    const device = await context.device(typed)
    const { liveResponse: api, clock, progress, signal, timeoutMs, ledger, notice } = context
    const { session, noted } = await context.change({ name: 'start session', device_id: device.id }, () =>
      openSession({ api, device, clock, progress, signal, timeoutMs, ledger, notice }),
    )
    // The session stays open on purpose, so gc must not close it.
    noted.strike()
    return object(sessionForm(session), ALL)
  },
})

export const sessionClose = defineOrganizationVerb({
  name: 'session close',
  summary: 'close a session',
  details: 'A device has one session, shared by everyone who works on it: it ends for them too. Files staged in it are removed with it.',
  examples: [{ line: 'session close WIN-FIN-01', does: 'the open session of a device' }],
  effect: 'destroy',
  fields: fieldsOf(DELETED),
  arguments: { session: SUBJECT },
  options: {},
  async run({ session }, context) {
    const { liveResponse, ledger } = context
    const id = await sessionId(session, context)
    await context.change({ name: 'close session', session_id: id }, () => closeAndConfirm(liveResponse, id, context))
    for (const entry of ledger.entries()) if ('session_id' in entry.trace && entry.trace.session_id === id) entry.strike()
    return object(deleted(id), DELETED)
  },
})
