// `npm run docs`: draws docs/session.svg, the picture in the README, from a real session in a terminal, on the lab.
// test/tools/session-svg.test.ts says when it is stale.
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { spawn } from '@lydell/node-pty'
import headless from '@xterm/headless'
import { build } from './build.mjs'
import { root } from './install.mjs'

const LINES = [
  'cbc lr connect WIN-FIN-01',
  'ps --tree --filter public',
  'cd C:\\Users\\Public',
  'get svchost.exe',
  'kill 7312 --if-name svchost.exe',
  'rm svchost.exe',
]
const PROMPT = /^(\$|WIN-FIN-01 .*>)$/
const [COLUMNS, ROWS] = [80, 60]
/** Milliseconds that a line may take on a busy machine. */
const PATIENCE_MS = 60_000
/** Pixels: a character, and the margin. */
const [WIDTH, HEIGHT, MARGIN] = [8.4, 18, 16]
/** The levels of red, green and blue in the 6 × 6 × 6 colours of a terminal with 256. */
const LEVELS = [0, 95, 135, 175, 215, 255]

/** Runs the session, and returns what it looks like at its end as an SVG. */
export async function sessionSvg() {
  await build()
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'cbc-session-')))
  const screen = new headless.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
  const program = join(home, 'cbc')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist', 'cbc.js')}' "$@"\n`)
  chmodSync(program, 0o755)
  const env = {
    HOME: home,
    PATH: `${home}${delimiter}${process.env.PATH}`,
    PS1: '$ ',
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    CBC_PROFILE: 'lab',
  }
  const shell = spawn('bash', ['--norc', '--noprofile'], { name: env.TERM, cols: COLUMNS, rows: ROWS, cwd: home, env })
  const ended = new Promise(resolve => shell.onExit(resolve))
  try {
    const { ready, enter } = typist(shell, screen)
    await ready
    for (const line of LINES) await enter(line)
    const svg = draw(screen, home)
    await enter('exit')
    return svg
  } finally {
    // A shell that has just written its prompt can miss a gentler signal, and then wait for ever. What it started hears of its end.
    shell.kill('SIGKILL')
    await ended
    screen.dispose()
    rmSync(home, { recursive: true, force: true })
  }
}

/** Types lines as a person does: when there is a prompt. */
function typist(shell, screen) {
  let look = () => {}
  shell.onData(data => screen.write(data, () => look()))
  screen.onData(answer => shell.write(answer))
  const until = (what, holds) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the terminal never showed ${what}:\n${textOf(screen).join('\n')}`)), PATIENCE_MS)
      look = () => {
        if (!holds(textOf(screen))) return
        clearTimeout(timer)
        resolve()
      }
      look()
    })
  return {
    ready: until('a prompt', rows => PROMPT.test(rows.at(-1))),
    async enter(line) {
      shell.write(line)
      await until(line, rows => rows.at(-1)?.endsWith(line))
      const before = textOf(screen).length
      shell.write('\r')
      await until(`the end of ${line}`, rows => rows.length > before && PROMPT.test(rows.at(-1)))
    },
  }
}

const rowsOf = screen => Array.from({ length: ROWS }, (_, y) => screen.buffer.active.getLine(y))

/** The text on the screen, up to the last row that isn't empty. */
function textOf(screen) {
  const rows = rowsOf(screen).map(row => row?.translateToString().trimEnd() ?? '')
  return rows.slice(0, rows.findLastIndex(row => row !== '') + 1)
}

/** Draws what is on the screen. Each piece of text has its place and its width, so that any fixed-width font fits. */
function draw(screen, home) {
  const count = textOf(screen).length
  const [width, height] = [COLUMNS * WIDTH + 2 * MARGIN, count * HEIGHT + 2 * MARGIN]
  const rows = rowsOf(screen)
    .slice(0, count)
    .map((row, y) => {
      const pieces = piecesOf(row, home).map(
        ({ x, text, style }) =>
          `<tspan x="${round(MARGIN + x * WIDTH)}" textLength="${round(text.length * WIDTH)}"${style}>${escaped(text)}</tspan>`,
      )
      return `<text y="${MARGIN + (y + 0.75) * HEIGHT}">${pieces.join('')}</text>`
    })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${height}" width="${round(width)}" height="${height}">
<style>
rect { fill: #ffffff; stroke: #d0d7de }
text { fill: #1f2328; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
@media (prefers-color-scheme: dark) { rect { fill: #0d1117; stroke: #30363d } text { fill: #e6edf3 } }
</style>
<rect x="0.5" y="0.5" width="${round(width - 1)}" height="${height - 1}" rx="8"/>
${rows.join('\n')}
</svg>
`
}

/** The pieces of a row that look the same and have no gap: a renderer may take many blanks for one. */
function piecesOf(row, home) {
  const cells = Array.from({ length: COLUMNS }, (_, x) => row.getCell(x))
  const runs = []
  for (const [x, cell] of cells.entries()) {
    const [text, style] = [cell.getChars() || ' ', styleOf(cell)]
    const last = runs.at(-1)
    if (last?.style === style) last.text += text
    else runs.push({ x, text, style })
  }
  return runs.flatMap(({ x, text, style }) =>
    [...text.matchAll(/\S+( \S+)*/g)].map(({ 0: piece, index }) => ({ x: x + index, text: piece.replaceAll(home, '/home/you'), style })),
  )
}

function styleOf(cell) {
  const color = cell.isFgPalette() ? ` fill="${colorOf(cell.getFgColor())}"` : ''
  return `${color}${cell.isBold() ? ' font-weight="bold"' : ''}${cell.isDim() ? ' opacity="0.6"' : ''}`
}

/** A colour of the palette of 256; the program uses none of the first sixteen, which differ between terminals. */
function colorOf(number) {
  const at = number - 16
  const [red, green, blue] = [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(level => LEVELS[level])
  return `rgb(${red},${green},${blue})`
}

const round = number => Math.round(number * 10) / 10

const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(join(root, 'docs', 'session.svg'), await sessionSvg())
  process.stdout.write('docs/session.svg\n')
}
