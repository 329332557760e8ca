import type { Output, Progress } from '../core/ports.ts'

/** Where paths start from. */
export interface Place {
  /** The remote directory, absolute. */
  readonly directory: string
  /** The local directory, absolute; undefined: the program's. */
  readonly localDirectory: string | undefined
}

/** What a command of a line writes to, what ends it, and where it starts from. */
export interface Streams {
  stdout: Output
  stderr: Output
  progress: Progress
  /** Aborted when the command is cancelled. */
  signal: AbortSignal
  /** The shell itself, which moves; or where it was when a job was started. */
  from: Place
  /** It runs beside the prompt: nobody can be asked, and nothing that is the shell's own may change. */
  background: boolean
  /** Whose it is, for those who have to wait for it: `job 1`. */
  owner?: string
}

/**
 * Does work whose output another program shows on the same terminal: nothing of ours is shown there any more once that has something to
 * show.
 */
export async function sharingTerminal<T>(progress: Progress, work: (shared: (stdout: Output) => Output) => Promise<T>): Promise<T> {
  let release: (() => void) | undefined
  try {
    return await work(stdout => ({
      ...stdout,
      write(data) {
        release ??= progress.hold()
        return stdout.write(data)
      },
    }))
  } finally {
    release?.()
  }
}

/** Output that is kept until it can be shown. */
export interface Kept {
  stdout: Output
  stderr: Output
  /** Writes what was kept, in its order, and forgets it. */
  show(stdout: Output, stderr: Output): Promise<void>
  /** The same, and from then on all that comes is written there at once. */
  pass(stdout: Output, stderr: Output): Promise<void>
  /** The last line of stdout that is kept; empty where there is none. */
  lastLine(): string
}

/** Bytes in which a last line is looked for. */
const LAST = 4096

/** Keeps what goes to two outputs. They look as those in whose place they stand. */
export function keep(stdout: Output, stderr: Output): Kept {
  let through: Record<'stdout' | 'stderr', Output> | undefined
  let kept: { to: 'stdout' | 'stderr'; data: string | Uint8Array }[] = []
  const keeper = (like: Output, to: 'stdout' | 'stderr'): Output => ({
    isTerminal: like.isTerminal,
    color: like.color,
    columns: () => like.columns(),
    async write(data) {
      if (through !== undefined) return await through[to].write(data)
      kept.push({ to, data: typeof data === 'string' ? data : Buffer.from(data) })
    },
  })
  const show = async (out: Output, err: Output) => {
    const parts = kept
    kept = []
    for (const { to, data } of parts) await (to === 'stdout' ? out : err).write(data)
  }
  return {
    stdout: keeper(stdout, 'stdout'),
    stderr: keeper(stderr, 'stderr'),
    show,
    async pass(out, err) {
      // What comes while this is written waits behind it.
      while (kept.length > 0) await show(out, err)
      through = { stdout: out, stderr: err }
    },
    lastLine() {
      const last = kept.findLast(({ to, data }) => to === 'stdout' && data.length > 0)?.data ?? ''
      return (
        Buffer.from(last as string)
          .subarray(-LAST)
          .toString()
          .trimEnd()
          .split(/\r?\n/)
          .at(-1) ?? ''
      )
    },
  }
}
