// The table of a benchmark: on a terminal with bars, in Markdown for docs/performance.md.
const BAR_CELLS = 20

/** @returns a value with as many digits as tell something */
export const shown = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

export function limitText({ limit: { atMost, atLeast }, unit }) {
  if (atMost === undefined && atLeast === undefined) return 'told only'
  return `${atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`}${unit.startsWith('×') ? ' ×' : ` ${unit}`}`
}

export const holds = ({ value, memory, limit, memoryLimit }) =>
  (limit.atMost === undefined ? value >= (limit.atLeast ?? -Infinity) : value <= limit.atMost) &&
  (memory === undefined || memoryLimit === undefined || memory <= memoryLimit)

/** How much of the limit is used: a full bar is the limit, a longer one is beyond it. */
function bar({ value, limit }) {
  if (limit.atMost === undefined && limit.atLeast === undefined) return ''
  const share = limit.atMost === undefined ? limit.atLeast / value : value / limit.atMost
  const cells = Math.min(Math.round(share * BAR_CELLS), 2 * BAR_CELLS)
  return `${'█'.repeat(Math.min(cells, BAR_CELLS)).padEnd(BAR_CELLS, '·')}${'█'.repeat(Math.max(0, cells - BAR_CELLS))}`
}

const memoryText = ({ memory, memoryLimit }) =>
  memory === undefined ? '' : `${memory.toFixed(0)} MiB${memoryLimit === undefined ? '' : ` (≤ ${memoryLimit})`}`

/** One figure as a line of a terminal, and its details below. */
export function line(figure) {
  const { name, against, unit, value, detail = '', skipped } = figure
  if (skipped) return `– ${name.padEnd(48)} not measured: ${skipped}`
  const head = `${holds(figure) ? '✓' : '✗'} ${name.padEnd(48)} ${shown(value).padStart(6)} ${unit.padEnd(9)} ${limitText(figure).padEnd(12)} ${bar(figure)}`
  const below = [against && `against ${against}`, detail, memoryText(figure)].filter(Boolean).join(' · ')
  return below === '' ? head : `${head}\n    ${below}`
}

/** The page docs/performance.md. */
export function page({ machine, node, rows }) {
  const cells = rows.map(figure => {
    const { name, against, unit, value, detail = '', skipped, date, commit } = figure
    const mark = skipped || holds(figure) ? '' : '**'
    const result = skipped ? `not measured: ${skipped}` : `${mark}${shown(value)} ${unit}${mark}`
    return `| ${[name, against, limitText(figure), result, memoryText(figure), detail, `${date} ${commit}`].join(' | ')} |`
  })
  return `# Performance

Written by \`npm run bench -- --write\`. It runs the built program and its baseline in turn on the same machine and takes medians; a figure in bold misses its limit.
Absolute times depend on the machine; the ratios hardly do. Machine: ${machine}. Node ${node}.

| work | against | limit | measured | memory | details | when |
| --- | --- | --- | --- | --- | --- | --- |
${cells.join('\n')}

## What is behind some of the figures

- **put.** \`curl -F\` doesn't hash what it sends; \`put\` reports the SHA-256 of what it sent, so that the row "with SHA-256" is the fair comparison. For 1 GiB \`put\` takes 1.5 to 1.7 s of CPU time
  (0.3 to start, 0.6 for SHA-256, the rest almost all in the kernel, to read and send), \`curl -F\` 0.5 to 0.7 s. A minimal script on node:http that sends and hashes the same takes as much, but for 0.1 s at the start.
  SHA-256 on another thread would not reach 0.9 × \`curl -F\` either ([decision 3](decisions/0003-transport.md)).
- **Long listings.** The items of a list are parsed while the answer arrives, each takes its final form at once, and V8 may not enlarge the space for new objects
  ([decision 20](decisions/0020-long-answers.md)). The first row is counted from the moment when the service had handed the last byte of the answer to its system.
- **Requests.** The list of sessions comes before a session is started on purpose ([decision 15](decisions/0015-list-before-start.md)): that is the one request above the minimum. By name it is asked for while the device is looked up, so that it takes no time of its own.

\`npm run bench -- --rows PATTERN\` measures some of them, and with \`--write\` replaces only those here; \`--quick\` takes fewer runs and smaller files, \`--json FILE\` writes the figures,
and \`--check\` compares the ratios with those in [performance.json](performance.json) and tells which have become worse. It never fails: a busy machine isn't a fault.
`
}
