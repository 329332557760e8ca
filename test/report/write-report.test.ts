import { expect, it } from 'vitest'
import { HOSTILE_TEXTS } from '../support/hostile.ts'
import { GENERATED_FILES, generatedLines, HASH, reportOf, reportStream } from './memory-case.ts'

/** The values of the islands of a kind. */
function islands(html: string, kind: string): unknown[] {
  return [...html.matchAll(new RegExp(`<script type="application/json" data-${kind}[^>]*>(.*?)</script>`, 'g'))].map(
    ([, json = '']) => JSON.parse(json) as unknown,
  )
}

const LARGE = 'results/large.json'
const finished = (more: Record<string, unknown>) => ({ event: 'finished', time: '2026-11-30T04:15:00.000Z', verb: 'ps', ...more })

it('the page allows nothing but its own script and style, and names no server', async () => {
  const html = await reportOf({ lines: generatedLines(20), files: GENERATED_FILES })
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; /)
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/|\ssrc=|url\(|@import|\shref="[^#]/)
})

it('no text of the case ends an element or is markup, and none is there as a control character', async () => {
  const text = `${HOSTILE_TEXTS.filter(({ length }) => length < 100).join('')}</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>`
  const named = { user: text, host: text, key_id: text }
  const line = finished({
    who: named,
    device: { id: 7, name: text, os: text },
    organization: text,
    line: text,
    error: { code: text, message: text },
    [text]: text,
  })
  const html = await reportOf({ lines: [line], name: text, integrity: { verdict: text, findings: [text], facts: [[text, text]] } })
  expect(html).not.toMatch(/<script>alert|<img/)
  expect(html.match(/<script/g)?.length).toBe(2)
  const outside = html.replace(/<script type="application\/json".*?<\/script>/gs, '').replace(/<(script|style)>.*?<\/\1>/gs, '')
  expect(outside).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  expect(outside.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  // In the islands everything is there as it was.
  expect(islands(html, 'entries')).toMatchObject([[{ device: text, line: text, more: [[text, text]] }]])
})

it('a result is in the page once, however many commands had it', async () => {
  const result = { file: 'results/ps.json', sha256: HASH, bytes: 2 }
  const html = await reportOf({ lines: [finished({ result }), finished({ result })], files: { 'results/ps.json': '[]' } })
  expect(islands(html, 'result')).toEqual([{ text: '[]', bytes: 2, cut: false }])
})

it('of a very large result the page has whole lines of the beginning, and its size', async () => {
  const text = '{"pid":1}\n'.repeat(100_000)
  const result = { file: LARGE, sha256: HASH, bytes: text.length }
  const html = await reportOf({ lines: [finished({ result })], files: { [LARGE]: text } })
  const [held] = islands(html, 'result') as { text: string; bytes: number; cut: boolean }[]
  expect(held).toMatchObject({ bytes: text.length, cut: true })
  expect(held?.text.length).toBeLessThan(200_000)
  expect(held?.text).toMatch(/^(\{"pid":1\}\n)+$/)
})

it('a result that is missing, or that a changed journal places outside of the results, is left out', async () => {
  const lines = ['results/gone.json', 'journal.jsonl', '../secret'].map(file => finished({ result: { file, sha256: HASH, bytes: 1 } }))
  const html = await reportOf({ lines, files: { 'journal.jsonl': 'x', '../secret': 'x' } })
  expect(islands(html, 'result')).toEqual([])
})

it('the page is written while the journal is read, not after it', async () => {
  let read = 0
  function* counted(): Generator<Record<string, unknown>> {
    for (const line of generatedLines(20_000)) {
      read += 1
      yield line
    }
  }
  for await (const chunk of reportStream({ lines: counted() })) if (Buffer.from(chunk).includes('data-entries')) break
  expect(read).toBe(500)
})
