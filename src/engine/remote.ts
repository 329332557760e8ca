/** What the front ends may do with a live session besides running verbs: the room is theirs to see through the engine only. */
export { list, stat } from '../remote/files.ts'
export { enumKey } from '../remote/registry.ts'
export type { RemoteSession } from '../remote/session.ts'
