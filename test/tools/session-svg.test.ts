import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { sessionSvg } from '../../tools/session-svg.mjs'

/** The drawing without how long the download took. */
const steady = (svg: string): string => svg.replace(/(duration_ms<.*?textLength=")[\d.]+(".*?>)\d+</, '$1#$2#<')

it.skipIf(process.platform === 'win32')('the session that the README shows looks as it does today; if not: npm run docs', async () => {
  const drawn = readFileSync(fileURLToPath(new URL('../../docs/session.svg', import.meta.url)), 'utf8')
  expect(steady(await sessionSvg())).toBe(steady(drawn))
})
