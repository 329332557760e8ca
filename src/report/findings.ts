import type { CaseFolder } from '../core/case-folder.ts'
import { CbcError } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import { hasRows, resultRows } from '../cases/exports/result-rows.ts'
import { parseTime } from '../core/time.ts'
import { shortened } from '../core/text/shorten.ts'
import type { Entry } from './entry.ts'
import { html } from './html.ts'
import { utcSecond } from './integrity.ts'

/** The most findings that the page names, the gravest of all devices. */
const MOST_FINDINGS = 200
/** The most of a command line that stands with a finding, characters: the command's result has all of it. */
const LONGEST = 600

interface Finding {
  device: string
  severity: 'high' | 'medium' | 'low'
  score: number
  /** Why, as a sentence. */
  reason: string
  command_line: string | undefined
  decoded: string | undefined
  /** When what was found was made or started, milliseconds since 1970. */
  at: number | undefined
  /** The line of the journal that tells of it. */
  line: number
}

/** What `triage` found on the devices of a case, the same thing once per device. */
export class Findings {
  readonly #folder: CaseFolder
  readonly #found = new Map<string, Finding>()
  readonly #read = new Set<string>()
  readonly #devices = new Set<string>()

  constructor(folder: CaseFolder) {
    this.#folder = folder
  }

  /** Devices that were looked at, and of which the case has what was found. */
  get devices(): number {
    return this.#devices.size
  }

  get all(): readonly Finding[] {
    return [...this.#found.values()]
  }

  /** Reads what a command found, if it is one that looks for something. @throws CbcError io */
  async add({ n, verb, device = '', result }: Entry): Promise<void> {
    // What the journal says is a path is only that where it was not tampered with.
    if (verb !== 'triage' || !hasRows(result) || !result.file.startsWith('results/')) return
    if (this.#read.has(`${device} ${result.sha256}`)) return
    this.#read.add(`${device} ${result.sha256}`)
    try {
      for await (const row of resultRows(this.#folder, result.file)) this.#keep(findingOf(row, device, n))
      this.#devices.add(device)
    } catch (error) {
      // Without the file, the report still tells all else, and nothing of what was found; what is wrong with the file, checking the case says.
      if (error instanceof CbcError && error.code !== 'not_found' && error.code !== 'io') throw error
    }
  }

  #keep(finding: Finding | undefined): void {
    if (finding === undefined) return
    const key = `${finding.device}\n${finding.reason}`
    if (!this.#found.has(key)) this.#found.set(key, finding)
  }
}

function findingOf(row: Row, device: string, line: number): Finding | undefined {
  const { severity, score, reason, command_line, decoded_command, time } = row
  if (typeof reason !== 'string' || (severity !== 'high' && severity !== 'medium' && severity !== 'low')) return undefined
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? shortened(value, LONGEST) : undefined)
  return {
    device,
    severity,
    score: typeof score === 'number' ? score : 0,
    reason: shortened(reason, LONGEST),
    command_line: text(command_line),
    decoded: text(decoded_command),
    at: parseTime(time),
    line,
  }
}

/** Writes what was found, by device; empty where nobody looked. */
export function findingsHtml(findings: Findings): string {
  if (findings.devices === 0) return ''
  const all = [...findings.all].sort((one, other) => other.score - one.score)
  if (all.length === 0) return `<p class="none">Nothing was found that stands out.</p>`
  const byDevice = new Map<string, Finding[]>()
  for (const finding of all.slice(0, MOST_FINDINGS)) byDevice.set(finding.device, [...(byDevice.get(finding.device) ?? []), finding])
  const parts = [...byDevice].map(
    ([device, own]) => `<h3><bdi>${html(device)}</bdi></h3><ul class="findings">${own.map(itemHtml).join('')}</ul>`,
  )
  const rest = all.length - MOST_FINDINGS
  const more =
    rest > 0
      ? `<p class="note cut">and ${rest.toLocaleString('en-GB')} less grave ones: the commands <code>triage</code> below have all of them</p>`
      : ''
  return `${parts.join('')}${more}<p class="note">Rules pointed these out, and say where to look first; none of them is proof.</p>`
}

function itemHtml({ severity, reason, command_line: command, decoded, at, line }: Finding): string {
  const when = at === undefined ? '' : `<span class="note">${utcSecond(at)} UTC</span> `
  const shown = decoded === undefined ? command : `${command ?? ''}\n= ${decoded}`
  const code = shown === undefined ? '' : `<pre tabindex="0">${shown.split('\n').map(html).join('\n')}</pre>`
  return `<li class="${severity}"><strong>${severity}</strong> ${when}<bdi>${html(reason)}</bdi> <span class="note">(line ${line} of the journal)</span>${code}</li>`
}
