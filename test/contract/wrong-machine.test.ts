import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/api/commands.ts'
import { VERBS } from '../../src/verbs/index.ts'
import { FAMILIES } from '../../src/engine/command-groups.ts'
import type { WireRequest } from '../../src/core/ports.ts'
import { commandLines } from '../support/command-lines.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'

const LINES = await commandLines()

let tenant: Tenant
let sent: WireRequest[] = []
async function open(): Promise<void> {
  tenant = await openTenant()
  tenant.between(service => request => {
    sent.push(request)
    return service(request)
  })
}
const close = () => tenant.close()
beforeEach(() => {
  sent = []
})

/**
 * Describes what a request changes on an endpoint or in the organization. Sessions and staged files are the program's own and do not count.
 */
function changeOf({ method, url: { pathname }, body }: WireRequest): string | undefined {
  const told = body instanceof Uint8Array ? (JSON.parse(Buffer.from(body).toString()) as { name?: keyof typeof COMMANDS }) : {}
  if (/\/liveresponse\/kill$/.test(pathname)) return 'disable'
  if (/\/device_actions$/.test(pathname)) return 'device action'
  if (/\/sessions\/[^/]+\/commands$/.test(pathname) && method === 'POST')
    return told.name !== undefined && COMMANDS[told.name].effect !== 'read' ? told.name : undefined
  if (/\/device_control\//.test(pathname) && !/_(search|facet|export)$/.test(pathname) && method !== 'GET') return `${method} ${pathname}`
  return undefined
}

const changes = () => sent.map(changeOf).filter(change => change !== undefined)

describe('--read-only', () => {
  beforeAll(open)
  afterAll(close)

  it.each(LINES.filter(({ effect }) => effect !== 'read').map(({ words }) => [words.join(' '), words] as const))(
    'refuses `%s`, and nothing is sent',
    async (_line, words) => {
      const { code, err } = await tenant.cbc(['--read-only', '--json', ...words])
      expect({ code, sent }).toEqual({ code: 8, sent: [] })
      expect(JSON.parse(err)).toMatchObject({ error: { code: 'refused' } })
    },
  )
})

describe('--read-only', () => {
  // A file that one example fetches is in the way of the next.
  beforeEach(open)
  afterEach(close)

  it.each(LINES.filter(({ effect }) => effect === 'read').map(({ words }) => [words.join(' '), words] as const))(
    'allows `%s`, which changes nothing',
    async (_line, words) => {
      const { code, err } = await tenant.cbc(['--read-only', ...words])
      expect({ code, err, changes: changes() }).toMatchObject({ code: 0, changes: [] })
    },
  )
})

describe('--dry-run', () => {
  beforeAll(open)
  afterAll(close)

  it.each(LINES.filter(({ effect }) => effect !== 'read').map(({ words }) => [words.join(' '), words] as const))(
    'of `%s` changes nothing',
    async (_line, words) => {
      const { code, err } = await tenant.cbc(['--dry-run', '--json', ...words])
      expect(changes()).toEqual([])
      expect({ code, err }).toEqual({ code: 0, err: '' })
    },
  )
})

/** Targets that are not one exact thing, for each verb that plans, and the text that a refusal must contain. */
const UNEXACT: Record<string, [words: string[], named: string][]> = {
  'lr rm': [
    [['lr', 'rm', 'WIN-FIN-01', 'C:\\Users\\Public\\*.txt'], 'C:\\Users\\Public\\old.txt'],
    [['lr', 'rm', 'WIN-FIN-01', '-r', 'C:\\Users\\Public\\old'], 'old\\note.txt'],
  ],
  'lr kill': [
    [['lr', 'kill', 'WIN-FIN-01', 'chrome.exe'], '9380 c:\\'],
    [['lr', 'kill', 'WIN-FIN-01', '--tree', '2712'], '2712 c:\\'],
  ],
  'lr reg delete': [
    [['lr', 'reg', 'delete', 'WIN-FIN-01', '-s', 'HKLM\\SOFTWARE\\Old'], 'HKLM\\SOFTWARE\\Old'],
    [['lr', 'reg', 'delete', 'WIN-FIN-01', '--all-values', 'HKLM\\SOFTWARE\\Old'], 'Level'],
  ],
  api: [
    [['api', 'DELETE', '/device_control/v3/orgs/{org_key}/approvals/10373'], 'DELETE /device_control/v3/orgs/{org_key}/approvals/10373'],
    [
      [
        'api',
        'POST',
        '/appservices/v6/orgs/ABCD1234/device_actions',
        '-f',
        'action_type=QUARANTINE',
        '-f',
        'device_id[]=11412673',
        '-f',
        'options[toggle]=ON',
      ],
      '"device_id":[11412673]',
    ],
  ],
  'device quarantine': [
    [['device', 'quarantine', 'WIN-FIN-01'], 'WIN-FIN-01'],
    [['device', 'quarantine', 'WIN-*'], 'WIN-HR-01 (11412690)'],
  ],
  'device unquarantine': [[['device', 'unquarantine', 'WIN-FIN-01,WIN-FIN-02'], 'WIN-FIN-02']],
  'usb approval delete': [[['usb', 'approval', 'delete', '10373', '10374'], '10374']],
  'usb approve': [[['usb', 'approve', '774', '824'], '710']],
  'usb approval create': [[['usb', 'approval', 'create', '--vendor-id', '05dc', '--product-id', 'a209'], 'JumpDrive S70']],
  'usb approval update': [[['usb', 'approval', 'update', '10373', '--serial-number', ''], '10373']],
  'usb approval import': [[['usb', 'approval', 'import', 'models.csv'], 'JumpDrive S70']],
  'usb unapprove': [[['usb', 'unapprove', '774', '775'], '775']],
  'usb block create': [[['usb', 'block', 'create', 'Executives'], 'Executives']],
  'usb block update': [[['usb', 'block', 'update', 'Standard', 'Servers', '--no-allow-write'], 'Servers']],
  'usb block delete': [[['usb', 'block', 'delete', 'Standard', 'Servers'], 'Servers']],
  'usb approval apply': [[['usb', 'approval', 'apply', 'sticks.csv'], '0x0951']],
  'lr disable': [[['lr', 'disable', 'SRV-FILE-02'], 'SRV-FILE-02']],
}

const asking = await Promise.all([
  ...VERBS.map(async ({ name, load }) => ({ name: `lr ${name}`, asks: (await load()).plan !== undefined })),
  ...Object.values(FAMILIES).flatMap(({ path, verbs }) =>
    verbs.map(async ({ name, load }) => ({ name: `${path} ${name}`.trim(), asks: (await load()).plan !== undefined })),
  ),
])

/** Each of these is given one exact thing. They look only for what an assistant's change is asked about: test/mcp/changes.test.ts. */
const ALWAYS_EXACT = ['lr mkdir', 'lr exec', 'lr reg add', 'lr memdump', 'lr triage']
const ASKING = asking.filter(({ asks }) => asks).map(({ name }) => name)

it('verbs that are always exact have a plan', () => expect(ASKING).toEqual(expect.arrayContaining(ALWAYS_EXACT)))

describe.each(ASKING.filter(name => !ALWAYS_EXACT.includes(name)))('when %s would change more than one exact thing', name => {
  beforeAll(open)
  afterAll(close)

  it('there is a test for it', () => expect(UNEXACT[name]).toBeDefined())

  it.each((UNEXACT[name] ?? []).map(([words, named]) => [words.join(' '), named, words] as const))(
    '`%s` is refused when nobody can be asked, the refusal names %s, and nothing is done',
    async (_line, named, words) => {
      const { code, err } = await tenant.cbc([...words, '--json'])
      expect(changes()).toEqual([])
      expect({ code, error: JSON.parse(err) as unknown }).toMatchObject({
        code: 8,
        error: {
          error: {
            code: 'refused',
            message: expect.stringContaining(named) as string,
            hint: expect.stringMatching(/^add (--yes|--confirm \S+) if that is what you want$/) as string,
          },
        },
      })
    },
  )
})

it('disable is not done with --yes alone, or with another name', async () => {
  await open()
  for (const more of [[], ['--yes'], ['--confirm', 'WIN-FIN-01'], ['--confirm', '']]) {
    expect(await tenant.cbc(['lr', 'disable', 'SRV-FILE-02', ...more])).toMatchObject({ code: 8, out: '' })
  }
  expect(changes()).toEqual([])
  await close()
})
