import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FAMILIES } from '../../src/engine/families.ts'
import { words } from '../../src/engine/words.ts'
import { run } from '../support/program.ts'

const DEVICE = 'WIN-FIN-01'
/** A request to where nothing listens would be exit code 9. */
const UNREACHABLE = { CBC_URL: 'http://127.0.0.1:1', CBC_TOKEN: 'a/b', CBC_ORG_KEY: 'c' }
/** What can't be run without more around it; test/e2e/administration.test.ts does it. */
const ELSEWHERE = ['command cancel']

const definitions = (await Promise.all(Object.values(FAMILIES).map(({ path, verbs }) => Promise.all(verbs.map(async ({ name, load }) => ({ path, name, verb: await load() })))))).flat()

/** A user for whom there is what the examples of a family are about. @returns runs an example */
async function prepared(family: string) {
  const home = await mkdtemp(join(tmpdir(), 'cbc-organization-'))
  const cbc = (...args: string[]) => run(args, { home, cwd: home, env: { CBC_PROFILE: 'lab' } })
  const id = family === 'usb' ? await usbDevices(home, cbc) : await session(home, cbc)
  return (path: string, line: string) => cbc(path, ...words(line).map(word => (String(word) === 'FILE-ID' ? id : String(word))), '--json')
}

type Cbc = (...args: string[]) => ReturnType<typeof run>

/** An open session in which there was a command, and a staged file. @returns its id */
async function session(home: string, cbc: Cbc): Promise<string> {
  await writeFile(join(home, 'README.md'), 'read me')
  await cbc('lr', 'session', 'start', DEVICE)
  await cbc('lr', 'ls', DEVICE)
  return (await cbc('lr', 'file', 'upload', DEVICE, 'README.md', '--json')).json<{ id: string }>().id
}

/** Approvals 10373, which is that of the document's example, to 10375, block 55, and files of approvals. */
async function usbDevices(home: string, cbc: Cbc): Promise<string> {
  await writeFile(join(home, 'sticks.csv'), 'vendor_id,product_id,serial_number,approval_name,notes\r\n0x0781,0x5581,4C531001331122115172,Example,A few notes\r\n0x0951,,,Issued by IT,\r\n')
  await writeFile(join(home, 'before.json'), '[]')
  await cbc('usb', 'approve', '774', '--name', 'Example Approval', '--notes', 'A few notes')
  await cbc('usb', 'approve', '700', '701')
  await cbc('usb', 'block', 'create', 'Standard', '--yes')
  return ''
}

describe.concurrent.each(definitions)('$path $name', ({ path, name, verb }) => {
  it('explains itself', async () => {
    expect(verb.name).toBe(name)
    expect(verb.summary).toMatch(/^[a-z][^\n.]*$/)
    expect(verb.examples.length).toBeGreaterThan(0)
    const { code, stdout, stderr } = await run([path, ...name.split(' '), '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { line, does } of verb.examples) for (const part of [`cbc ${path} ${line}`, does]) expect(stdout).toContain(part)
    for (const option of Object.values(verb.options)) expect(stdout).toContain(option.flags)
  })

  it.skipIf(ELSEWHERE.includes(name))('runs its examples', async () => {
    const example = await prepared(path)
    for (const { line } of verb.examples) {
      const { code, stderr, json } = await example(path, line)
      expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' })
      expect(json()).toBeTypeOf('object')
    }
  })

  it.runIf(verb.effect !== 'read')('is refused by --read-only, before anything is sent', async () => {
    const { code, stdout, stderr } = await run([path, ...words(verb.examples[0]?.line ?? '').map(String), '--read-only', '--json'], { env: UNREACHABLE })
    expect({ code, stdout }).toEqual({ code: 8, stdout: '' })
    expect((JSON.parse(stderr) as { error: { code: string } }).error.code).toBe('refused')
  })
})

it.each(Object.values(FAMILIES).flatMap(({ path, groups }) => Object.keys(groups).map(group => ({ path, group }))))('the plural of $path $group is taken too', async ({ path, group }) => {
  expect((await run([path, `${group}s`, 'list', '--help'])).stdout).toContain(`cbc ${path} ${group} list`)
})
