import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { LabOptions } from '../../src/lab/lab.ts'
import { testFolder } from '../support/folder.ts'
import { gate, SESSIONS, TestLab, until } from './cloud/support.ts'
import { processes } from './store/support.ts'

const labs: TestLab[] = []
function open(state: string, options: Partial<LabOptions> = {}): TestLab {
  const test = new TestLab({ state, processes, ...options } as Partial<LabOptions>)
  labs.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

const PS = { name: 'process list' }

describe('a lab with saved state', () => {
  it('continues where it stopped', async () => {
    const folder = testFolder()
    const first = open(folder)
    const session = await first.session()
    const { id } = await first.upload(session, 'a.txt', 'x'.repeat(10_000))
    await first.issue(session, PS)
    await first.end(session, 0)
    await first.lab.close()
    const second = open(folder)
    expect((await second.send('GET', `${session}/commands/0`)).body).toMatchObject({ status: 'COMPLETE' })
    expect((await second.send('GET', `${session}/files/${String(id)}/content`)).text).toBe('x'.repeat(10_000))
    expect((await second.issue(session, PS))['id']).toBe(1)
  })

  it('deletes the data of a session with it, and everything at a reset', async () => {
    const folder = testFolder()
    const test = open(folder)
    const documents = () => readdirSync(folder).filter(name => name.endsWith('.json'))
    const session = await test.session()
    await test.upload(session, 'a.txt', 'x'.repeat(10_000))
    expect(documents()).toEqual(['cloud.json', expect.stringMatching(/^session-/)])
    await test.send('DELETE', session)
    expect(documents()).toEqual(['cloud.json'])
    await test.lab.reset()
    expect(documents()).toEqual([])
    expect(existsSync(join(folder, 'blobs'))).toBe(false)
  })

  it('ends running commands when it closes', async () => {
    const folder = testFolder()
    const first = open(folder)
    const session = await first.session()
    first.endpoints.run = (_, { signal }) =>
      gate()
        .pass(signal)
        .then(() => ({}))
    await first.issue(session, PS)
    await first.issue(session, PS)
    await until(() => first.endpoints.ran.length === 1)
    await first.lab.close()
    const second = open(folder)
    for (const id of [0, 1]) expect(await second.end(session, id)).toMatchObject({ status: 'ERROR', result_code: 0x800703e3 })
    expect(first.endpoints.ran.length).toBe(1)
  })
})

describe('two processes with the same lab', () => {
  it('share sessions, and run their commands in one order', async () => {
    const folder = testFolder()
    const [a, b] = [open(folder), open(folder)]
    const session = await a.session()
    expect(await b.session()).toBe(session)
    const log: string[] = []
    const door = gate()
    a.endpoints.run = async (_, { signal }) => {
      log.push('a begins')
      await door.pass(signal)
      log.push('a ends')
      return {}
    }
    b.endpoints.run = async () => {
      log.push('b')
      return {}
    }
    await a.issue(session, PS)
    await until(() => log.length === 1)
    expect((await b.issue(session, PS))['id']).toBe(1)
    const [one, two] = [b.end(session, 0), a.end(session, 1)]
    door.open()
    expect([(await one)['status'], (await two)['status']]).toEqual(['COMPLETE', 'COMPLETE'])
    expect(log).toEqual(['a begins', 'a ends', 'b'])
  })

  it("end each other's sessions", async () => {
    const folder = testFolder()
    const [a, b] = [open(folder), open(folder)]
    const session = await a.session()
    let stopped = false
    a.endpoints.run = (_, { signal }) =>
      gate()
        .pass(signal)
        .finally(() => {
          stopped = true
        })
        .then(() => ({}))
    await a.issue(session, PS)
    await until(() => a.endpoints.ran.length === 1)
    await b.send('DELETE', session)
    await until(() => stopped)
    expect((await a.send('GET', `${session}/commands/0`)).status).toBe(404)
    expect(readdirSync(folder).filter(name => name.startsWith('session-'))).toEqual([])
  })

  it('lose no command and no file', async () => {
    const folder = testFolder()
    const both = [open(folder), open(folder)]
    const session = (await both[0]?.session()) ?? ''
    const issued = await Promise.all(both.flatMap(test => Array.from({ length: 20 }, () => test.issue(session, PS))))
    await Promise.all(both.flatMap(test => Array.from({ length: 10 }, (_, i) => test.upload(session, `${i}`, 'x'))))
    expect(issued.map(({ id }) => id as number).sort((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, i) => i))
    await both[1]?.end(session, 39)
    const list = JSON.parse((await both[1]?.send('GET', `${session}/commands`))?.text ?? '') as { status: string }[]
    expect(new Set(list.map(({ status }) => status))).toEqual(new Set(['COMPLETE']))
    expect(JSON.parse((await both[0]?.send('GET', `${session}/files`))?.text ?? '')).toHaveLength(20)
  })

  it('report the commands of a dead process as failed, and continue', async () => {
    const folder = testFolder()
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    // Imitates a process that died: a lab under its pid that was never closed.
    const dead = open(folder, { processes: { ...processes, pid: child.pid ?? 0 } } as Partial<LabOptions>)
    const session = await dead.session()
    dead.endpoints.run = (_, { signal }) =>
      gate()
        .pass(signal)
        .then(() => ({}))
    await dead.issue(session, PS)
    await until(() => dead.endpoints.ran.length === 1)
    const test = open(folder)
    await test.issue(session, PS)
    // Before anything is read.
    await until(() => test.endpoints.ran.length === 1)
    expect(await test.end(session, 1)).toMatchObject({ status: 'COMPLETE' })
    expect(await test.end(session, 0)).toMatchObject({ status: 'ERROR', result_code: 0x800703e3, result_type: 'WinHresult' })
    expect((await test.send('GET', SESSIONS)).status).toBe(200)
  })
})
