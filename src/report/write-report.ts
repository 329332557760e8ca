import type { JournalLine } from '../cases/journal-line.ts'
import type { CaseFolder } from '../core/case-folder.ts'
import { formatDuration, formatSize } from '../core/quantity.ts'
import { type Entry, entryOf } from './entry.ts'
import { Findings, findingsHtml } from './findings.ts'
import { html, island, policy } from './html.ts'
import { factsHtml, type Integrity, integrityHtml, utcSecond } from './integrity.ts'
import { Islands } from './islands.ts'
import { type PageAssets, pageAssets } from './page-assets.ts'
import { sentences, Summary } from './summary.ts'

/** Lines of the journal in one island. */
const LINES_OF_ISLAND = 500

export interface ReportOptions {
  folder: CaseFolder
  /** The journal, read once; undefined stands for a line that is no JSON object. */
  lines: AsyncIterable<{ line: JournalLine | undefined }>
  /** The case's name, for the title. */
  name: string
  /** What checking it came to. */
  integrity: Integrity
  /** When and by what the report is made: milliseconds since 1970, `cbc 1.2.3`. */
  made: { at: number; by: string }
}

/**
 * Writes the report of a case as one page of HTML, in constant memory: what the journal and the results say goes by as islands of data, and
 * what they came to follows. The page asks nothing of any server.
 * @throws CbcError io
 */
export async function* writeReport({ folder, lines, name, integrity, made }: ReportOptions): AsyncGenerator<Uint8Array> {
  const assets = pageAssets()
  const summary = new Summary()
  yield bytes(head(name, assets))
  const [islands, findings] = [new Islands(folder), new Findings(folder)]
  let entries: Entry[] = []
  for await (const { line } of lines) {
    const entry = entryOf(line, summary.lines + 1)
    summary.add(entry)
    entries.push(entry)
    if (entry.result !== undefined) yield bytes(await islands.result(entry.result))
    await findings.add(entry)
    if (entries.length < LINES_OF_ISLAND) continue
    yield bytes(island('data-entries', entries))
    entries = []
  }
  yield bytes(island('data-entries', entries))
  for await (const recording of islands.recordings()) yield bytes(recording)
  yield bytes(body({ name, path: folder.path, summary, findings, recorded: islands.recorded, integrity, made }))
  yield bytes(`<script>${assets.script}</script>\n</body>\n</html>\n`)
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text)
}

function head(name: string, { script, style }: PageAssets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Case report: ${html(name)}</title>
<style>${style}</style>
</head>
<body>
`
}

const SECTIONS = [
  ['integrity', 'Integrity'],
  ['summary', 'Summary'],
  ['findings', 'What was found'],
  ['devices', 'Devices'],
  ['timeline', 'Timeline'],
  ['commands', 'Commands'],
  ['changes', 'What was changed, and what was put back'],
  ['files', 'Files'],
  ['recordings', 'Terminal recordings'],
] as const

/** What the page says by itself, without what its script makes of the lines. */
interface Told extends Pick<ReportOptions, 'name' | 'integrity' | 'made'> {
  path: string
  summary: Summary
  findings: Findings
  /** How many terminals were recorded. */
  recorded: number
}

function body({ name, path, summary, findings, recorded, integrity, made }: Told): string {
  const parts: Partial<Record<(typeof SECTIONS)[number][0], string>> = {
    integrity: integrityHtml(integrity),
    summary: summaryHtml(path, summary, findings, recorded),
    findings: findingsHtml(findings),
    timeline: TIMELINE,
  }
  // Where nobody looked for anything, nothing is said of what was found.
  const told = SECTIONS.filter(([id]) => id !== 'findings' || findings.devices > 0)
  const links = told.map(([id, title]) => `<li><a href="#${id}">${title.split(',')[0]}</a></li>`).join('')
  const sections = told.map(
    ([id, title]) =>
      `<section id="${id}" aria-labelledby="title-${id}">\n<h2 id="title-${id}">${title}</h2>\n${parts[id] ?? ''}\n</section>`,
  )
  return `<a class="skip" href="#integrity">To the report</a>
<header>
<h1>Case report: <bdi>${html(name)}</bdi><small>made on ${utcSecond(made.at)} UTC by ${html(made.by)}; all times are UTC</small></h1>
<label id="theme-field">Colours <select id="theme"><option value="">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label>
<nav aria-label="Parts of the report"><ul>${links}</ul></nav>
</header>
<main>
<noscript><p>Commands, files and recordings need the script of this page, which is part of it. It sends nothing anywhere.</p></noscript>
${sections.join('\n')}
</main>
<footer>This page holds all that it shows, and asks no server for anything. It is made from the case, and is no evidence itself: the case folder is.</footer>
`
}

const TIMELINE = `<form id="filters" aria-label="Filter"></form>
<div id="timeline-bar"><div id="timeline-buttons" role="group" aria-label="Time shown"></div><span id="timeline-status"></span></div>
<div id="timeline-drawing" tabindex="0" role="group" aria-label="Timeline: arrow keys move, plus and minus zoom, 0 shows the whole case. The same events follow as a table."></div>
<ul class="legend" aria-label="Colours of the timeline">${[
  ['read', 'reading'],
  ['change', 'change'],
  ['destroy', 'destructive change'],
  ['trouble', 'failed or unknown'],
  ['case', 'sessions and the case itself'],
]
  .map(
    ([kind, text]) =>
      `<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="bar ${kind}" width="10" height="10"/></svg>${text}</li>`,
  )
  .join('')}</ul>
<p class="note">Drag over the drawing to see a part of it. Everything below shows the same part. <output id="shown" aria-live="polite"></output></p>`

function summaryHtml(path: string, summary: Summary, findings: Findings, recorded: number): string {
  const { analysts, devices, organizations, runs, first, last, lines, commands, changes, undone, failed, filesHome, bytesHome } = summary
  const text = sentences(summary, findings).map(html).join(' ')
  return `<p class="summary">${text}</p>${factsHtml(
    [
      ['Case folder', path],
      ['Analysts', [...analysts].sort().join(', ')],
      ['Organizations', [...organizations].sort().join(', ')],
      ['First event', first > last ? '' : `${utcSecond(first)} UTC`],
      ['Last event', first > last ? '' : `${utcSecond(last)} UTC`],
      ['Devices', number(devices.size)],
      ['Commands', number(commands)],
      ['Changes', number(changes)],
      ['Put back', number(undone)],
      ['Failed', number(failed)],
      ['Files brought home', `${number(filesHome)}, ${formatSize(bytesHome)}`],
      ['Runs', number(runs.size)],
      ['Terminal recordings', number(recorded)],
      ['Seals', number(summary.seals)],
      ['Lines of the journal', number(lines)],
      ['Clocks differed by at most', formatDuration(summary.clockDifference)],
    ].filter((pair): pair is [string, string] => pair[1] !== ''),
  )}`
}

function number(count: number): string {
  return count.toLocaleString('en-GB')
}
