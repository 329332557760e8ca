import { expect, it } from 'vitest'
import { HASH, reportOf } from './memory-case.ts'

const result = { file: 'results/found.json', sha256: HASH, bytes: 2 }
const triage = (more: Record<string, unknown> = {}) => ({
  event: 'finished',
  time: '2026-11-30T04:15:00.000Z',
  device: { id: 7, name: 'WIN-FIN-01' },
  verb: 'triage',
  effect: 'change',
  outcome: 'done',
  result,
  ...more,
})
const finding = (score: number, reason: string, more: Record<string, unknown> = {}) => ({
  severity: score > 70 ? 'high' : 'medium',
  score,
  reason,
  rules: ['a'],
  time: '2026-11-30T03:00:00Z',
  ...more,
})
const found = (...findings: unknown[]) => JSON.stringify({ device: 'WIN-FIN-01', findings, looked_at: { process: 3 } })

/** The part of the page that says what was found; undefined where there is none. */
function section(html: string): string | undefined {
  return /<section id="findings".*?<\/section>/s.exec(html)?.[0]
}
const reasonsIn = (text = '') => [...text.matchAll(/<bdi>(it [^<]*)<\/bdi>/g)].map(([, reason]) => reason)

it('what triage found is told in the summary and by device, the gravest first, and the same thing once', async () => {
  const files = {
    'results/found.json': found(
      finding(60, 'it hides'),
      finding(90, 'it runs <b>', { command_line: 'x -enc SQ==', decoded_command: '</pre><script>' }),
    ),
    'results/again.json': found(finding(90, 'it runs <b>')),
  }
  const html = await reportOf({
    lines: [triage(), triage(), triage({ result: { ...result, file: 'results/again.json', sha256: HASH.replace('e', 'f') } })],
    files,
  })
  expect(html).toContain('1 device was searched for what does not belong there: 2 things stood out, 1 of them gravely, on WIN-FIN-01.')
  const told = section(html)
  expect(reasonsIn(told)).toEqual(['it runs &lt;b&gt;', 'it hides'])
  expect(told).toContain('<h3><bdi>WIN-FIN-01</bdi></h3>')
  expect(told).toContain('x -enc SQ==\n= &lt;/pre&gt;&lt;script&gt;')
})

it('of a great many the page has the gravest, and says how many more there are', async () => {
  const many = Array.from({ length: 450 }, (_, index) => finding(index % 100, `it is number ${index}`))
  const told = section(await reportOf({ lines: [triage()], files: { 'results/found.json': found(...many) } }))
  expect(reasonsIn(told)).toHaveLength(200)
  expect(reasonsIn(told)[0]).toBe('it is number 99')
  expect(told).toContain('and 250 less grave ones')
})

it('a search that found nothing is told as that, and without a search nothing is said of findings', async () => {
  const nothing = await reportOf({ lines: [triage()], files: { 'results/found.json': found() } })
  expect(nothing).toContain('1 device was searched for what does not belong there; nothing stood out.')
  expect(section(nothing)).toContain('Nothing was found that stands out.')
  const html = await reportOf({ lines: [triage({ verb: 'ps' })], files: { 'results/found.json': found(finding(90, 'it runs')) } })
  expect([section(html), html.includes('href="#findings"'), html.includes('searched for')]).toEqual([undefined, false, false])
})

it.each([
  ['is missing', {}],
  ['is broken', { 'results/found.json': '{"findings": [' }],
])('a result that %s takes nothing from the rest of the report', async (_, files) => {
  const html = await reportOf({ lines: [triage()], files })
  expect(html).toContain('1 command was carried out')
  // That nothing stood out would not be true.
  expect([section(html), html.includes('stood out')]).toEqual([undefined, false])
  expect(html.endsWith('</html>\n')).toBe(true)
})
