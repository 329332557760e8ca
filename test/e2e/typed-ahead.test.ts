import { describe, expect, it } from 'vitest'
import { openCbc } from '../support/terminal.ts'
import { analyst } from './lab.ts'

const INIT = [
  'config',
  'init',
  'prod',
  '--url',
  'https://defense-prod05.conferdeploy.net',
  '--org-key',
  'ABCD1234',
  '--auth',
  'api-key',
  '--no-test',
]

describe('text typed before a question is not taken as its answer:', () => {
  it.each([
    ['a deletion', ['lr', 'rm', 'WIN-FIN-01', 'C:\\demo\\*'], 'y\r', /\(y\/N\)/i, 8],
    ['a name that is to be typed', ['lr', 'disable', 'WIN-FIN-01'], 'WIN-FIN-01\r', /Type WIN-FIN-01 to go on/, 130],
    ['an ID', INIT, 'NOTTHIS\r', /API ID/, 130],
    ['a secret', INIT.map(word => (word === 'api-key' ? 'csp-api-token' : word)), 'NOTTHIS\r', /API token/, 130],
  ] as const)('%s', async (_what, words, ahead, question, code) => {
    const { env, home } = analyst()
    const terminal = openCbc(words, { env, home })
    await terminal.type(ahead)
    await terminal.waitFor(question)
    if (code === 8) await terminal.key('enter')
    else await terminal.key('ctrl-c')
    expect(await terminal.exit).toMatchObject({ code })
  })
})
