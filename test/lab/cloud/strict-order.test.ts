import { afterEach, describe, expect, it } from 'vitest'
import type { LabOptions } from '../../../src/lab/lab.ts'
import { gate, SESSIONS, TestLab, until } from './support.ts'

const labs: TestLab[] = []
function open(options: Partial<LabOptions> = {}): TestLab {
  const test = new TestLab(options)
  labs.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

const EXEC = { name: 'create process', path: 'wiper.exe', wait: true }
const status = async (test: TestLab, session: string, id: number) => (await test.send('GET', `${session}/commands/${id}`)).body['status']

describe('a create process that waits for its program', () => {
  /** Starts a program that runs until the gate opens. */
  async function running() {
    const test = open()
    const session = await test.session()
    const door = gate()
    test.endpoints.run = async ({ name }, { signal, report }) => {
      if (name !== 'create process') return {}
      await report({ process_details: { pid: 42, return_code: -1 } })
      await door.pass(signal)
      return { process_details: { pid: 42, return_code: 0 } }
    }
    await test.issue(session, EXEC)
    await until(async () => (await status(test, session, 0)) === 'IN_PROGRESS')
    return { test, session, door }
  }

  it('blocks the commands behind it, even a kill', async () => {
    const { test, session, door } = await running()
    await test.issue(session, { name: 'kill', pid: 42 })
    await test.issue(session, { name: 'process list' })
    expect(await Promise.all([1, 2].map(id => status(test, session, id)))).toEqual(['PENDING', 'PENDING'])
    expect(test.endpoints.ran.map(({ name }) => name)).toEqual(['create process'])
    door.open()
    await test.end(session, 2)
    expect(test.endpoints.ran.map(({ name }) => name)).toEqual(['create process', 'kill', 'process list'])
  })

  it('cannot be cancelled, but those behind it can', async () => {
    const { test, session, door } = await running()
    await test.issue(session, { name: 'kill', pid: 42 })
    expect((await test.send('DELETE', `${session}/commands/0`)).status).toBe(400)
    expect((await test.send('DELETE', `${session}/commands/1`)).body['status']).toBe('CANCELLED')
    door.open()
    await test.end(session, 0)
    expect(test.endpoints.ran.map(({ name }) => name)).toEqual(['create process'])
  })

  it('ends with its session, as do the commands queued behind it, and a new session is free at once', async () => {
    const { test, session } = await running()
    await test.issue(session, { name: 'delete file', path: 'C:\\a' })
    const queued = test.send('GET', `${session}/commands/1?wait=true`)
    await test.send('DELETE', session)
    expect((await queued).status).toBe(404)
    const next = await test.session()
    expect(next).not.toBe(session)
    await test.issue(next, { name: 'kill', pid: 42 })
    expect(await test.end(next, 0)).toMatchObject({ status: 'COMPLETE' })
    expect(test.endpoints.ran.map(({ name }) => name)).toEqual(['create process', 'kill'])
  })
})

it.each([
  ['one with a window', 'notepad.exe'],
  ['one that runs for a while', 'ping -n 600 10.20.1.1'],
  ['one that another program waits for', 'cmd.exe /c ping -n 600 10.20.1.1'],
])('a program continues after its session is closed, until it is killed: %s', async (_, path) => {
  const test = open({ openEndpoint: undefined })
  const session = await test.session()
  await test.issue(session, { ...EXEC, path })
  let pid = 0
  await until(async () => {
    const { process_details: details } = (await test.send('GET', `${session}/commands/0`)).body as { process_details: { pid: number } }
    pid = details.pid
    return pid !== 0
  })
  await test.send('DELETE', session)
  const next = await test.session()
  let commands = 0
  const running = async () => {
    await test.issue(next, { name: 'process list' })
    const { processes } = (await test.end(next, commands++)) as { processes: { process_pid: number }[] }
    return processes.some(({ process_pid }) => process_pid === pid)
  }
  expect(await running()).toBe(true)
  await test.issue(next, { name: 'kill', pid })
  expect(await test.end(next, commands++)).toMatchObject({ status: 'COMPLETE' })
  expect(await running()).toBe(false)
  expect((await test.send('GET', SESSIONS)).status).toBe(200)
})
