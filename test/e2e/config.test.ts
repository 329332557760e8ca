import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { run, start } from '../support/program.ts'
import { testFolder } from '../support/folder.ts'
import { openCbc, type TestTerminal } from '../support/terminal.ts'

interface Served {
  url: string
  org_key: string
  token: string
  ca: string
}

/** The keychain of the user who runs the tests is not touched. */
const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
/** No part of it occurs elsewhere on the screen. */
const TOKEN = 'xK9wQ2vB7nM4zR8tY3pL/zID77QX'
let tenant: Served

beforeAll(async () => {
  const home = testFolder()
  tenant = JSON.parse(
    await start(['lab', 'serve', '--tls', '--json', '--token', TOKEN, '--state', join(home, 'state')], { home, cwd: home }).line('url'),
  ) as Served
})

interface Setup extends TestTerminal {
  home: string
  /** Types an answer. */
  answer(text: string): Promise<void>
  /** Moves down the list below a question to a line, and selects it. */
  pick(question: string, line: string): Promise<void>
}

/** `cbc config …` in a real terminal of a new user. */
function wizard(
  words: string[],
  { home = testFolder(), env = {}, cols = 100 }: { home?: string; env?: Record<string, string>; cols?: number } = {},
): Setup {
  const terminal = openCbc(['config', ...words], { home, cwd: home, cols, env: { ...NO_KEYCHAIN, ...env } })
  const setup = Object.assign(terminal, {
    home,
    async answer(text: string) {
      await terminal.type(text)
      await terminal.key('enter')
    },
    async pick(question: string, line: string) {
      const marked = (rows: string[]) =>
        rows.some(row => row.startsWith(`? ${question}`)) ? rows.find(row => row.startsWith('❯ ')) : undefined
      for (let last: string | undefined; ;) {
        const now = marked(await terminal.waitFor(rows => ![undefined, last].includes(marked(rows))))
        if (now?.includes(line)) return await terminal.key('enter')
        last = now
        await terminal.key('down')
      }
    },
  })
  return setup
}

/** Answers the questions from the first to the last one before the service is asked. */
async function answers(setup: Setup, orgKey: string, secret: string, id: string): Promise<void> {
  await setup.waitFor('Name of this profile')
  await setup.answer('')
  await setup.pick('Where is your console?', 'another address')
  await setup.waitFor('Its address')
  await setup.answer(`${tenant.url}/settings/api-access?tab=keys#/top`)
  await setup.waitFor('? Org key')
  await setup.answer(orgKey)
  await setup.pick('What kind of key is it?', 'API key')
  await setup.waitFor('? API ID')
  await setup.answer(id)
  await setup.waitFor('? API secret key')
  await setup.answer(secret)
}

/** Checks that no part of a secret was sent to the terminal: no four of its characters in a row. */
function expectHidden(terminal: TestTerminal, secret: string): void {
  const shown = terminal.raw()
  for (let at = 0; at + 4 <= secret.length; at++) expect(shown).not.toContain(secret.slice(at, at + 4))
}

