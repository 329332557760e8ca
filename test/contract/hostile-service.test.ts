import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/core/errors.ts'
import { commandLines } from '../support/command-lines.ts'
import { dangers, terminalDangers } from '../support/harmless.ts'
import { HOSTILE_TEXTS, Spoiler, spoiling, type Hostility } from '../support/hostile.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'
import { memoryOutput } from '../support/host.ts'

const FORMS = ['table', 'json', 'ndjson', 'csv'] as const
/** The output formats, and whether stdout is a terminal; undefined: the default format. */
const FORM = fc.record({ form: fc.constantFrom(undefined, ...FORMS), terminal: fc.boolean() })
const HOSTILITY: fc.Arbitrary<Hostility> = fc.record({
  seed: fc.integer(),
  how: fc.constantFrom('text', 'type'),
  rate: fc.constantFrom(0.02, 0.1, 0.3, 1),
})
const DOCUMENTED = new Set<number>([0, ...Object.values(EXIT_CODES)])

/** Commands that write bytes unchanged unless JSON is requested. */
const BYTES = new Set(['lr cat', 'lr hexdump', 'lr exec', 'lr script', 'usb device export', 'usb approval export'])
/** Output options of a line, which take precedence. */
const OWN_FORM = new Set(['-o', '--output', '--json'])

const LINES = await commandLines()
const VERBS = [...new Set(LINES.map(({ verb }) => verb))]

let tenant: Tenant
beforeAll(async () => {
  tenant = await openTenant()
})
afterAll(() => tenant.close())

it.each(HOSTILE_TEXTS.filter(text => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)))('the detector of dangerous text finds: %j', text => {
  expect(dangers(`a${text}b`, '')).not.toEqual([])
  if (/[^\t\n\r\b\u0007]/.test(text)) expect(terminalDangers(`a${text}b`)).not.toEqual([])
})

describe.each(VERBS)('%s', verb => {
  const lines = LINES.filter(line => line.verb === verb)
  it('shows no active control character, whatever the service answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...lines), FORM, HOSTILITY, async ({ words }, { form, terminal }, hostility) => {
        const spoiler = new Spoiler(hostility)
        tenant.between(service => spoiling(service, answer => spoiler.spoil(answer)))
        const { code, out, err } = await tenant.cbc(['-v', ...(form === undefined ? [] : ['-o', form]), ...words], {
          stdout: memoryOutput({ isTerminal: terminal, color: terminal }),
          stderr: memoryOutput({ color: terminal }),
        })
        expect(dangers(err), err).toEqual([])
        expect(err).not.toMatch(/internal/)
        if (verb !== 'lr exec' && verb !== 'lr script') expect(DOCUMENTED).toContain(code)
        checkForm(words.some(word => OWN_FORM.has(word)) || (BYTES.has(verb) && !/json/.test(form ?? '')) ? undefined : form, terminal, out)
      }),
      { numRuns: 30 },
    )
  })
})

describe('a giant', () => {
  const GIANTS: [what: string, giant: (answer: Answer) => unknown][] = [
    [
      'name',
      answer => ({ ...answer, files: answer.files?.slice(0, 1).map(file => ({ ...file, filename: '\u0001\u001b[2J'.repeat(200_000) })) }),
    ],
    [
      'list',
      answer => ({
        ...answer,
        files: answer.files && Array.from({ length: 20_000 }, (_, at) => ({ ...answer.files?.[0], filename: `${at}\u001b` })),
      }),
    ],
    ['depth', answer => ({ ...answer, files: answer.files && (JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown) })],
    [
      'number',
      answer => ({ ...answer, files: answer.files?.map(file => ({ ...file, size: 1e308, last_write_time: 1e308, create_time: -1e308 })) }),
    ],
  ]
  interface Answer {
    files?: Record<string, unknown>[]
  }

  it.each(GIANTS)('%s does no harm', async (what, giant) => {
    tenant.between(service =>
      spoiling(service, answer => (answer !== null && typeof answer === 'object' && 'files' in answer ? giant(answer as Answer) : answer)),
    )
    for (const form of FORMS) {
      const { code, out, err } = await tenant.cbc(['lr', 'ls', 'WIN-FIN-01', 'C:\\Windows\\System32\\drivers\\etc', '-o', form], {
        stdout: memoryOutput({ isTerminal: form === 'table' }),
      })
      expect({ form, code }).toEqual({ form, code: what === 'depth' ? 9 : 0 })
      expect(err).not.toMatch(/internal/)
      checkForm(form, form === 'table', out)
    }
  })
})

/** Checks that the output has the right format. */
function checkForm(form: (typeof FORMS)[number] | undefined, terminal: boolean, out: string): void {
  // Tabs are text where the bytes of a file are shown as such.
  // Lines of CSV end in CRLF, and an export is CSV by default.
  if (terminal) expect(dangers(out.replaceAll('\r\n', '\n'), '\n\t'), out).toEqual([])
  if (form === 'json' && out !== '') JSON.parse(out)
  if (form === 'ndjson') {
    const rows = out.split('\n')
    expect(rows.pop()).toBe('')
    for (const row of rows) JSON.parse(row)
  }
  if (form === 'csv' && out !== '') {
    const [heading = [], ...rows] = readCsv(out)
    for (const row of rows) expect(row).toHaveLength(heading.length)
  }
}

/** An independent reader for RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  let row: string[] = []
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text)
    if (found === null) throw new Error(`no CSV at ${cell.lastIndex}: ${text}`)
    row.push((found[1] ?? '').replaceAll('""', '"') || (found[2] ?? ''))
    if (found[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
