import stringWidth from 'string-width'
import { expect, it } from 'vitest'
import { main } from '../../src/main.ts'
import { memoryOutput, testHost } from '../support/host.ts'

const WIDTH = 80
const LONG = 'C:\\Users\\j.moreau\\AppData\\Roaming\\Mozilla\\Firefox\\Profiles\\k3x9v1qp.default-release\\cookies.sqlite'

/** Command lines that show lists, single things, plans and lines of prose. */
const LINES = [
  ['doctor'],
  ['device', 'list'],
  ['device', 'get', 'WIN-FIN-01'],
  ['lr', 'ps', 'WIN-FIN-01'],
  ['lr', 'ps', 'WIN-FIN-01', '--tree', '--decode'],
  ['lr', 'ls', 'WIN-FIN-01', 'C:\\Windows\\System32\\winevt\\Logs'],
  ['lr', 'stat', 'WIN-FIN-01', LONG],
  ['lr', 'hash', 'WIN-FIN-01', LONG],
  ['lr', 'cat', 'WIN-FIN-01', 'C:\\Users\\j.moreau\\AppData\\Roaming\\Mozilla\\Firefox\\places.sqlite'],
  ['lr', 'rm', 'WIN-FIN-01', LONG, '--dry-run'],
  ['lr', 'artifact', 'list'],
  ['lr', 'artifact', 'show', 'WindowsBrowserHistory'],
  ['lr', 'artifact', 'show', 'WindowsBrowserHistory', 'WIN-FIN-01'],
  ['lr', 'playbook', 'list'],
  ['usb', 'device', 'list'],
  ['usb', 'device', 'get', '774'],
  ['usb', 'approve', '774', '--dry-run'],
]

it.each(LINES.map(words => [words.join(' '), words] as const))(
  'on a terminal of 80 columns no line of `%s` is wider',
  async (_line, words) => {
    const output = { isTerminal: true, columns: WIDTH }
    const host = testHost({ stdout: memoryOutput(output), stderr: memoryOutput(output) })
    await main(words, host)
    const lines = `${host.stdout.text()}${host.stderr.text()}`.replaceAll('\x1b[2K', '').split(/[\r\n]/)
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.filter(line => stringWidth(line) > WIDTH)).toEqual([])
  },
)
