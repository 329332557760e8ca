import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'
import { memoryOutput } from '../../support/host.ts'
import { chainOf } from '../../support/journal-chain.ts'
import { sha256 } from '../../support/recorded-case.ts'

const DEVICE = 'WIN-FIN-01'
const FILE = 'C:\\Users\\Public\\a.txt'
const KEY = 'HKLM\\SOFTWARE\\Case'

let fleet: Fleet
let folder = ''
let local = ''
beforeEach(() => {
  fleet = openFleet()
  folder = join(testFolder(), 'case')
  local = join(testFolder(), 'local.txt')
})

const plain = async (...words: string[]) => await fleet.cbc(words)
const cbc = async (...words: string[]) => await fleet.cbc(['--case', folder, ...words])
const done = async (...words: string[]) => {
  const { code, out, err } = await cbc(...words)
  expect({ words, code, err: code === 0 ? '' : err }).toEqual({ words, code: 0, err: '' })
  return out
}
/** Puts a file with this text on the device, without the case. */
const given = async (text: string, path = FILE) => {
  writeFileSync(local, text)
  expect((await plain('lr', 'put', DEVICE, local, path, '--force')).code).toBe(0)
}
const text = async (path = FILE) => (await plain('lr', 'cat', DEVICE, path)).out
const listed = async () => JSON.parse((await plain('case', 'undo', folder, '--json')).out) as Record<string, unknown>[]
const undo = async (number: number, ...more: string[]) => {
  const { code, out, err } = await plain('case', 'undo', folder, String(number), '--json', ...more)
  return { code, rows: out === '' ? [] : (JSON.parse(out) as unknown), err }
}
const undoRecords = () => chainOf(folder).flatMap(({ undo: record }) => (record === undefined ? [] : [record]))

describe('before a change in a case, the state is saved, and case undo puts it back:', () => {
  it('a file that was deleted, with its bytes; what the API cannot set is named', async () => {
    await given('the evidence')
    await done('lr', 'rm', DEVICE, FILE)
    const hash = sha256('the evidence')
    expect(undoRecords()).toMatchObject([{ possible: true, kind: 'file', path: FILE, file: `undo/${hash}`, sha256: hash, size: 12 }])
    expect(readFileSync(join(folder, `undo/${hash}`), 'utf8')).toBe('the evidence')
    expect(await listed()).toMatchObject([
      { number: 1, state: 'possible', restores: 1, device_name: expect.stringContaining(DEVICE) as string },
    ])
    expect(await undo(1, '--dry-run')).toMatchObject({ code: 0, rows: [{ action: 'restore file', path: FILE, not_restored: ['times'] }] })
    expect(await undo(1)).toMatchObject({ code: 8, rows: [], err: expect.stringContaining('nobody is there to confirm') as string })
    expect((await plain('lr', 'stat', DEVICE, FILE)).code).toBe(4)
    expect(await undo(1, '--yes')).toMatchObject({ code: 0, rows: [{ action: 'restored', path: FILE, not_restored: ['times'] }] })
    expect(await text()).toBe('the evidence')
    expect(await listed()).toMatchObject([
      { number: 1, state: 'undone' },
      { number: 2, state: 'possible' },
    ])
    expect(chainOf(folder).at(-1)).toMatchObject({ event: 'undone', number: 1, outcome: 'done' })
    expect((await plain('case', 'verify', folder)).code).toBe(0)
  })

  it('a file that was overwritten; and the undo is undone like any other change', async () => {
    await given('before')
    writeFileSync(local, 'after')
    await done('lr', 'put', DEVICE, local, FILE, '--force')
    expect(await undo(1, '--yes')).toMatchObject({ code: 0, rows: [{ action: 'restored' }] })
    expect(await text()).toBe('before')
    expect(await undo(2, '--yes')).toMatchObject({ code: 0, rows: [{ action: 'restored' }] })
    expect(await text()).toBe('after')
  })

  it('a file that was not there before', async () => {
    writeFileSync(local, 'new')
    await done('lr', 'put', DEVICE, local, 'C:\\Users\\Public\\new.txt')
    expect(await undo(1, '--yes')).toMatchObject({ code: 0, rows: [{ action: 'deleted', path: 'C:\\Users\\Public\\new.txt' }] })
    expect((await plain('lr', 'stat', DEVICE, 'C:\\Users\\Public\\new.txt')).code).toBe(4)
  })

  it('a directory with everything in it', async () => {
    const directory = 'C:\\Users\\Public\\d'
    await plain('lr', 'mkdir', '-p', DEVICE, `${directory}\\e`)
    await given('one', `${directory}\\1.txt`)
    await given('two', `${directory}\\e\\2.txt`)
    await done('lr', 'rm', '-r', DEVICE, directory, '--yes')
    expect(await undo(1, '--yes')).toMatchObject({ code: 0, rows: [{}, {}, {}, {}] })
    expect([await text(`${directory}\\1.txt`), await text(`${directory}\\e\\2.txt`)]).toEqual(['one', 'two'])
  })

  it.each([
    ['REG_SZ', 'text'],
    ['REG_DWORD', '4294967295'],
    ['REG_QWORD', '18446744073709551615'],
    ['REG_BINARY', '00ff10'],
    ['REG_MULTI_SZ', 'one\\0two'],
    ['REG_EXPAND_SZ', '%TEMP%\\x'],
  ])('a registry value of type %s that was deleted or replaced, with type and data', async (type, data) => {
    await plain('lr', 'reg', 'add', DEVICE, KEY, '-v', 'Level', '-t', type, '-d', data)
    const value = async () => JSON.parse((await plain('lr', 'reg', 'query', DEVICE, KEY, '-v', 'Level', '--json')).out) as object
    const before = await value()
    await done('lr', 'reg', 'add', DEVICE, KEY, '-v', 'Level', '-t', 'REG_SZ', '-d', 'other', '-f')
    await done('lr', 'reg', 'delete', DEVICE, KEY, '-v', 'Level')
    expect(await undo(2, '--yes')).toMatchObject({ code: 0, rows: [{ action: 'restored', path: `${KEY}\\Level` }] })
    expect(await undo(1, '--yes')).toMatchObject({ code: 0, rows: [{ action: 'restored', path: `${KEY}\\Level` }] })
    expect(await value()).toEqual(before)
  })

  it('whole keys, and keys and values that were not there before', async () => {
    for (const key of [KEY, `${KEY}\\A`, `${KEY}\\A\\B`]) await plain('lr', 'reg', 'add', DEVICE, key, '-v', 'x', '-d', key)
    const tree = async () => (await plain('lr', 'reg', 'query', '-s', DEVICE, KEY, '--json')).out
    const before = await tree()
    await done('lr', 'reg', 'delete', '-s', DEVICE, KEY, '--yes')
    expect(await undo(1, '--yes')).toMatchObject({ code: 0 })
    expect(await tree()).toBe(before)
    await done('lr', 'reg', 'add', DEVICE, `${KEY}\\New`, '-v', 'y', '-d', '1')
    expect(await undo(3, '--yes')).toMatchObject({
      code: 0,
      rows: [
        { action: 'deleted', path: `${KEY}\\New\\y` },
        { action: 'deleted', path: `${KEY}\\New` },
      ],
    })
    expect(await tree()).toBe(before)
  })
})

