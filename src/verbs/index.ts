import type { AnyVerb } from './define.ts'

/** The only list of verbs: what is typed, and where its definition is, loaded when it is needed. */
export const VERBS: readonly { name: string, aliases: readonly string[], load(): Promise<AnyVerb> }[] = [
  { name: 'ls', aliases: ['dir'], load: async () => (await import('./file/ls.ts')).ls },
  { name: 'stat', aliases: [], load: async () => (await import('./file/stat.ts')).stat },
  { name: 'get', aliases: [], load: async () => (await import('./file/get.ts')).get },
  { name: 'put', aliases: [], load: async () => (await import('./file/put.ts')).put },
  { name: 'find', aliases: [], load: async () => (await import('./file/find.ts')).find },
  { name: 'tree', aliases: [], load: async () => (await import('./file/tree.ts')).tree },
  { name: 'cat', aliases: [], load: async () => (await import('./file/cat.ts')).cat },
  { name: 'hexdump', aliases: [], load: async () => (await import('./file/hexdump.ts')).hexdump },
  { name: 'hash', aliases: [], load: async () => (await import('./file/hash.ts')).hash },
  { name: 'rm', aliases: ['del'], load: async () => (await import('./file/rm.ts')).rm },
  { name: 'mkdir', aliases: [], load: async () => (await import('./file/mkdir.ts')).mkdir },
  { name: 'ps', aliases: [], load: async () => (await import('./process/ps.ts')).ps },
  { name: 'kill', aliases: [], load: async () => (await import('./process/kill.ts')).kill },
  { name: 'exec', aliases: [], load: async () => (await import('./process/exec.ts')).exec },
  { name: 'script', aliases: [], load: async () => (await import('./process/script.ts')).script },
  { name: 'reg query', aliases: [], load: async () => (await import('./registry/query.ts')).regQuery },
  { name: 'reg add', aliases: [], load: async () => (await import('./registry/add.ts')).regAdd },
  { name: 'reg delete', aliases: [], load: async () => (await import('./registry/delete.ts')).regDelete },
  { name: 'reg export', aliases: [], load: async () => (await import('./registry/export.ts')).regExport },
  { name: 'memdump', aliases: [], load: async () => (await import('./memory/memdump.ts')).memdump },
  { name: 'drives', aliases: [], load: async () => (await import('./session/drives.ts')).drives },
  { name: 'info', aliases: [], load: async () => (await import('./session/info.ts')).info },
]
