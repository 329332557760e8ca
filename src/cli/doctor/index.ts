import { fieldsOf, type Column, type Row } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import { readGlobals, type Globals } from '../../engine/globals.ts'
import type { Leaf } from '../../engine/spec.ts'
import type { Finding } from './finding.ts'

const COLUMNS: Column[] = [{ key: 'check' }, { key: 'ok' }, { key: 'detail', flexible: true }, { key: 'hint', evidence: true }]

/** `cbc doctor`. */
export function doctorCommand(host: Host): Leaf {
  return {
    spec: {
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
    },
    async run({ globals: given }) {
      const globals = readGlobals(given)
      const [{ examine }, { exitCodeOf }, { clearing, openProgress }] = await Promise.all([
        import('./examine.ts'),
        import('./finding.ts'),
        import('../../ui/progress.ts'),
      ])
      const progress = openProgress(host.stderr, host.clock, globals.quiet === true)
      const shown = { ...host, stdout: clearing(host.stdout, progress) }
      const all: Finding[] = []
      const rows = async function* () {
        for await (const finding of examine(host, globals, progress)) {
          all.push(finding)
          yield finding
        }
      }
      await (
        globals.output === undefined && globals.columns === undefined ? draw(rows(), shown) : tabulate(rows(), shown, globals)
      ).finally(() => progress.stop())
      return exitCodeOf(all)
    },
  }
}

/** Writes each finding as a line as soon as it is there. */
async function draw(findings: AsyncIterable<Finding>, { stdout }: Host): Promise<void> {
  const [{ theme }, { escapeLine }] = await Promise.all([import('../../ui/theme.ts'), import('../../ui/escape.ts')])
  const { good, bad, dim } = theme(stdout.color)
  for await (const { check, ok, detail, hint } of findings) {
    const mark = ok === null ? dim('–') : ok ? good('✓') : bad('✗')
    await stdout.write(`${mark} ${escapeLine(`${check}: ${detail}${hint === undefined ? '' : ` → ${hint}`}`)}\n`)
  }
}

async function tabulate(findings: AsyncIterable<Finding>, host: Host, globals: Globals): Promise<void> {
  const { show } = await import('../show.ts')
  const rows = async function* (): AsyncGenerator<Row> {
    for await (const { check, ok, detail, hint = null } of findings) yield { check, ok, detail, hint }
  }
  await show({ kind: 'list', rows: rows(), columns: COLUMNS }, host, globals)
}
