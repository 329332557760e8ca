/** What front ends may do with a live session besides running verbs. They reach it only through the engine. */
export { withVariables } from '../remote/environment.ts'
export { list, stat } from '../remote/files.ts'
export { locate, locateOne } from '../remote/locate.ts'
export { programName } from '../remote/process-names.ts'
export { isPid, processes } from '../remote/processes.ts'
export { enumKey, keyPath } from '../remote/registry.ts'
export { orAborted } from '../core/read-write-lock.ts'
export type { RemoteSession } from '../remote/session.ts'
