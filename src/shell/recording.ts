import { createHash } from 'node:crypto'
import type { CaseRecorder } from '../core/case-record.ts'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { LocalTarget } from '../core/ports.ts'
import { message } from '../ui/message.ts'

/** What a person who plays the recording sees where a local command had the terminal to itself. */
const LOCAL_OUTPUT = '[a local command wrote here; its output is not in this recording]\r\n'

/** A terminal that is recorded. */
export interface RecordedTerminal {
  /** The host, whose local commands leave a mark in the recording. */
  host: Host
  /** Ends the recording. @throws CbcError io: it is not whole */
  end(): Promise<void>
}

/** Records the terminal in a new file. @param path a file, or a directory @throws CbcError refused: the file exists; io */
export async function recordInFile(host: Host, title: string, path: string): Promise<RecordedTerminal> {
  const file = await newFile(path, host)
  return recordedTerminal(
    host,
    startRecording(host, title, { place: file.path, write: bytes => file.write(bytes), end: () => file.commit() }),
  )
}

/** Records the terminal in a case, whose journal tells of it at its end. Until then the recording is among the case's unfinished files. @throws CbcError io */
export async function recordInCase(host: Host, title: string, recorder: CaseRecorder): Promise<RecordedTerminal> {
  const folder = await host.caseFolder(recorder.path, { create: true })
  const draft = await folder.begin()
  const sum = createHash('sha256')
  const name = `recordings/${new Date(host.clock.now()).toISOString().replace(/[-:.]/g, '')}`
  let size = 0
  const recording = startRecording(host, title, {
    place: name,
    async write(bytes) {
      await draft.write(bytes)
      sum.update(bytes)
      size += bytes.length
    },
    async end() {
      let file = `${name}.cast`
      for (let number = 2; !(await draft.keep(file)); number++) file = `${name}-${number}.cast`
      await recorder.note({ event: 'recorded', file, sha256: sum.digest('hex'), bytes: size })
    },
  })
  return recordedTerminal(host, recording)
}

function recordedTerminal(host: Host, { show, end }: Recording): RecordedTerminal {
  return {
    host: {
      ...host,
      async localShell(line, options) {
        if (options?.output === undefined) show(LOCAL_OUTPUT)
        return await host.localShell(line, options)
      },
    },
    end,
  }
}

/** Creates the file: a recording never overwrites anything. */
async function newFile(path: string, { local }: Host): Promise<LocalTarget> {
  const place = await local.place(path, 'terminal.cast', false).catch((error: unknown) => {
    throw error instanceof CbcError && error.code === 'refused' ? error.with(error.message, { hint: 'name another file' }) : error
  })
  return await local.append(place, true)
}

/** Where a recording goes. */
interface RecordingTarget {
  /** For messages. */
  place: string
  write(lines: Uint8Array): Promise<void>
  end(): Promise<void>
}

/** A recording that goes on. */
interface Recording {
  /** Adds text that the program itself did not write. */
  show(text: string): void
  /** Ends it. @throws CbcError io: it is not whole */
  end(): Promise<void>
}

/**
 * Records what the program writes, as asciicast v2: a line of JSON each time, which is on its way to the disk at once and always complete.
 * What is typed is in it as far as the terminal shows it, so a secret that is asked for is not.
 */
export function startRecording(
  { terminal, clock, env, stderr }: Pick<Host, 'terminal' | 'clock' | 'env' | 'stderr'>,
  title: string,
  target: RecordingTarget,
): Recording {
  const begun = clock.monotonic()
  let failed: unknown
  let waiting = ''
  let writing: Promise<void> | undefined
  // Lines that come while others are written go together.
  const drain = async () => {
    try {
      for (let lines = waiting; lines !== ''; lines = waiting) {
        waiting = ''
        await target.write(Buffer.from(lines))
      }
    } catch (error) {
      failed = error
      void stderr.write(message(`cbc: the recording has stopped: ${asCbcError(error).message}`, stderr))
    } finally {
      writing = undefined
    }
  }
  const write = (value: unknown) => {
    if (failed !== undefined) return
    waiting += `${JSON.stringify(value)}\n`
    writing ??= drain()
  }
  const event = (kind: 'o' | 'r', data: string) => {
    if (data !== '') write([(clock.monotonic() - begun) / 1000, kind, data])
  }
  const [width, height] = [terminal.columns(), terminal.rows()]
  write({ version: 2, width, height, timestamp: Math.floor(clock.now() / 1000), title, env: { TERM: env['TERM'] ?? 'xterm-256color' } })
  // A character may be cut at the end of what is written at once.
  const decoders = new Map<unknown, InstanceType<typeof TextDecoder>>()
  const untap = terminal.tap((chunk, stream) => {
    const decoder = decoders.get(stream) ?? new TextDecoder('utf-8', { ignoreBOM: true })
    decoders.set(stream, decoder)
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    // As the terminal's driver does.
    event('o', text.replaceAll('\n', '\r\n'))
  })
  const unresize = terminal.onResize(() => event('r', `${terminal.columns()}x${terminal.rows()}`))
  return {
    show: text => event('o', text),
    async end() {
      untap()
      unresize()
      await writing
      await target.end()
      if (failed !== undefined) throw asCbcError(failed).with(`${target.place}: the recording is not whole: ${asCbcError(failed).message}`)
    },
  }
}
