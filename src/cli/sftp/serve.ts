import { linked, STOPPED, within } from '../../core/abort.ts'
import { CbcError, usage } from '../../core/errors.ts'
import type { ProgramContext } from '../../engine/define-program-verb.ts'
import { resolveDevice } from '../../engine/devices.ts'
import { refuseChange } from '../../engine/invoke.ts'
import { openSession, type OpenRuntime } from '../../engine/remote-job.ts'
import { failuresTold } from '../../sftp/failure.ts'
import { converse } from '../../sftp/protocol/conversation.ts'
import { MalformedPacket } from '../../sftp/protocol/fields.ts'
import { RemoteFiles } from '../../sftp/remote-files.ts'
import { LONG_WORK_TIMEOUT_MS } from '../../verbs/define.ts'
import { stdinBytes } from '../read-stdin.ts'
import { recordedActs } from './recorded-acts.ts'
import { overSsh, readAuthentication, type Serving } from './over-ssh.ts'

interface Input {
  device: string
  ssh: string[]
  write: boolean
  keepSession: boolean
  subsystem: boolean
  listen: { host: string; port: number } | undefined
  authorizedKey: string | undefined
}

/**
 * Serves the files of an endpoint until the client leaves.
 * @returns exit code
 */
export async function serveSftp(input: Input, context: Pick<ProgramContext, 'host' | 'globals' | 'open'>): Promise<number> {
  const { host, globals } = context
  check(input, context)
  const ssh = input.listen && { at: input.listen, ...(await readAuthentication(host, input.authorizedKey)) }
  const runtime = await context.open()
  try {
    if (input.write) refuseChange({ name: 'sftp --write', effect: 'change' }, runtime.policy)
    const session = await within(host.clock, globals.timeout, 'sftp', host.interrupt, async signal => {
      const target = await resolveDevice(runtime.connection.devices, input.device, withoutStdin(runtime), signal)
      return await openSession(target, globals, runtime, signal, undefined, input.keepSession)
    })
    // From here on the terminal is the client's.
    const release = runtime.progress.hold()
    const { notice } = runtime
    const timeoutMs = globals.timeout ?? LONG_WORK_TIMEOUT_MS
    const act = recordedActs(runtime, session)
    const files = new RemoteFiles({ session, act, local: host.local, writable: input.write, timeoutMs, signal: host.interrupt, notice })
    try {
      const serving = { files, host, notice, name: session.label }
      await (ssh === undefined ? overStandardStreams(serving) : overSsh(serving, ssh))
      return 0
    } finally {
      await files.close()
      await session.close(host.interrupt)
      release()
    }
  } finally {
    await runtime.close()
  }
}

/** @throws CbcError usage */
function check(
  { device, ssh, subsystem, listen, authorizedKey }: Input,
  { host, globals }: Pick<ProgramContext, 'host' | 'globals'>,
): void {
  if (globals.dryRun) throw usage('lr sftp: --dry-run is not possible, because clients decide later what is sent')
  if (ssh.length > 0 && (!subsystem || ssh.length > 2 || (ssh[1] ?? 'sftp') !== 'sftp'))
    throw usage(`lr sftp: serves one device, but was given "${ssh.join(' ')}" besides ${device}`)
  if (authorizedKey !== undefined && listen === undefined) throw usage('--authorized-key is of no use without --listen')
  if (listen === undefined && (host.stdin.isTerminal || host.stdout.isTerminal))
    throw usage('lr sftp: a program speaks SFTP with it, not a person', `start it from a client: sftp -D "cbc lr sftp ${device}"`)
}

function withoutStdin({ sources }: OpenRuntime): OpenRuntime['sources'] {
  return {
    ...sources,
    stdin: async () => {
      throw usage('@-: standard input is not a list of devices here', 'give the device itself, or @FILE')
    },
  }
}

async function overStandardStreams({ files, host, notice }: Serving): Promise<void> {
  const listening = linked(host.interrupt)
  try {
    await converse({
      files,
      input: stdinBytes({ stdin: host.stdin, interrupt: listening.signal }),
      write: bytes => host.stdout.write(bytes),
      refusal: failuresTold(notice),
      signal: host.interrupt,
    })
  } catch (error) {
    throw error instanceof MalformedPacket ? new CbcError('usage', `lr sftp: ${error.message}`) : error
  } finally {
    // A read of standard input would keep the program from ending.
    listening.abort(STOPPED)
    listening.clear()
  }
}