describe('what cannot be put back', () => {
  it('is said with its reason: a process that was killed, with the line that starts it again', async () => {
    const ps = JSON.parse((await plain('lr', 'ps', DEVICE, '--json')).out) as {
      process_pid: number
      process_path: string
      process_cmdline: string
    }[]
    const { process_pid: pid, process_cmdline: line } = ps.find(one => one.process_path?.toLowerCase().endsWith('explorer.exe'))!
    await done('lr', 'kill', DEVICE, String(pid))
    expect(await listed()).toMatchObject([
      { state: 'not possible', reasons: ['a process that was killed does not come back as it was'], start_again: line },
    ])
    const { code, err } = await undo(1, '--yes')
    expect({ code, err }).toEqual({ code: 8, err: expect.stringContaining('cbc lr exec') as string })
  })

  it('because what the case kept was changed is not put back', async () => {
    await given('before')
    await done('lr', 'rm', DEVICE, FILE)
    writeFileSync(join(folder, `undo/${sha256('before')}`), 'forged')
    expect(await undo(1, '--yes')).toMatchObject({ code: 7, rows: [{ error: { code: 'refused' } }] })
    expect((await plain('lr', 'stat', DEVICE, FILE)).code).toBe(4)
    expect(await listed()).toMatchObject([{ state: 'possible' }])
  })
})

it('there is nothing to undo where a registry value was to be deleted that is not there', async () => {
  await plain('lr', 'reg', 'add', DEVICE, KEY)
  expect((await cbc('lr', 'reg', 'delete', DEVICE, KEY, '/v', 'none')).code).toBe(4)
  expect(await listed()).toEqual([])
})

it('a change whose state before cannot be saved is not made', async () => {
  await given('precious')
  await fleet.faults([{ path: '**/files/*/content', do: { status: 403 } }])
  const { code, err } = await cbc('lr', 'rm', DEVICE, FILE)
  expect({ code, err }).toEqual({
    code: 8,
    err: expect.stringContaining("was not changed, because the state before can't be saved in the case") as string,
  })
  await fleet.faults([])
  expect(await text()).toBe('precious')
})

it('without a case nothing is saved, and what cbc puts there for itself is not either', async () => {
  await done('lr', 'exec', DEVICE, 'ipconfig')
  expect(undoRecords()).toEqual([])
})

it('a number that is none of the list is not found', async () => {
  await done('lr', 'ps', DEVICE)
  expect(await undo(1)).toMatchObject({ code: 4 })
  expect((await plain('case', 'undo', folder, 'x')).code).toBe(2)
})

it('the list fits a terminal of 80 columns: what stays lost stands below the command', async () => {
  await given('the evidence')
  await done('lr', 'rm', DEVICE, FILE)
  await done('lr', 'kill', DEVICE, '7312')
  const stdout = memoryOutput({ isTerminal: true, columns: 80 })
  await fleet.cbc(['case', 'undo', folder], { stdout })
  const shown = stdout.text().trimEnd().split('\n')
  expect(shown.filter(line => line.length > 80)).toEqual([])
  expect(shown.some(line => line.includes('↳ a process that was killed'))).toBe(true)
})
