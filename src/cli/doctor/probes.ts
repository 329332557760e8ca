import type { Connection } from '../../engine/connection.ts'

/** A call that shows whether a key has all the permissions that the call needs, and that changes nothing. */
export interface Probe {
  needs: readonly string[]
  /** It would change something if its target existed. Such calls are not sent in a read-only profile. */
  changes: boolean
  call(connection: Connection, signal: AbortSignal): Promise<unknown>
}

/** Ids of things that don't exist. */
const NO_DEVICE = 0
const NO_SESSION = '0:0'
const NONE = '0'

const LR = 'org.liveresponse'
const MANAGE = 'external-device.manage'
const ENFORCE = 'external-device.enforce UPDATE'

const read = (needs: readonly string[], call: Probe['call']): Probe => ({ needs, changes: false, call })
const change = (needs: readonly string[], call: Probe['call']): Probe => ({ needs, changes: true, call })

/**
 * Reads, and changes of things that don't exist: a key without the permission gets 403, one with it 404 or 400. See "RBAC Permissions
 * Required" of each call in both API documents.
 */
export const PROBES: readonly Probe[] = [
  read([`${LR}.session READ`], ({ liveResponse }, signal) => liveResponse.listSessions({ signal })),
  change([`${LR}.session CREATE`], ({ liveResponse }, signal) => liveResponse.startSession(NO_DEVICE, { signal })),
  change([`${LR}.session DELETE`], ({ liveResponse }, signal) => liveResponse.closeSession(NO_SESSION, { signal })),
  read([`${LR}.file READ`], ({ liveResponse }, signal) => liveResponse.listFiles(NO_SESSION, { signal })),
  change([`${LR}.file CREATE`], ({ liveResponse }, signal) => liveResponse.uploadFile(NO_SESSION, NO_FILE, { signal })),
  change([`${LR}.file DELETE`], ({ liveResponse }, signal) => liveResponse.deleteFile(NO_SESSION, NONE, { signal })),
  read(
    [`${LR}.session READ`, `${LR}.process READ`, `${LR}.registry READ`, `${LR}.file READ`, `${LR}.memdump READ`],
    ({ liveResponse }, signal) => liveResponse.listCommands(NO_SESSION, { signal }),
  ),
  read([`${MANAGE} READ`], ({ usb }, signal) => usb.searchApprovals({ rows: 1 }, { signal })),
  change([`${MANAGE} CREATE`], ({ usb }, signal) => usb.createApprovals([], { signal })),
  change([`${MANAGE} UPDATE`], ({ usb }, signal) => usb.updateApproval(NONE, { id: NONE }, { signal })),
  change([`${MANAGE} DELETE`], ({ usb }, signal) => usb.deleteApproval(NONE, { signal })),
  read(['org.policies READ'], ({ usb }, signal) => usb.listBlocks({ signal })),
  change(['org.policies UPDATE', ENFORCE], ({ usb }, signal) => usb.createBlocks([], undefined, { signal })),
  change(['org.policies DELETE', ENFORCE], ({ usb }, signal) => usb.deleteBlock(NONE, { signal })),
  read(['device READ'], ({ devices }, signal) => devices.search({ rows: 1 }, { signal })),
  change(['device.quarantine EXECUTE'], ({ devices }, signal) => devices.quarantine([NO_DEVICE], false, { signal })),
  read(['jobs.status READ'], ({ jobs }, signal) => jobs.get(NONE, { signal })),
]

const ONLY_A_COMMAND = 'only a command in an open session would tell'

/** A file for a session that doesn't exist. */
const NO_FILE = {
  name: 'cbc-doctor.txt',
  size: 1,
  boundary: 'cbc-doctor',
  async *bytes() {
    yield new Uint8Array(1)
  },
}

/**
 * Permissions that can't be tested without changing something, and why, in the order of the API documents. Cancelling a command that
 * doesn't exist says nothing about the DELETE permissions: which of them is needed depends on the command's kind.
 */
export const UNTESTABLE_PERMISSIONS: Readonly<Record<string, string>> = {
  [`${LR}.process EXECUTE`]: ONLY_A_COMMAND,
  [`${LR}.process DELETE`]: ONLY_A_COMMAND,
  [`${LR}.registry CREATE`]: ONLY_A_COMMAND,
  [`${LR}.registry UPDATE`]: ONLY_A_COMMAND,
  [`${LR}.registry DELETE`]: ONLY_A_COMMAND,
  [`${LR} DELETE`]: "the one call that needs it, lr disable, can't be undone",
}

/** What each permission is for, in terms of this program's commands. */
export const USES: Readonly<Record<string, string>> = {
  [`${LR}.session READ`]: 'everything with lr',
  [`${LR}.session CREATE`]: 'lr connect and the verbs',
  [`${LR}.session DELETE`]: 'ending sessions',
  [`${LR}.file READ`]: 'ls, get, cat, hash',
  [`${LR}.file CREATE`]: 'put, mkdir, script',
  [`${LR}.file DELETE`]: 'rm, and cleaning up after get, put, exec',
  [`${LR}.process READ`]: 'ps',
  [`${LR}.process EXECUTE`]: 'exec, script',
  [`${LR}.process DELETE`]: 'kill',
  [`${LR}.registry READ`]: 'reg query, reg export',
  [`${LR}.registry CREATE`]: 'reg add, of keys',
  [`${LR}.registry UPDATE`]: 'reg add, of values',
  [`${LR}.registry DELETE`]: 'reg delete',
  [`${LR}.memdump READ`]: 'memdump, and lr command list',
  [`${LR} DELETE`]: 'lr disable',
  [`${MANAGE} READ`]: 'usb approval list, usb device list',
  [`${MANAGE} CREATE`]: 'usb approval create, usb approve',
  [`${MANAGE} UPDATE`]: 'usb approval update',
  [`${MANAGE} DELETE`]: 'usb approval delete, usb unapprove',
  [ENFORCE]: 'usb block create, update and delete',
  'org.policies READ': 'usb block list, names of policies',
  'org.policies UPDATE': 'usb block create, update',
  'org.policies DELETE': 'usb block delete',
  'device READ': 'device list, names of devices',
  'device.quarantine EXECUTE': 'device quarantine',
  'jobs.status READ': 'usb … export --job',
}
