import type { VerbFamily } from '../define-organization.ts'

/** The commands of `cbc lr` besides the verbs on an endpoint. */
export const LIVE_RESPONSE_FAMILY: VerbFamily = {
  path: 'lr',
  verbs: [
    { name: 'session list', load: async () => (await import('./session.ts')).sessionList },
    { name: 'session get', load: async () => (await import('./session.ts')).sessionGet },
    { name: 'session start', load: async () => (await import('./session.ts')).sessionStart },
    { name: 'session close', load: async () => (await import('./session.ts')).sessionClose },
    { name: 'command list', load: async () => (await import('./command.ts')).commandList },
    { name: 'command get', load: async () => (await import('./command.ts')).commandGet },
    { name: 'command cancel', load: async () => (await import('./command.ts')).commandCancel },
    { name: 'file list', load: async () => (await import('./file.ts')).fileList },
    { name: 'file get', load: async () => (await import('./file.ts')).fileGet },
    { name: 'file download', load: async () => (await import('./file.ts')).fileDownload },
    { name: 'file upload', load: async () => (await import('./file.ts')).fileUpload },
    { name: 'file delete', load: async () => (await import('./file.ts')).fileDelete },
    { name: 'disable', load: async () => (await import('./disable.ts')).disable },
    { name: 'gc', load: async () => (await import('./gc.ts')).gc },
  ],
  groups: {
    session: "the organization's Live Response sessions",
    command: 'the commands of a session',
    file: 'files staged in the cloud for a session',
  },
}
