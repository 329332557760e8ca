import { onTestFinished } from 'vitest'
import type { RemoteSession, SessionOptions } from '../../src/remote/session.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { RemoteFiles, type RemoteFilesOptions } from '../../src/sftp/remote-files.ts'
import type { Acting } from '../../src/sftp/acts.ts'
import { bench, NEVER, type Bench } from '../remote/support.ts'
import type { ServiceOptions } from '../support/service.ts'
import { Client } from './client.ts'

/** A client of an endpoint's files, with a service in memory and virtual time. */
export interface FilesBench extends Bench {
  session: RemoteSession
  files: RemoteFiles
  client: Client
}

export async function filesBench(
  options: ServiceOptions,
  over: Partial<RemoteFilesOptions> = {},
  more: Partial<SessionOptions> = {},
): Promise<FilesBench> {
  const b = bench(options)
  const session = await b.open(more)
  const notice = (line: string) => {
    b.notices.push(line)
  }
  const act: Acting = async (_act, work) => {
    await work(session)
  }
  const files = new RemoteFiles({ session, act, local: localFiles, writable: false, timeoutMs: 60_000, signal: NEVER, notice, ...over })
  onTestFinished(() => files.close())
  const client = new Client(files)
  await b.run(client.start())
  return { ...b, session, files, client }
}
