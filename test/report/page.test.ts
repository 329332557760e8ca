import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { HOSTILE_TEXTS } from '../support/hostile.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { GENERATED_FILES, generatedLines, type MemoryCase, reportOf } from './memory-case.ts'

const CHROMIUM = '/usr/bin/chromium'

/** What would do something, were it ever markup, a style or a script. */
const ATTACKS = [
  '</script><script>window.ran=1</script>',
  '<img src=http://192.0.2.1/x onerror="window.ran=2">',
  '"><svg onload=window.ran=3>',
  "'-(window.ran=4)-'",
  '<style>*{display:none!important}</style>',
  '<base href=http://192.0.2.1/><link rel=stylesheet href=//192.0.2.1/x>',
  'javascript:window.ran=5',
  '</bdi></section></main><h1>owned</h1>',
  '<!--',
  'url(http://192.0.2.1/x)',
]

describe.skipIf(!existsSync(CHROMIUM))('the report in Chromium', () => {
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'], timeout: PATIENCE_MS })
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } })
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('request', request => requests.push(request.url()))
    page.on('pageerror', error => errors.push(error.message))
    page.on('console', message => errors.push(message.text()))
  })

  afterAll(async () => {
    await browser.close()
  })

  /** Opens the report of a case. @returns its address */
  async function open(given: MemoryCase): Promise<string> {
    const file = join(testFolder(), 'report.html')
    writeFileSync(file, await reportOf(given))
    requests.length = 0
    errors.length = 0
    await page.goto(pathToFileURL(file).href)
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    return pathToFileURL(file).href
  }

  const count = (selector: string) => page.locator(selector).count()
  const evaluate = async <T>(script: string) => await page.evaluate<T>(script)

  /** Waits until a script is true. */
  const until = (script: string) => expect.poll(() => evaluate(script)).toBe(true)

  it('runs nothing and asks for nothing, whatever the fields of a case say', async () => {
    const texts = [...ATTACKS, ...HOSTILE_TEXTS.filter(({ length }) => length < 100)]
    const lines = texts.flatMap((text, index) => {
      const named = {
        who: { user: text, host: text, key_id: text },
        device: { id: index, name: text, os: text },
        organization: text,
        profile: text,
        session_id: text,
        run: text,
      }
      const finished = {
        ...{
          event: 'finished',
          time: '2026-11-30T04:15:00.000Z',
          operation: `${index}`,
          verb: text,
          line: text,
          effect: 'destroy',
          outcome: text,
          error: { code: text, message: text },
        },
        commands: [{ id: 1, name: text }],
        files: [{ path: text, file: text, size: 1, sha256: text, attributes: [text], last_write_time: text }],
        result: { file: `results/${index}.json`, sha256: text, bytes: 10 },
        [text]: text,
      }
      return [
        { event: 'started', operation: `${index}`, ...named, change: text, undo: { possible: true, kind: text } },
        { ...finished, ...named },
      ]
    })
    const files = Object.fromEntries(
      texts.map((text, index) => [`results/${index}.json`, JSON.stringify([{ [text]: text }, { name: text }])]),
    )
    files[`recordings/${ATTACKS.join('').replaceAll('/', '')}.cast`] =
      `{"width":80,"height":9}\n${texts.map(text => JSON.stringify([1, 'o', text])).join('\n')}`
    const address = await open({
      lines,
      files,
      name: ATTACKS.join(''),
      integrity: { good: false, verdict: ATTACKS[0] ?? '', findings: ATTACKS, facts: texts.map(text => [text, text]) },
    })
    for (const section of ['commands', 'changes', 'files']) await page.locator(`#${section} .table-buttons button`).click()
    await page.locator('#recordings summary').first().click()
    await page.fill('#search', 'window.ran')
    await until(
      `document.querySelector('#shown').textContent.startsWith('${ATTACKS.filter(text => text.includes('window.ran')).length} of')`,
    )
    expect(await evaluate('window.ran')).toBeUndefined()
    expect(requests).toEqual([address])
    expect(errors).toEqual([])
    expect([await count('main'), await count('h1'), await count('img, base, link, iframe, object')]).toEqual([1, 1, 0])
    expect(await page.locator('footer').isVisible()).toBe(true)
    // Nothing that is shown has a control character, or one that changes the direction of text.
    expect(await evaluate(`/[^\\P{C}\\n\\t]/u.test(document.body.innerText)`)).toBe(false)
  })

  it('a script that got into the page all the same would not run', async () => {
    await open({ lines: generatedLines(1) })
    await evaluate(
      `(() => { const script = document.createElement('script'); try { script.textContent = 'window.ran = 1' } catch {} document.body.append(script) })()`,
    )
    expect(await evaluate('window.ran')).toBeUndefined()
    expect(await evaluate(`fetch('http://192.0.2.1/').then(() => 'sent', () => 'refused')`)).toBe('refused')
    await expect(evaluate(`document.body.innerHTML = '<p>'`)).rejects.toThrow('TrustedHTML')
  })

  it('draws of ten thousand events only those that are looked at, and leads to the last one', async () => {
    await open({ lines: generatedLines(10_000), files: GENERATED_FILES })
    expect(await page.locator('#shown').textContent()).toBe('10,001 of 10,001 events')
    expect(await count('.row')).toBeLessThan(1500)
    await page.locator('#commands .opener').first().focus()
    await page.keyboard.press('End')
    expect(await evaluate(`document.activeElement.textContent`)).toContain('update-9999.exe')
    await page.keyboard.press('Enter')
    expect(await page.locator('#commands .detail').textContent()).toContain('Line of the journal')
    await evaluate(`(element => { element.scrollTop = element.scrollHeight / 2 })(document.querySelector('#commands .scroll'))`)
    await until(`[...document.querySelectorAll('#commands .block')].slice(98, 102).some(block => block.childElementCount > 0)`)
    expect(await count('.row')).toBeLessThan(1500)
    expect(errors).toEqual([])
  })

  it('takes rows that went out of view out of the page again, and has them as they were when they come back', async () => {
    await open({ lines: generatedLines(3000), files: GENERATED_FILES })
    const drawn = `[...document.querySelectorAll('#commands .block')].filter(block => block.childElementCount > 0).length`
    const scrollTo = async (part: number) =>
      await evaluate(`(element => { element.scrollTop = element.scrollHeight * ${part} })(document.querySelector('#commands .scroll'))`)
    const first = page.locator('#commands .row:not(.head) .opener').first()
    const title = await first.textContent()
    await first.click()
    await page.locator('#search').focus()
    const height = await evaluate(`document.querySelector('#commands .table').offsetHeight`)
    for (const part of [0.2, 0.4, 0.6, 0.8, 1]) {
      await scrollTo(part)
      await until(`document.querySelectorAll('#commands .block')[${Math.ceil(60 * part) - 1}].childElementCount > 0`)
    }
    await until(`${drawn} < 5`)
    expect(await evaluate(`document.querySelector('#commands .table').offsetHeight`)).toBe(height)
    await scrollTo(0)
    await until(`document.querySelector('#commands .opener')?.textContent === ${JSON.stringify(title)}`)
    expect(await first.getAttribute('aria-expanded')).toBe('true')
    expect(await count('#commands .detail')).toBe(1)
    // Tab leads into the rows again.
    expect(await first.getAttribute('tabindex')).toBe('0')
    expect(errors).toEqual([])
  })

  it('shows what the filters say, in the timeline and in everything below', async () => {
    await open({ lines: generatedLines(300), files: GENERATED_FILES })
    await page.selectOption('#filter-device', 'srv-web-1')
    expect(await page.locator('#shown').textContent()).toBe('50 of 301 events')
    expect(await page.locator('.lane-label').allTextContents()).toEqual(['srv-web-1'])
    expect(new Set(await page.locator('#files .row:not(.head) .device').allTextContents())).toEqual(new Set(['srv-web-1']))
    await page.selectOption('#filter-kind', 'trouble')
    expect(new Set(await page.locator('#commands .row:not(.head) .outcome').allTextContents())).toEqual(new Set(['✗ failed']))
    await page.selectOption('#filter-device', '')
    await page.selectOption('#filter-kind', '')
    // A word of a result, and a hash.
    await page.fill('#search', 'NETSVCS')
    await until(`!document.querySelector('#shown').textContent.startsWith('301')`)
    expect(new Set((await page.locator('#commands .title').allTextContents()).slice(1).map(title => title.split(' ')[0]))).toEqual(
      new Set(['ps']),
    )
    await page.fill('#search', '')
    await until(`document.querySelector('#shown').textContent.startsWith('301')`)
    await page.locator('#timeline-drawing').focus()
    await page.keyboard.press('+')
    await page.keyboard.press('ArrowLeft')
    const part = await page.locator('#timeline-status').textContent()
    const shown = Number((await page.locator('#shown').textContent())?.split(' ')[0])
    expect(shown).toBeGreaterThan(0)
    expect(shown).toBeLessThan(301)
    expect(part).toContain(`${shown} events`)
    await page.keyboard.press('0')
    expect(await page.locator('#shown').textContent()).toBe('301 of 301 events')
  })

  it('names a device by one name, and says of a change when it was put back', async () => {
    const rm = {
      event: 'finished',
      operation: 'a',
      line: "cbc --profile x lr rm WIN 'C:\\x' --case '/my cases/1'",
      effect: 'destroy',
      outcome: 'done',
    }
    const at = (minute: number) => `2026-11-30T04:${minute}:00.000Z`
    await open({
      lines: [
        { ...rm, time: at(15), device: { id: 7, name: 'WIN' }, service_time: at(14), clock_difference_ms: -60_000 },
        { ...rm, operation: 'b', time: at(15), device: { id: 8 }, outcome: 'failed' },
        { event: 'finished', time: at(16), line: 'ps', outcome: 'done', device: { id: 8, name: 'CORP\\WIN' } },
        { event: 'undone', time: at(17), undoes: 'a', line: rm.line, outcome: 'done', device: { id: 7, name: 'CORP\\WIN' } },
      ],
    })
    expect(await page.locator('#changes .row:not(.head) .kept').allTextContents()).toEqual([
      'put back on 2026-11-30 04:17:00',
      'nothing was sent',
      'put back',
    ])
    expect(await page.locator('#commands .row:not(.head) .title').allTextContents()).toEqual([
      "lr rm WIN 'C:\\x'",
      "lr rm WIN 'C:\\x'",
      'ps',
      "put back: lr rm WIN 'C:\\x'",
    ])
    expect(await page.locator('#devices .row:not(.head) .device').allTextContents()).toEqual(['CORP\\WIN (7)', 'CORP\\WIN (8)'])
    // Commands, changes, failures, files: what failed changed nothing, and what was put back is no change more.
    const counts = await page.locator('#devices .row:not(.head) .count').allTextContents()
    expect(counts).toEqual(['1', '1', '0', '0', '2', '0', '1', '0'])
    await page.locator('#commands .row:not(.head) .opener').first().click()
    expect(await page.locator('#commands .detail dd').allTextContents()).toContain("2026-11-30 04:14:00 UTC, 1 m 0 s behind the analyst's")
  })

  it('sorts by a heading', async () => {
    await open({ lines: generatedLines(300) })
    const sizes = async () => (await page.locator('#files .row:not(.head) .size').allTextContents()).slice(0, 3)
    const heading = page.locator('#files [role=columnheader].size')
    await heading.locator('button').click()
    expect([await heading.getAttribute('aria-sort'), await sizes()]).toEqual(['ascending', ['1.1 KiB', '1.3 KiB', '1.8 KiB']])
    await heading.locator('button').click()
    expect([await heading.getAttribute('aria-sort'), (await sizes())[0]]).toEqual(['descending', '11 KiB'])
  })

  it('plays a recording, and has it as text', async () => {
    await open({ lines: generatedLines(1), files: GENERATED_FILES })
    await page.locator('#recordings summary').first().click()
    const screen = page.locator('.screen')
    expect(await screen.innerText()).toContain('✓ 7312 ended')
    await page.locator('.controls input').fill('2.5')
    expect(await screen.innerText()).toContain('7312  update.exe')
    expect(await screen.innerText()).not.toContain('7312 ended')
    await page.locator('.controls select').selectOption('8')
    await page.locator('.controls button').click()
    await until(`document.querySelector('.controls button').textContent === 'Play'`)
    expect(await screen.innerText()).toContain('✓ 7312 ended')
    await page.locator('.recording details summary').click()
    expect(await page.locator('.recording pre').textContent()).toContain('kill 7312\n✓ 7312 ended\n')
  })

  it('names everything that can be reached, for those who do not see it', async () => {
    await open({ lines: generatedLines(50), files: GENERATED_FILES })
    await page.locator('#commands .opener').nth(1).click()
    await page.locator('#recordings summary').first().click()
    const unnamed = await evaluate<
      string[]
    >(`[...document.querySelectorAll('button, select, input, [tabindex], [role=region], [role=table]')]
      .filter(element => !(element.getAttribute('aria-label') ?? '').trim() && !(element.textContent ?? '').trim() && !(element.labels?.length))
      .map(element => element.outerHTML.slice(0, 80))`)
    expect(unnamed).toEqual([])
    expect(
      await evaluate(
        `document.querySelectorAll('select').length === [...document.querySelectorAll('select')].filter(element => element.labels.length).length`,
      ),
    ).toBe(true)
    expect(await evaluate(`document.documentElement.lang`)).toBe('en')
    expect(await evaluate(`[...document.querySelectorAll('h1, h2')].map(({ tagName }) => tagName).join()`)).toBe(`H1${',H2'.repeat(8)}`)
    const ids = await evaluate<string[]>(`[...document.querySelectorAll('[id]')].map(({ id }) => id)`)
    expect(new Set(ids).size).toBe(ids.length)
    // Rows lie in tables, cells in rows.
    expect(await count('[role=row]:not([role=table] *), [role=cell]:not([role=row] *), [role=columnheader]:not([role=row] *)')).toBe(0)
    expect(await page.locator('nav a').count()).toBe(8)
    for (const target of await evaluate<string[]>(`[...document.querySelectorAll('nav a, .skip')].map(({ hash }) => hash.slice(1))`))
      expect(ids).toContain(target)
  })

  it('has readable colours in both themes, and needs no sideways scrolling on a phone', async () => {
    await open({ lines: generatedLines(50), files: GENERATED_FILES })
    for (const theme of ['light', 'dark']) {
      await page.selectOption('#theme', theme)
      expect([theme, await evaluate(LEAST_CONTRAST)]).toEqual([theme, []])
    }
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await evaluate('document.documentElement.scrollWidth')).toBe(400)
    await page.setViewportSize({ width: 1300, height: 900 })
  })

  it('prints all that is shown', async () => {
    await open({ lines: generatedLines(1000), files: GENERATED_FILES })
    await page.emulateMedia({ media: 'print' })
    await until(`document.querySelectorAll('#commands .row:not(.head)').length === 1001`)
    expect(await page.locator('#filters').isVisible()).toBe(false)
    expect(await page.locator('.recording pre').isVisible()).toBe(true)
    await page.emulateMedia({ media: null })
  })
})

/** A script that finds texts whose contrast to what is behind them is less than 4.5 (WCAG 1.4.3, AA). */
const LEAST_CONTRAST = `(() => {
  const light = rgb => { const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data] }
  const ground = element => { for (let at = element; at; at = at.parentElement) { const [r, g, b, a] = rgba(getComputedStyle(at).backgroundColor); if (a === 255) return [r, g, b] } return [255, 255, 255] }
  const texts = [...document.querySelectorAll('h1, h2, small, p, dt, dd, a, label, li, .row > *, .outcome span, output, #timeline-status')].filter(element => element.checkVisibility() && element.textContent.trim())
  return [...new Set(texts.map(element => {
    const [one, other] = [light(rgba(getComputedStyle(element).color).slice(0, 3)), light(ground(element))]
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
    return contrast < 4.5 ? element.tagName + '.' + element.className + ' ' + contrast.toFixed(1) : undefined
  }))].filter(text => text !== undefined)
})()`