describe('cbc config init in a terminal', () => {
  it('guides a new user from nothing to an approved USB device and a shell, and never shows the key', async () => {
    const [secret = '', id = ''] = tenant.token.split('/')
    const setup = wizard(['init'])
    await setup.waitFor('Settings > API Access')
    await answers(setup, tenant.org_key, secret, id)
    await setup.waitFor(/its certificate/)
    await setup.pick('What now?', 'Name a file with the certificate')
    await setup.waitFor('? PEM file')
    copyFileSync(tenant.ca, join(setup.home, 'authority.pem'))
    await setup.answer('~/authority.pem')
    await setup.waitFor(/It works: the organization has \d+ endpoints/)
    await setup.waitFor('cbc lr connect')
    expect(await setup.exit).toMatchObject({ code: 0 })
    expectHidden(setup, secret)
    expect(setup.transcript()).toMatch(/no keychain can be used here/)

    const options = { home: setup.home, cwd: setup.home, env: NO_KEYCHAIN }
    const sticks = (await run(['usb', 'device', 'list', '--status', 'UNAPPROVED', '--json'], options)).json<{ id: string }[]>()
    expect((await run(['usb', 'approve', sticks[0]?.id ?? '', '--json'], options)).code).toBe(0)
    expect(await run(['lr', 'connect', 'WIN-FIN-01', '-c', 'pwd'], options)).toMatchObject({ code: 0, stdout: 'C:\\Windows\\system32\n' })
  })

  it('returns to the answer that was wrong', async () => {
    const setup = wizard(['init'], { env: { NODE_EXTRA_CA_CERTS: tenant.ca } })
    await answers(setup, 'WRONG123', 'NOTTHEKEY0123/ZZ99', 'ZZ99')
    await setup.waitFor('does not accept the key')
    await setup.pick('What now?', 'Enter the key again')
    await setup.pick('What kind of key is it?', 'API key')
    await setup.waitFor(rows => rows.at(-1)?.startsWith('? API ID') === true)
    await setup.answer(tenant.token.split('/')[1] ?? '')
    await setup.waitFor(rows => rows.at(-1)?.startsWith('? API secret key') === true)
    await setup.answer(tenant.token)
    await setup.waitFor('knows no organization WRONG123')
    await setup.pick('What now?', 'Change the org key')
    await setup.waitFor(/\? Org key \(WRONG123\)/)
    await setup.answer(tenant.org_key)
    await setup.waitFor('Now type')
    expect(await setup.exit).toMatchObject({ code: 0 })
    for (const secret of ['NOTTHEKEY0123', tenant.token.split('/')[0] ?? '']) expectHidden(setup, secret)
    expect(setup.raw().match(/\? API secret key[^\n]*/g)).toEqual(['? API secret key (not shown) \r', '? API secret key (not shown) \r'])
  })

  it('reports a malformed URL or org key at once, and leaves nothing behind after Ctrl-C', async () => {
    const setup = wizard(['init', 'prod'])
    await setup.pick('Where is your console?', 'another address')
    await setup.waitFor('? Its address')
    await setup.answer('http://example.com')
    await setup.waitFor('http is only for this machine')
    await setup.key('ctrl-u')
    await setup.answer(tenant.url)
    await setup.waitFor('? Org key')
    await setup.answer('my org')
    await setup.waitFor('this is not an org key')
    await setup.key('ctrl-c')
    expect(await setup.exit).toMatchObject({ code: 130 })
    expect(setup.transcript()).toContain('cbc: interrupted')
    expect(existsSync(join(setup.home, '.config', 'cbc'))).toBe(false)
  })

  it('does not show a key that is pasted before it is asked for', async () => {
    const setup = wizard(['init', 'prod', '--url', tenant.url, '--no-test', '--auth', 'api-key'])
    await setup.waitFor('? Org key')
    await setup.type(`${tenant.org_key}\r`)
    await setup.waitFor('? API ID')
    await setup.type(`zID77QX\r${tenant.token}`)
    await setup.waitFor('? API secret key')
    await setup.key('ctrl-u')
    await setup.answer(tenant.token)
    await setup.waitFor('Now type')
    expectHidden(setup, tenant.token.split('/')[0] ?? '')
  })

  it('refuses a secret in place of the API ID, and a key with another ID', async () => {
    const setup = wizard(['init', 'prod', '--url', tenant.url, '--org-key', tenant.org_key, '--no-test', '--auth', 'api-key'])
    await setup.waitFor('? API ID')
    await setup.answer('ABCDEFGHIJKLMNOPQRSTUVWX')
    await setup.waitFor(/too long for an API ID[^]*asked for next/)
    await setup.key('ctrl-u')
    await setup.answer('SECRET/ID')
    await setup.waitFor('this is a whole key')
    await setup.key('ctrl-u')
    await setup.answer('zID77QX')
    await setup.waitFor('? API secret key')
    await setup.answer('zID77QX')
    await setup.waitFor('this is the API ID')
    await setup.answer('NOTTHEKEY0123/OTHER')
    await setup.waitFor('not one for the API ID zID77QX')
    await setup.answer(tenant.token)
    await setup.waitFor('Now type')
    expectHidden(setup, tenant.token.split('/')[0] ?? '')
  })

  it('asks whether an unknown address is meant before a key is sent to it, and wraps at 80 columns', async () => {
    const setup = wizard(['init', 'prod'], { cols: 80 })
    await setup.pick('Where is your console?', 'another address')
    await setup.waitFor('? Its address')
    await setup.answer('https://defense-prod05.conferdeploy.net.example.com/settings')
    await setup.waitFor(/sent to\s+defense-prod05\.conferdeploy\.net\.example\.com[^]*\(y\/N\)/)
    await setup.key('enter')
    await setup.waitFor(rows => rows.filter(row => row.startsWith('? Its address')).length === 1)
    await setup.key('ctrl-u')
    await setup.answer('https://defense-prod05.conferdeploy.net')
    await setup.waitFor('? Org key')
    await setup.key('ctrl-c')
    await setup.exit
    const text = setup.transcript().split('\n')
    expect(text.filter(row => row.length > 80 && !row.startsWith('?') && !row.startsWith('✔'))).toEqual([])
    expect(text.join(' ')).toContain('Settings > API Access')
  })

  it('asks before it replaces a profile, and before it switches to another one', async () => {
    const first = wizard(['init', 'one', '--url', tenant.url, '--org-key', tenant.org_key, '--no-test', '--auth', 'api-key'])
    await first.waitFor('? API ID')
    await first.answer('zID77QX')
    await first.waitFor('? API secret key')
    await first.answer(tenant.token)
    await first.exit
    const second = wizard(['init', 'two', '--url', tenant.url, '--org-key', tenant.org_key, '--no-test', '--auth', 'api-key'], {
      home: first.home,
    })
    await second.waitFor('? API ID')
    await second.answer('zID77QX')
    await second.waitFor('? API secret key')
    await second.answer(tenant.token)
    await second.waitFor('Use it from now on, instead of one?')
    await second.answer('n')
    await second.waitFor('cbc --profile two doctor')
    const third = wizard(['init', 'One'], { home: first.home })
    await third.waitFor('There is a profile "One" already. Replace it?')
    await third.answer('')
    expect(await third.exit).toMatchObject({ code: 8 })
  })
})

it('cbc config set reads a secret without echo', async () => {
  const home = testFolder()
  await run(['config', 'init', 'prod', '--url', tenant.url, '--org-key', tenant.org_key, '--token-stdin', '--no-test'], {
    home,
    env: NO_KEYCHAIN,
    stdin: 'OLD/KEY',
  })
  const setup = wizard(['set', 'token'], { home })
  await setup.waitFor('? token')
  await setup.answer('not a key')
  await setup.waitFor('is not an API key')
  await setup.key('ctrl-u')
  await setup.answer('NEWSECRET987/NEWID')
  expect(await setup.exit).toMatchObject({ code: 0 })
  expectHidden(setup, 'NEWSECRET987')
  expect(readFileSync(join(home, '.config', 'cbc', 'profiles.json'), 'utf8')).toContain('NEWSECRET987/NEWID')
})
