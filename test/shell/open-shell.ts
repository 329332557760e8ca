import { afterEachFile } from '../support/after-file.ts'
import { openRuntimeContext } from '../../src/cli/runtime-context.ts'
import { Notices } from '../../src/ui/notices.ts'
import { resolveDevice } from '../../src/engine/devices.ts'
import type { Globals } from '../../src/engine/globals.ts'
import type { Policy } from '../../src/engine/invoke.ts'
import { openSession } from '../../src/engine/remote-job.ts'
import { Shell } from '../../src/shell/shell.ts'
import { memoryOutput, testHost, type TestWorld } from '../support/host.ts'

export interface TestShell {
  shell: Shell
  host: TestWorld
  /** Runs a line. @returns its exit code and what it wrote, so that the next line starts with nothing */
  run(line: string, signal?: AbortSignal): Promise<{ code: number; out: string; err: string }>
  /** What was written to stdout since the last line was begun. */
  out(): string
}

export interface ShellSettings {
  globals?: Globals
  policy?: Policy
  history?: string[]
  terminal?: boolean
  handOver?: <T>(work: () => Promise<T>) => Promise<T>
  /** Over the host. */
  host?: Partial<TestWorld>
}

const closing: (() => Promise<void>)[] = []
afterEachFile(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A shell on a Windows endpoint of a lab of its own. */
export async function openShell({
  globals = {},
  policy = { readOnly: false, yes: false },
  history,
  handOver,
  terminal = false,
  host: over = {},
}: ShellSettings = {}): Promise<TestShell> {
  const out = { ...memoryOutput({ isTerminal: terminal }) }
  const err = { ...memoryOutput() }
  let [said, told] = ['', '']
  out.write = async data => {
    said += Buffer.from(data as string).toString()
  }
  err.write = async data => {
    told += Buffer.from(data as string).toString()
  }
  const host = testHost({ stdout: out, stderr: err, ...over })
  const runtime = await openRuntimeContext(host, globals, new Notices(host.stderr, globals, 'goes on'))
  const target = await resolveDevice(runtime.connection.devices, 'WIN-FIN-01', runtime.sources, host.interrupt)
  const session = await openSession(target, globals, runtime, host.interrupt)
  closing.push(async () => {
    await session.close()
    await runtime.close()
  })
  const shell = new Shell({
    host,
    session,
    globals,
    policy,
    runtime,
    ...(history && { history: () => history }),
    ...(handOver && { handOver }),
  })
  return {
    shell,
    host,
    out: () => said,
    async run(line, signal = new AbortController().signal) {
      ;[said, told] = ['', '']
      const code = await shell.run(line, signal)
      return { code, out: said, err: told }
    },
  }
}
