import { beforeAll, describe, expect, it } from 'vitest'
import { QUEUE_SERVERS, type QueueServer } from '../support/queue-servers.ts'
import { openSharedFleet, type SharedFleet } from '../support/shared-fleet.ts'

const DEVICES = 24
const EXEC = ['lr', 'exec', 'query:os:WINDOWS', 'cmd.exe', '/c', 'ver']
const PS = ['lr', 'ps', 'query:os:WINDOWS']

interface Shown {
  run: string
  state: string
  devices: number
  done: number
  failed: number
  offline: number
  unknown: number
  not_begun: number
}

const nameOf = (stderr: string) => /run (\S+):/.exec(stderr)?.[1] ?? ''
const linesOf = (stdout: string) => stdout.trimEnd().split('\n')
const sorted = (ids: readonly number[]) => ids.toSorted((a, b) => a - b)

describe.each(QUEUE_SERVERS)('a run on $name', kind => {
  describe.skipIf(kind.missing)(kind.missing ?? 'with workers as processes', () => {
    let server: QueueServer
    let fleet: SharedFleet
    beforeAll(async () => {
      server = await kind.serve()
      fleet = await openSharedFleet(server.url, DEVICES, 40)
    })

    const show = async (name: string) => (await fleet.look(['run', 'show', name, '--json'])).json<Shown>()
    /** The devices whose lines say that they are done. */
    const doneIn = (stdout: string) =>
      linesOf(stdout)
        .map(line => JSON.parse(line) as { device_id: number; ok: boolean })
        .filter(({ ok }) => ok)
        .map(({ device_id }) => device_id)

    it('is done by two workers, each device once, and is shown as a run of one machine is', async () => {
      const workers = await Promise.all([fleet.worker(['--parallel', '4']), fleet.worker(['--parallel', '4', '--json'])])
      const ran = await fleet.cbc(EXEC)
      const name = nameOf(ran.stderr)
      const done = sorted(doneIn(ran.stdout))
      expect(sorted(await fleet.executed('create process'))).toEqual(done)
      const shown = await show(name)
      expect(linesOf(ran.stdout)).toHaveLength(shown.devices)
      expect(shown).toMatchObject({ state: 'done', done: done.length, unknown: 0, not_begun: 0 })
      expect(ran.stderr).toContain(`done ${done.length}, `)
      // A worker's text, and a worker's JSON.
      const [text, json] = workers.map(({ stdout }) => stdout)
      expect(text?.some(line => / done in /.test(line)) || json?.some(line => line.includes('"event":"ended"'))).toBe(true)
      for (const line of json ?? []) expect(JSON.parse(line)).toHaveProperty('event')
      // The lines again, and in another form; then everything of it is deleted.
      expect(sorted(doneIn((await fleet.look(['run', 'export', name])).stdout))).toEqual(done)
      expect((await fleet.cbc(['run', 'delete', name, '--json'])).json()).toEqual({ id: name, deleted: true })
      for (const worker of workers) expect(await worker.kill()).toEqual({ code: 0, signal: null })
    })

    it('goes on when a worker is killed with -9: another one takes its devices over, and nothing is done twice', async () => {
      const [first, second] = await Promise.all([fleet.worker(['--parallel', '6']), fleet.worker(['--parallel', '1'])])
      await fleet.stop(true)
      const starter = fleet.begin(EXEC)
      for (let begun = 0; begun < 6; begun++) await first.line(': begun')
      await first.kill('SIGKILL')
      await fleet.stop(false)
      const { code } = await starter.exit
      expect(code).toBe(7)
      const executed = await fleet.executed('create process')
      expect(new Set(executed).size).toBe(executed.length)
      const shown = await show(nameOf(starter.stderr.join('\n')))
      expect(shown).toMatchObject({ state: 'done', not_begun: 0 })
      expect(shown.done + shown.unknown).toBeGreaterThanOrEqual(executed.length)
      expect(executed.length).toBeGreaterThanOrEqual(shown.done)
      expect(second.stdout.some(line => line.includes('taken over'))).toBe(true)
      await second.kill()
    })

    it('goes on when the server is killed with -9 and started again: everybody says so, and nothing is done twice', async () => {
      const worker = await fleet.worker(['--parallel', '3'])
      await fleet.stop(true)
      const starter = fleet.begin(EXEC)
      for (let done = 0; done < 3; done++) await fleet.creep(worker.line(' done in '))
      await server.kill()
      await fleet.stop(false)
      await worker.line('waiting for it', { from: 'stderr' })
      await starter.line('waiting for it', { from: 'stderr' })
      await server.start()
      await worker.line('is back', { from: 'stderr' })
      await starter.line('is back', { from: 'stderr' })
      expect((await starter.exit).code).toBe(7)
      const executed = await fleet.executed('create process')
      expect(new Set(executed).size).toBe(executed.length)
      expect(await show(nameOf(starter.stderr.join('\n')))).toMatchObject({ state: 'done', not_begun: 0 })
      await worker.kill()
    })

    it('is handed back by a worker that is told to end, and left by its starter; run wait sees it end', async () => {
      const first = await fleet.worker(['--parallel', '4', '--grace', '1ms'])
      await fleet.stop(true)
      const starter = fleet.begin(PS)
      for (let begun = 0; begun < 4; begun++) await first.line(': begun')
      await fleet.creep(starter.line('{'))
      expect((await starter.kill('SIGINT')).code).toBe(130)
      const name = nameOf(starter.stderr.join('\n'))
      expect(starter.stderr.join('\n')).toContain(`\`cbc run wait ${name}\``)
      expect(await first.kill()).toEqual({ code: 0, signal: null })
      expect(await show(name)).toMatchObject({ state: 'running' })
      await fleet.stop(false)
      const second = await fleet.worker()
      expect((await fleet.cbc(['run', 'wait', name])).code).toBe(0)
      const shown = await show(name)
      expect(shown).toMatchObject({ state: 'done', not_begun: 0, unknown: 0 })
      const exported = await fleet.look(['run', 'export', name])
      expect(linesOf(exported.stdout)).toHaveLength(shown.devices)
      await second.kill()
    })

    it('is cancelled for all workers, and gone on with by run retry', async () => {
      const worker = await fleet.worker(['--parallel', '2'])
      await fleet.stop(true)
      const starter = fleet.begin(PS)
      await fleet.creep(starter.line('{'))
      const name = nameOf(starter.stderr.join('\n'))
      const cancelled = (await fleet.cbc(['run', 'cancel', name, '--json'])).json<Shown>()
      await fleet.stop(false)
      expect(cancelled).toMatchObject({ state: 'cancelled' })
      expect((await starter.exit).code).toBe(130)
      expect(cancelled.not_begun).toBeGreaterThan(0)
      const retried = await fleet.cbc(['run', 'retry', name])
      expect(retried.code).toBe(7)
      expect(await show(name)).toMatchObject({ state: 'done', not_begun: 0 })
      await worker.kill()
    })

    it('is refused by a worker that may only read, and nothing is sent', async () => {
      const worker = await fleet.worker(['--read-only'])
      await fleet.executed('')
      const ran = await fleet.cbc(['lr', 'rm', 'WIN-FIN-01,WIN-ENG-07', 'C:\\x.txt', '--yes'])
      expect(ran.code).toBe(7)
      for (const line of linesOf(ran.stdout)) expect(JSON.parse(line)).toMatchObject({ ok: false, error: { code: 'refused' } })
      expect(await fleet.executed('delete file')).toEqual([])
      await worker.kill()
    })

    it('is begun by a worker that was started while the server was down, as soon as that is there', async () => {
      await server.kill()
      const worker = fleet.launch()
      await worker.line('waiting for it', { from: 'stderr' })
      const starter = fleet.begin(['lr', 'ps', 'WIN-FIN-01,WIN-ENG-07'])
      await starter.line('waiting for it', { from: 'stderr' })
      await server.start()
      await worker.line('takes devices from')
      expect((await starter.exit).code).toBe(0)
      await worker.kill()
    })

    it('shows the password of its server nowhere', () => {
      const traces = fleet.traces()
      expect(traces).toContain('takes devices from')
      for (const password of server.passwords) expect(traces).not.toContain(password)
    })
  })
})
