import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { CaseFolder } from '../../src/core/case-folder.ts'
import { appendLines, type NewLine } from '../../src/cases/journal.ts'
import { main } from '../../src/main.ts'
import { testFolder } from './folder.ts'
import { testHost, type TestWorld } from './host.ts'

/** A file of a case as a line of its journal tells it. */
interface MadeFile {
  /** On the endpoint. */
  path: string
  /** Below the case's folder. */
  file: string
  text: string | Uint8Array
  last_write_time?: string
}

/** A command on a device: what it brought home, and its result. */
export interface MadeCommand extends Partial<NewLine> {
  name?: string
  id?: number
  brought?: MadeFile[]
  rows?: unknown
}

/** Makes a case of commands on devices. */
export async function madeCase(commands: readonly MadeCommand[] = []): Promise<CaseFolder> {
  const folder = await testHost().caseFolder(join(testFolder(), 'case'), { create: true })
  await goOn(folder, commands)
  return folder
}

/** Goes on with a case. */
export async function goOn(folder: CaseFolder, commands: readonly MadeCommand[]): Promise<void> {
  const { clock } = testHost()
  for (const { name = 'WIN-FIN-01', id = 7, brought = [], rows, ...line } of commands) {
    const files = []
    for (const { path, file, text, ...times } of brought) {
      await folder.writeNew(file, Buffer.from(text as string))
      files.push({ path, file, size: Buffer.byteLength(text as string), sha256: hashOf(text), ...times })
    }
    const result = rows === undefined ? undefined : await resultIn(folder, rows)
    const made = { event: 'finished', outcome: 'done', who: { user: 'mia', host: 'ws-12' }, device: { id, name }, ...line } as const
    await appendLines(folder, clock, [{ ...made, ...(files.length === 0 ? {} : { files }), ...(result === undefined ? {} : { result }) }])
  }
}

async function resultIn(folder: CaseFolder, rows: unknown): Promise<{ file: string; sha256: string; bytes: number }> {
  const text = JSON.stringify(rows)
  const sha256 = hashOf(text)
  const file = `results/${sha256}.json`
  await folder.writeNew(file, Buffer.from(text))
  return { file, sha256, bytes: Buffer.byteLength(text) }
}

export function hashOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Runs a command of the program. @returns its exit code, and what it wrote */
export async function ran(words: readonly string[], over: Partial<TestWorld> = {}): Promise<{ code: number; out: string; err: string }> {
  const host = testHost(over)
  const code = await main(words, host)
  return { code, out: host.stdout.text(), err: host.stderr.text() }
}

/** Exports a case. @returns what the program says of it */
export async function exported(folder: CaseFolder, format: string, ...more: string[]): Promise<{ path: string } & Record<string, unknown>> {
  const { code, out, err } = await ran(['case', 'export', folder.path, '--format', format, ...more, '--json'])
  if (code !== 0) throw new Error(`exit ${code}: ${err}`)
  return JSON.parse(out) as { path: string }
}
