import type { JournalLine } from '../../src/cases/journal-line.ts'
import type { CaseFolder } from '../../src/core/case-folder.ts'
import { CbcError } from '../../src/core/errors.ts'
import { type Integrity } from '../../src/report/integrity.ts'
import { writeReport } from '../../src/report/write-report.ts'

/** A case that is only read: lines of its journal, and files. */
export interface MemoryCase {
  lines: Iterable<Record<string, unknown> | undefined>
  files?: Record<string, string>
  name?: string
  integrity?: Partial<Integrity>
}

/** Writes the report of a case in memory. */
export async function reportOf(given: MemoryCase): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of reportStream(given)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** As `reportOf`, piece by piece. */
export function reportStream({ lines, files = {}, name = '2026-114', integrity = {} }: MemoryCase): AsyncGenerator<Uint8Array> {
  const good = {
    checked: Date.UTC(2026, 10, 30, 20),
    good: true,
    verdict: 'The case is as it was recorded.',
    explained: 'Each line holds the SHA-256 of the one before.',
    findings: [],
    more: 0,
    facts: [],
  }
  return writeReport({
    folder: { ...(folderOf(files) as CaseFolder), path: `/evidence/${name}` },
    lines: read(lines),
    name,
    integrity: { ...good, ...integrity },
    made: { at: Date.UTC(2026, 10, 30, 20, 1), by: 'cbc 1.2.3' },
  })
}

async function* read(lines: Iterable<Record<string, unknown> | undefined>): AsyncGenerator<{ line: JournalLine | undefined }> {
  for (const line of lines) yield { line: line as JournalLine | undefined }
}

function folderOf(files: Record<string, string>): Pick<CaseFolder, 'read' | 'list'> {
  return {
    async *read(file) {
      const text = files[file]
      if (text === undefined) throw new CbcError('not_found', `${file}: no such file`)
      yield Buffer.from(text)
    },
    async *list(below = '') {
      for (const [file, text] of Object.entries(files))
        if (file.startsWith(`${below}/`))
          yield { file, size: Buffer.byteLength(text), kind: 'file' as const, modified: '2026-11-30T00:00:00.000Z' }
    },
  }
}

/** The SHA-256 of nothing in particular. */
export const HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** What a made-up case was done with. */
const DEVICES = ['WIN-FIN-01', 'WIN-FIN-02', 'WIN-HR-07', 'srv-web-1', 'srv-db-2', 'mac-design-3'].map((name, index) => ({
  id: 11_412_673 + index,
  name,
  os: index < 3 ? 'WINDOWS' : index < 5 ? 'LINUX' : 'MAC',
}))
const ANALYSTS = ['alice', 'bob']
const COMMANDS = [
  { verb: 'ps', effect: 'read' },
  { verb: 'ls', effect: 'read' },
  { verb: 'get', effect: 'read' },
  { verb: 'reg query', effect: 'read' },
  { verb: 'netstat', effect: 'read' },
  { verb: 'rm', effect: 'destroy' },
  { verb: 'reg add', effect: 'change' },
] as const

