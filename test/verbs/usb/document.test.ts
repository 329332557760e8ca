import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Organization, type Row } from './organization.ts'

/** One example of the Device Control document. */
interface Example {
  call: string
  line: number
  request: { method: string; path: string; body?: unknown }
}

const FOLDER = new URL('../../fixtures/device-control/', import.meta.url)
const EXAMPLES = ['approvals', 'blocks', 'devices', 'products'].flatMap(
  name => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Example[],
)

const STICK = [
  '--vendor-id',
  '0781',
  '--product-id',
  '0x5581',
  '--serial-number',
  '4C531001331122115172',
  '--notes',
  'A few notes',
  '--name',
  'Example Approval',
]
/** What a user types for each call, and what must exist before. */
const TYPED: Record<string, { before?: string[]; words: string[] }> = {
  'Bulk Create Approvals': { words: ['approval', 'create', ...STICK] },
  'Get Approval by ID': { before: ['approve', '774'], words: ['approval', 'get', '10373'] },
  'Search Approvals': { before: ['approve', '774'], words: ['approval', 'list', '--vendor', 'SanDisk'] },
  'Update Approval': { before: ['approve', '774'], words: ['approval', 'update', '10373', '--notes', 'New notes'] },
  'Delete Approval by ID': { before: ['approve', '774'], words: ['approval', 'delete', '10373'] },
  'Bulk Create Blocks': { words: ['block', 'create', 'standard', '--yes'] },
  'Get Block by ID': { before: ['block', 'create', '6997287', '--yes'], words: ['block', 'get', 'Standard'] },
  'Get Blocks': { words: ['block', 'list'] },
  'Delete Block by ID': { before: ['block', 'create', '6997287', '--yes'], words: ['block', 'delete', 'STANDARD'] },
  'Get USB Device by ID': { words: ['device', 'get', '774'] },
  'Get Endpoints associated with a USB device': { words: ['device', 'endpoints', '774'] },
  'Search USB Devices': { words: ['device', 'list', '--product', 'Ultra', '--sort', 'last_seen:asc'] },
  'Facet USB Devices': { words: ['device', 'facet', '--by', 'product'] },
  'Get USB Device Vendors and Products Seen': { words: ['product', 'list'] },
}

describe('each documented call is available as a command', () => {
  it.each(EXAMPLES)('line $line: $call', async ({ call, request: { method, path, body } }) => {
    const organization = new Organization()
    const { before, words } = TYPED[call] ?? { words: [] }
    if (before !== undefined) expect(await organization.usb(...before)).toMatchObject({ code: 0 })
    // An update writes what was read first, except for the given fields.
    const read = call === 'Update Approval' ? (await organization.usb('approval', 'get', '10373', '--json')).json<Row>() : undefined
    organization.sent.length = 0
    expect(await organization.usb(...words, '--json')).toMatchObject({ code: 0, err: '' })
    const [sent, ...more] = organization.sent.filter(request => request.method === method && request.path === path)
    expect(more).toEqual([])
    expect(sent).toEqual({ method, path, body: read === undefined ? body : { ...read, notes: 'New notes' } })
    if (read !== undefined) expect(Object.keys(sent?.body as Row).sort()).toEqual(Object.keys(body as Row).sort())
  })
})
