import type { Run, Streams } from '../../processes/run.ts'
import { Spool } from '../../processes/spool.ts'
import { readBody, textBody } from '../../fs/body.ts'
import { isWin32 } from '../../win32.ts'
import type { Redirect } from './syntax.ts'

/** A sink for discarded output. */
class Nowhere extends Spool {
  override write(): void {}
}

const isNul = (target: string) => /^nul:?$/i.test(target)

/**
 * Runs `body` with its streams redirected. A file is created (or emptied) before, and has the complete output afterwards.
 * @returns what `body` returns; undefined when a file can't be opened and `body` wasn't run
 */
export async function redirected(
  run: Run,
  redirects: Redirect[],
  streams: Streams,
  body: (streams: Streams) => Promise<number>,
): Promise<number | undefined> {
  const opened: { path: string; spool: Spool }[] = []
  let inner = streams
  try {
    for (const redirect of redirects) inner = await open(run, redirect, inner, opened)
  } catch (error) {
    if (!isWin32(error)) throw error
    streams.err.write(`${error.message}\r\n`)
    return undefined
  }
  try {
    return await body(inner)
  } finally {
    for (const { path, spool } of opened) {
      const content = await spool.end()
      await run.machine.change(({ files }) => files.rewrite(path, content))
    }
  }
}

async function open(
  run: Run,
  { fd, kind, target }: Redirect,
  streams: Streams,
  opened: { path: string; spool: Spool }[],
): Promise<Streams> {
  const { machine, directory } = run
  if (kind === 'join') {
    const joined = target === '2' ? streams.err : streams.out
    return fd === 2 ? { ...streams, err: joined } : { ...streams, out: joined }
  }
  if (kind === 'read') {
    return { ...streams, stdin: isNul(target) ? textBody('') : await machine.look(({ files }) => files.read(target, directory)) }
  }
  if (isNul(target)) return withOutput(streams, fd, new Nowhere(machine.blobs, streams.out.console))
  const spool = new Spool(machine.blobs, streams.out.console)
  const before =
    kind === 'append' && (await machine.look(({ files }) => files.tryFind(target, directory) !== undefined))
      ? await machine.look(({ files }) => files.read(target, directory))
      : undefined
  const path = await machine.change(({ files }) => files.write(target, before ?? textBody(''), directory).path)
  if (before !== undefined) await spool.copy(readBody(machine.blobs, before))
  opened.push({ path, spool })
  return withOutput(streams, fd, spool)
}

function withOutput(streams: Streams, fd: number, spool: Spool): Streams {
  return fd === 2 ? { ...streams, err: spool } : { ...streams, out: spool }
}
