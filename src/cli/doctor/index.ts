import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { fieldsOf, type Column, type Drawn, type Row } from '../../core/result.ts'
import { wrapped } from '../../core/text/wrap.ts'
import type { Finding } from './finding.ts'

const COLUMNS: Column[] = [{ key: 'check' }, { key: 'ok' }, { key: 'detail', flexible: true }, { key: 'hint', evidence: true }]

/** What a line that goes on begins with: as much as the mark takes. */
const INDENT = '  '

/** Findings as lines, where no format is asked for. */
const LINES: Drawn = {
  mark: ({ ok }) => (ok === null ? 'skipped' : ok === true ? 'good' : 'bad'),
  line: ({ check, detail, hint }, width) =>
    wrapped(`${String(check)}: ${String(detail)}${hint === null ? '' : ` → ${String(hint)}`}`, width - INDENT.length).map(
      (line, at) => (at === 0 ? '' : INDENT) + line,
    ),
}

/** `cbc doctor`. */
export const doctor = defineProgramVerb({
  summary: 'check configuration, connection and permissions',
  details:
    'One line for each check: ✓ passed, ✗ failed (with what to do), – was not checked (with the reason). Nothing is changed: permissions are tested with reads, and with calls about things that do not exist. ' +
    "The exit code is that of the worst finding: 9 the service can't be reached, 3 the key, 2 a setting is wrong, 1 this machine.",
  examples: [
    { line: 'doctor', does: 'checks the current profile' },
    { line: 'doctor --profile lab --json', does: 'an array of {check, ok, detail, hint}; ok is null where it was not checked' },
  ],
  example: line => `cbc ${line}`,
  fields: fieldsOf(COLUMNS),
  arguments: {},
  options: {},
  async run(_input, { host, globals, progress }) {
    const [{ examine }, { exitCodeOf }] = await Promise.all([import('./examine.ts'), import('./finding.ts')])
    const all: Finding[] = []
    const rows = async function* (): AsyncGenerator<Row> {
      for await (const finding of examine(host, globals, progress)) {
        all.push(finding)
        const { check, ok, detail, hint = null } = finding
        yield { check, ok, detail, hint }
      }
    }
    return {
      kind: 'list',
      rows: rows(),
      columns: COLUMNS,
      exitCode: () => exitCodeOf(all),
      ...(globals.output === 'table' ? {} : { drawn: LINES }),
    }
  },
})
