import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFleet, type Fleet } from '../support/fleet.ts'
import { FORENSIC_ARTIFACTS, HAVE_SETS, KAPE_TARGETS } from './public-sets.ts'

/** Commands that find out who has a profile, and what variables stand for. */
const FOR_VARIABLES = 20

/** What a collection does besides looking. */
const DOES = /^(?:get file|create process) /
/** What programs print comes by way of a temporary file; copies of files in use are not part of these collections. */
const OF_A_PROGRAM = /[\\/]cbc-[\w-]+/

let fleet: Fleet
let before: string
beforeEach(() => {
  before = process.cwd()
})
afterEach(() => {
  process.chdir(before)
})

async function sent(): Promise<string[]> {
  return (await fleet.executions()).map(({ name, object }) => `${name} ${object}`)
}

interface Both {
  /** What the dry run would fetch and run. */
  planned: string[]
  /** What was fetched and run then. */
  done: string[]
  /** Keys that were planned, and not read then. */
  unread: string[]
  /** The commands with which the dry run looked. */
  looked: string[]
}

/** Runs a collection dry, and then indeed. */
async function both(device: string, words: string[]): Promise<Both> {
  process.chdir(fleet.home)
  const line = ['lr', 'collect', ...words]
  const dry = await fleet.cbc([...line, device, '--dry-run', '--json'])
  expect(dry.code, dry.err).toBe(0)
  const planned = (JSON.parse(dry.out) as { name: string; path: string }[]).map(({ name, path }) => `${name} ${path}`).sort()
  const looked = await sent()
  expect(looked.filter(one => DOES.test(one))).toEqual([])
  await fleet.cbc([...line, device, '--into', 'out', '--json'])
  const all = (await sent()).slice(looked.length)
  const done = all.filter(one => DOES.test(one) && !OF_A_PROGRAM.test(one)).sort()
  const read = new Set(all)
  return { planned: planned.filter(one => DOES.test(one)), done, unread: planned.filter(one => !DOES.test(one) && !read.has(one)), looked }
}

/** A disk as those of Linux endpoints are, with what artifacts look for. */
function linuxDisk(): string {
  const disk = join(openFleet().home, 'disk')
  const files: Record<string, string> = {
    'etc/passwd': 'root:x:0:0::/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/bash\n',
    'etc/crontab': '* * * * * root /tmp/x\n',
    'etc/cron.d/job': 'x',
    'etc/ssh/sshd_config': 'x',
    'etc/systemd/system/evil.service': 'x',
    'home/ana/.bash_history': 'x',
    'home/ana/.ssh/authorized_keys': 'x',
    'home/ana/.config/google-chrome/Default/History': 'x',
    'root/.bash_history': 'x',
    'var/log/auth.log': 'x',
    'var/log/nginx/access.log': 'x',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(disk, path)), { recursive: true })
    writeFileSync(join(disk, path), text)
  }
  return disk
}

async function namesFor(os: string, words: string[] = []): Promise<string> {
  const { out } = await fleet.cbc(['lr', 'artifact', 'list', '--os', os, '--json', ...words])
  return (JSON.parse(out) as { name: string }[]).map(({ name }) => name).join(',')
}

describe('what a dry run says is what is sent', () => {
  it('for all definitions for Windows that ship', async () => {
    fleet = openFleet()
    const { planned, done, unread } = await both('WIN-FIN-01', [await namesFor('windows')])
    expect(planned.length).toBeGreaterThan(100)
    expect(done).toEqual(planned)
    expect(unread).toEqual([])
  })

  it('for all definitions for Linux that ship', async () => {
    fleet = openFleet({ local: linuxDisk() })
    const { planned, done } = await both('LNX-LAB-01', [await namesFor('linux')])
    expect(planned.length).toBeGreaterThan(10)
    expect(done).toEqual(planned)
  })
})

describe.skipIf(!HAVE_SETS)('what a dry run says is what is sent (CBC_TEST_DATA)', () => {
  const SETS = ['--artifacts', FORENSIC_ARTIFACTS, '--artifacts', KAPE_TARGETS]

  it('for both public sets on Windows; each directory and key is looked at once, and each file would be fetched once', async () => {
    fleet = openFleet()
    const { planned, done, unread, looked } = await both('WIN-FIN-01', [await namesFor('windows', SETS), ...SETS])
    expect(planned.length).toBeGreaterThan(200)
    expect(done).toEqual(planned)
    expect(unread).toEqual([])
    const fetched = planned.filter(one => one.startsWith('get file'))
    expect(fetched.length).toBe(new Set(fetched.map(one => one.toLowerCase())).size)
    const distinct = new Set(looked.map(one => one.toLowerCase().replace(/\\$/, '')))
    expect(distinct.size).toBeGreaterThan(300)
    // Each once, which is the floor. Which users there are is found out before.
    expect(looked.length).toBeLessThanOrEqual(distinct.size + FOR_VARIABLES)
  }, 300_000)

  it('for the public set on Linux', async () => {
    fleet = openFleet({ local: linuxDisk() })
    const { planned, done } = await both('LNX-LAB-01', [await namesFor('linux', SETS), ...SETS])
    expect(planned.length).toBeGreaterThan(10)
    expect(done).toEqual(planned)
  }, 300_000)
})