/** Yields the lines of a made-up case with so many commands, always the same ones. */
export function* generatedLines(commands: number): Generator<Record<string, unknown>> {
  let sequence = 0
  let at = Date.UTC(2026, 10, 30, 4, 15)
  const line = (fields: Record<string, unknown>) => ({
    sequence: (sequence += 1),
    previous: HASH,
    time: new Date(at).toISOString(),
    ...fields,
  })
  const analyst = (index: number) => ({ user: ANALYSTS[index % ANALYSTS.length], host: 'ws-12', key_id: 'ABCD1234' })
  yield line({ event: 'created', who: analyst(0), case: '2026-114' })
  for (let index = 0; index < commands; index += 1) {
    // Bursts with pauses between them, as people work.
    at += index % 37 === 0 ? 600_000 : 1500 + ((index * 7919) % 9000)
    const device = DEVICES[(index * 13) % DEVICES.length]
    const { verb, effect } = COMMANDS[(index * 31 + (index % 5)) % COMMANDS.length] ?? COMMANDS[0]
    const operation = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    const path = `C:\\Users\\ann\\AppData\\Local\\Temp\\update-${index}.exe`
    const common = {
      operation,
      who: analyst(Math.floor(index / 50)),
      organization: '7DESJ9GN',
      profile: 'prod',
      device,
      session_id: `sess:${Math.floor(index / 37)}`,
      verb,
      effect,
      line: `${verb} ${path}`,
    }
    if (effect !== 'read')
      yield line({
        event: 'started',
        ...common,
        change: verb === 'rm' ? 'delete file' : 'reg set value',
        undo:
          index % 3 === 0
            ? { possible: false, reason: 'the file is larger than 64 MiB' }
            : { possible: true, kind: 'file', path, sha256: HASH },
      })
    const outcome = index % 41 === 7 ? 'failed' : 'done'
    yield line({
      event: 'finished',
      ...common,
      outcome,
      exit_code: outcome === 'done' ? 0 : 5,
      ...(outcome === 'failed' ? { error: { code: 'remote', message: `${verb} ${path}: access is denied`, result_code: 0x80070005 } } : {}),
      duration_ms: 350 + (index % 900),
      commands: [{ id: index, name: verb }],
      clock_difference_ms: 1200,
      ...(verb === 'get' && outcome === 'done'
        ? {
            files: [
              {
                file: `files/${device?.name ?? ''}/C/Users/ann/AppData/Local/Temp/update-${index}.exe`,
                path,
                size: 1000 + index * 37,
                sha256: index.toString(16).padStart(64, '0'),
                last_write_time: '2026-11-29T22:10:00Z',
                attributes: ['ARCHIVE', 'HIDDEN'],
              },
            ],
          }
        : {}),
      ...(verb === 'ps' || verb === 'ls'
        ? { result: { file: `results/${verb}.json`, sha256: (verb === 'ps' ? 'a' : 'b').repeat(64), bytes: 400, rows: 3 } }
        : {}),
    })
  }
}

/** Results and a recording to go with the generated lines. */
export const GENERATED_FILES: Record<string, string> = {
  'results/ps.json': `${JSON.stringify([
    { pid: 4, name: 'System', command_line: '', username: 'NT AUTHORITY\\SYSTEM' },
    { pid: 7312, name: 'update.exe', command_line: '"C:\\Users\\ann\\AppData\\Local\\Temp\\update.exe" -k', username: 'CORP\\ann' },
    { pid: 900, name: 'svchost.exe', command_line: 'C:\\Windows\\system32\\svchost.exe -k netsvcs', username: 'NT AUTHORITY\\SYSTEM' },
  ])}\n`,
  'results/ls.json': `${JSON.stringify([{ filename: 'update.exe', size: 48_640, last_write_time: '2026-11-29T22:10:00Z', attributes: ['ARCHIVE'] }])}\n`,
  'recordings/20261130-041500-WIN-FIN-01.cast': [
    JSON.stringify({ version: 2, width: 80, height: 24, timestamp: 1_796_012_100, title: 'cbc lr connect WIN-FIN-01' }),
    ...[
      [0.2, 'o', '\u001b[1mWIN-FIN-01\u001b[0m \u001b[38;5;31mC:\\\u001b[39m> '],
      [1.5, 'o', 'ps'],
      [
        2,
        'o',
        '\r\n  \u001b[1mpid  name         command line\u001b[22m\r\n    4  System\r\n \u001b[31m7312  update.exe\u001b[0m   C:\\Users\\ann\\update.exe -k\r\n',
      ],
      [3, 'o', '\u001b[1mWIN-FIN-01\u001b[0m \u001b[38;5;31mC:\\\u001b[39m> '],
      [300, 'o', 'kill 7312\r\n\u001b[32m✓ 7312 ended\u001b[0m\r\n'],
      [301, 'o', '\u001b[1mWIN-FIN-01\u001b[0m \u001b[38;5;31mC:\\\u001b[39m> exit\r\n'],
    ].map(event => JSON.stringify(event)),
    '',
  ].join('\n'),
}
