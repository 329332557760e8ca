import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { openFleet } from '../../support/fleet.ts'

const DEVICE = 'WIN-FIN-01'
const FILE = 'C:\\Users\\Public\\a.txt'
const KEY = 'HKLM\\SOFTWARE\\Case'
const COMMANDS = '**/sessions/*/commands'

/** Commands of the API that change an endpoint. */
const CHANGES = ['delete file', 'put file', 'create directory', 'reg create key', 'reg set value', 'kill']

interface World {
  folder: string
  local: string
  /** Runs the program with the case, or without it. */
  cbc(...words: string[]): Promise<{ code: number; out: string; err: string }>
  plain(...words: string[]): Promise<{ code: number; out: string; err: string }>
  /** The changes that the endpoint made. */
  made(): Promise<string[]>
  faults(rules: unknown): Promise<void>
  listed(): Promise<{ number: number; changed: string; state: string; restores: number }[]>
}

function opened(): World {
  const [fleet, home] = [openFleet(), testFolder()]
  const [folder, local] = [join(home, 'case'), join(home, 'local.txt')]
  writeFileSync(local, 'new')
  const plain = async (...words: string[]) => await fleet.cbc(words)
  return {
    ...{ folder, local, plain, faults: rules => fleet.faults(rules) },
    cbc: (...words) => fleet.cbc(['--case', folder, ...words]),
    async made() {
      const executed = (await fleet.executions()) as { name: string; status?: string }[]
      return executed.filter(({ name, status }) => CHANGES.includes(name) && status === 'COMPLETE').map(({ name }) => name)
    },
    listed: async () => JSON.parse((await plain('case', 'undo', folder, '--json')).out) as Awaited<ReturnType<World['listed']>>,
  }
}

const VERBS: Record<string, (world: World) => string[]> = {
  'put --force': ({ local }) => ['put', DEVICE, local, 'C:\\Users\\Public\\desktop.ini', '--force'],
  rm: () => ['rm', DEVICE, 'C:\\Users\\Public\\desktop.ini'],
  'mkdir -p': () => ['mkdir', '-p', DEVICE, 'C:\\Users\\Public\\d\\e'],
  'reg add': () => ['reg', 'add', DEVICE, KEY, '/v', 'x', '/d', 'new'],
  kill: () => ['kill', DEVICE, '7312'],
}

describe('of a command that failed, `case undo` lists what changed the endpoint, and no more:', () => {
  it.each(Object.entries(VERBS))('%s, whichever of its commands is refused', async (_name, words) => {
    for (let nth = 1, code = -1; code !== 0 || nth === 2; nth++) {
      const world = opened()
      await world.faults([{ method: 'POST', path: COMMANDS, nth, do: { status: 400 } }])
      const ran = await world.cbc('lr', ...words(world))
      const [made, listed] = [await world.made(), await world.listed()]
      code = ran.code
      const told = `refused: command ${nth}; exit code ${code}; ${made.length} changes: ${ran.err}`
      expect(listed.length, told).toBe(Math.min(1, made.length))
      for (const one of listed) expect(one, told).toMatchObject({ number: 1, changed: 'yes' })
      for (const { restores, state } of listed) expect(state === 'not possible' ? 1 : restores, told).toBe(made.length)
    }
  })
})

it('a command that failed leaves its number free for nobody, and its undo says that nothing was changed', async () => {
  const world = opened()
  const { cbc, plain, folder, local } = world
  expect((await cbc('lr', 'put', DEVICE, local, FILE)).code).toBe(0)
  await world.faults([{ method: 'POST', path: COMMANDS, nth: 3, do: { status: 400 } }])
  expect((await cbc('lr', 'rm', DEVICE, FILE)).code).toBe(5)
  expect((await cbc('lr', 'rm', DEVICE, FILE)).code).toBe(0)
  expect(await world.listed()).toMatchObject([
    { number: 1, state: 'possible' },
    { number: 3, state: 'possible' },
  ])
  expect(await plain('case', 'undo', folder, '2', '--yes')).toMatchObject({
    code: 4,
    err: expect.stringContaining('no command that changed something has the number 2') as string,
  })
})

it('what was undone and done again can be undone again', async () => {
  const { cbc, plain, folder, local, listed } = opened()
  const states = async () => (await listed()).map(({ state }) => state)
  const undo = async (number: number) => expect((await plain('case', 'undo', folder, String(number), '--yes')).code).toBe(0)
  expect((await cbc('lr', 'put', DEVICE, local, FILE)).code).toBe(0)
  await undo(1)
  expect(await states()).toEqual(['undone', 'possible'])
  await undo(2)
  expect(await states()).toEqual(['possible', 'undone', 'possible'])
  await undo(1)
  expect(await states()).toEqual(['undone', 'undone', 'possible', 'possible'])
  expect((await plain('lr', 'stat', DEVICE, FILE)).code).toBe(4)
})
