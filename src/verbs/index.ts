import type { AnyVerb } from './define.ts'

/** The one list of verbs on an endpoint. Each definition is loaded when it is first needed. */
export const VERBS: readonly { name: string; load(): Promise<AnyVerb> }[] = [
  { name: 'ls', load: async () => (await import('./file/ls.ts')).ls },
  { name: 'stat', load: async () => (await import('./file/stat.ts')).stat },
  { name: 'get', load: async () => (await import('./file/get.ts')).get },
  { name: 'put', load: async () => (await import('./file/put.ts')).put },
  { name: 'find', load: async () => (await import('./file/find.ts')).find },
  { name: 'tree', load: async () => (await import('./file/tree.ts')).tree },
  { name: 'cat', load: async () => (await import('./file/cat.ts')).cat },
  { name: 'hexdump', load: async () => (await import('./file/hexdump.ts')).hexdump },
  { name: 'hash', load: async () => (await import('./file/hash.ts')).hash },
  { name: 'rm', load: async () => (await import('./file/rm.ts')).rm },
  { name: 'mkdir', load: async () => (await import('./file/mkdir.ts')).mkdir },
  { name: 'ps', load: async () => (await import('./process/ps.ts')).ps },
  { name: 'kill', load: async () => (await import('./process/kill.ts')).kill },
  { name: 'exec', load: async () => (await import('./process/exec.ts')).exec },
  { name: 'script', load: async () => (await import('./process/script.ts')).script },
  { name: 'reg query', load: async () => (await import('./registry/query.ts')).regQuery },
  { name: 'reg add', load: async () => (await import('./registry/add.ts')).regAdd },
  { name: 'reg delete', load: async () => (await import('./registry/delete.ts')).regDelete },
  { name: 'reg export', load: async () => (await import('./registry/export.ts')).regExport },
  { name: 'memdump', load: async () => (await import('./memory/memdump.ts')).memdump },
  { name: 'collect', load: async () => (await import('./collect/collect.ts')).collect },
  { name: 'triage', load: async () => (await import('./triage/triage.ts')).triage },
  { name: 'drives', load: async () => (await import('./session/drives.ts')).drives },
  { name: 'info', load: async () => (await import('./session/info.ts')).info },
]
