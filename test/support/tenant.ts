import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Transport } from '../../src/core/ports.ts'
import type { Key } from '../../src/lab/cloud/access/keys.ts'
import { openLab } from '../../src/lab/lab.ts'
import { main } from '../../src/main.ts'
import { random } from '../../src/host/clock.ts'
import { DEVICE } from './command-lines.ts'
import { HurriedClock } from './hurried-clock.ts'
import { labService, memoryOutput, testHost, type MemoryOutput, type TestWorld } from './host.ts'
import { recycling } from './recycling.ts'
import { testFolder } from './folder.ts'

/** A run of the program. */
export interface Ran {
  code: number
  out: string
  err: string
}

/** A lab with everything that the examples of all verbs need, and a working directory. */
export interface Tenant {
  /** The transport of the lab, for tests that build their own host. */
  readonly send: Transport
  /** Runs the program in this process. */
  cbc(words: readonly string[], over?: Partial<TestWorld>): Promise<Ran & { stdout: MemoryOutput }>
  /** Wraps the transport between the program and the lab from now on. */
  between(transport: (service: Transport) => Transport): void
  close(): Promise<void>
}

/** Shell lines that prepare the lab. */
const SETUP = [
  'put README.md C:\\Users\\Public\\old.txt',
  'mkdir C:\\Users\\Public\\old',
  'put README.md C:\\Users\\Public\\old\\note.txt',
  'reg add HKLM\\SOFTWARE\\Old -v Level -t REG_DWORD -d 1',
]
/** Files that the examples read. */
const FILES: Record<string, string> = {
  'collect.ps1': 'Write-Output hello',
  'greet.bat': '@echo hello %1',
  'notes.txt': 'a note',
  'targets/EventLogs.tkape':
    "Description: Event logs\nTargets:\n    -\n        Name: Logs\n        Path: 'C:\\Windows\\System32\\winevt\\Logs\\'\n        FileMask: Setup.evtx\n",
  'tools/readme.txt': 'read me',
  'devices.txt': 'WIN-HR-01\n',
  'sticks.csv':
    'vendor_id,product_id,serial_number,approval_name,notes\r\n0x0781,0x5581,4C531001331122115172,Example,A few notes\r\n0x0951,,,Issued by IT,\r\n',
  'before.json': '[]',
  'approval.json': '{"notes": "given to the press office"}',
  'models.csv': 'vendor_id,product_id,serial_number\n05dc,a209,\n',
}

/**
 * Opens a tenant. Its folder is the working directory of this process until it is closed.
 * @param token of an API key with all permissions; default: that of the lab.
 * @param keys further API keys
 */
export async function openTenant(token?: string, keys: readonly Key[] = []): Promise<Tenant> {
  const clock = new HurriedClock()
  const lab = openLab({ clock, random, checkIn: 0, keys, ...(token === undefined ? {} : { token }) })
  const service = labService(lab)
  let send = service.send
  const [home, before] = [testFolder(), process.cwd()]
  for (const folder of ['tools', 'targets']) mkdirSync(join(home, folder))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(home, name), text)
  cpSync(fileURLToPath(new URL('../../README.md', import.meta.url)), join(home, 'README.md'))
  process.chdir(home)
  const cbc: Tenant['cbc'] = async (typed, over = {}) => {
    const host = testHost({
      clock,
      lab: async () => ({ ...service, send: recycling(request => send(request)), close: async () => {} }),
      stdout: memoryOutput(),
      ...over,
    })
    const code = await main(
      typed.map(word => (word === 'FILE-ID' ? fileId : word)),
      host,
    )
    return { code, out: host.stdout.text(), err: host.stderr.text(), stdout: host.stdout }
  }
  let fileId = ''
  await cbc(['lr', 'session', 'start', DEVICE])
  await cbc(['lr', 'connect', DEVICE, '-c', SETUP.join(';')])
  for (const serial of ['1', '2', '3'])
    await cbc([
      'usb',
      'approval',
      'create',
      '--vendor-id',
      '0781',
      '--product-id',
      '5581',
      '--serial-number',
      serial,
      '--name',
      'stick',
      '--notes',
      'none',
    ])
  await cbc(['usb', 'block', 'create', 'Standard', 'Servers', '--yes'])
  fileId = (JSON.parse((await cbc(['lr', 'file', 'upload', DEVICE, 'README.md', '--json'])).out) as { id: string }).id
  return {
    cbc,
    send: request => send(request),
    between(transport) {
      send = transport(service.send)
    },
    async close() {
      process.chdir(before)
      await lab.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Runs the program without a service, so that any request fails. */
export async function withoutService(words: readonly string[]): Promise<Ran> {
  const host = testHost({ env: { CBC_URL: 'http://127.0.0.1:1', CBC_TOKEN: 'a/b', CBC_ORG_KEY: 'c' } })
  const code = await main(words, host)
  return { code, out: host.stdout.text(), err: host.stderr.text() }
}
