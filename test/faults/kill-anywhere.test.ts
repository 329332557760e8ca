import { beforeAll, describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/core/errors.ts'
import type { LocalFiles, Transport } from '../../src/core/ports.ts'
import { DEVICE, FaultBench } from '../support/fault-matrix.ts'

/**
 * The program is killed (kill -9) at every point at which it uses the host: before and after each request, and before each step with a
 * local file. From then on it does nothing.
 * Then `lr gc` and a second run must complete correctly.
 */

const TEMP = 'C:\\Windows\\Temp'
const HOSTS = 'C:\\Windows\\System32\\drivers\\etc\\hosts'
const STICKS = 'vendor_id,product_id,serial_number,approval_name\n0x0951,0x1607,A1,one\n0x0951,0x1607,A2,two\n0x0951,0x1607,A3,three\n'
const stick = (serial: string, name: string) => [
  'usb',
  'approval',
  'create',
  '--vendor-id',
  '0951',
  '--product-id',
  '1607',
  '--serial-number',
  serial,
  '--name',
  name,
]
const NOTE = 'C:\\Users\\Public\\note.txt'

interface Work {
  words: string[]
  /** The second run; default: the same. */
  again?: string[]
  /** The number of steps, evenly spread, at which it is killed: each takes real time. */
  samples?: number
  /** Command lines that prepare the lab. */
  before?: string[][]
  /** Checks the state right after the kill. */
  halfway?(bench: FaultBench): Promise<void>
  /** Checks the state after the second run. */
  check(bench: FaultBench, out: string): Promise<void>
}

interface Approval {
  serial_number: string
  approval_name: string
  created_at: string
  updated_at: string
}

async function approvals(bench: FaultBench): Promise<Approval[]> {
  const { results } = await bench.ask<{ results: Approval[] }>('POST', '/device_control/v3/orgs/ABCD1234/approvals/_search', { rows: 100 })
  return results.sort((a, b) => a.serial_number.localeCompare(b.serial_number))
}

const named = (all: readonly Approval[]) => all.map(({ serial_number, approval_name }) => `${serial_number} ${approval_name}`)
const AS_IN_FILE = ['A1 one', 'A2 two', 'A3 three']

const WORKS: Record<string, Work> = {
  get: {
    words: ['lr', 'get', DEVICE, HOSTS, 'hosts'],
    again: ['lr', 'get', DEVICE, HOSTS, 'hosts', '--resume', '--force'],
    // No file has its final name until it is complete; the endpoint may still be writing.
    async halfway({ local }) {
      expect(local.files.get('hosts')?.toString() ?? 'localhost').toContain('localhost')
    },
    async check({ local }) {
      expect(local.files.get('hosts')?.toString()).toContain('localhost')
      expect(local.files.has('hosts.part')).toBe(false)
    },
  },
  put: {
    words: ['lr', 'put', DEVICE, 'note.txt', NOTE],
    again: ['lr', 'put', DEVICE, 'note.txt', NOTE, '--force'],
    async check(bench) {
      const { out } = await bench.cbc(['lr', 'cat', DEVICE, NOTE])
      expect(JSON.parse(out)).toMatchObject({ content: 'a note for the endpoint' })
    },
  },
  exec: {
    words: ['lr', 'exec', DEVICE, 'whoami.exe'],
    async check(bench, out) {
      expect(JSON.parse(out)).toMatchObject({ return_code: 0 })
      // Once for each run that reached the request.
      expect(await bench.executions('create process')).toBeLessThanOrEqual(2)
    },
  },
  script: {
    words: ['lr', 'script', DEVICE, 'greet.bat'],
    async check(bench, out) {
      expect(JSON.parse(out)).toMatchObject({ return_code: 0, output: expect.stringContaining('hello') as string })
      expect(await bench.executions('create process')).toBeLessThanOrEqual(2)
    },
  },
  'collect --locked': {
    words: ['lr', 'collect', 'WindowsHostsFile,WindowsSrum', DEVICE, '--into', 'out', '--locked'],
    samples: 5,
    async check({ local }, out) {
      expect((JSON.parse(out) as { fetched: number; failed: number }[]).map(({ fetched, failed }) => [fetched, failed])).toEqual([
        [1, 0],
        [1, 0],
      ])
      expect([...local.files.keys()].filter(name => name.startsWith('out/')).sort()).toEqual([
        'out/files/C/Windows/System32/drivers/etc/hosts',
        'out/files/C/Windows/System32/sru/SRUDB.dat',
      ])
    },
  },
  memdump: {
    words: ['lr', 'memdump', DEVICE, '--compress', '--get', 'memory.zip', '--no-space-check'],
    samples: 4,
    async check({ local }) {
      expect([...local.files].filter(([name]) => name.startsWith('memory')).map(([, { length }]) => length)).toEqual([expect.any(Number)])
    },
  },
}

const BULK: Record<string, Work> = {
  'usb approval import': {
    words: ['usb', 'approval', 'import', 'sticks.csv', '--batch-size', '1'],
    before: [stick('A2', 'two')],
    async check(bench) {
      const all = await approvals(bench)
      expect(named(all)).toEqual(AS_IN_FILE)
      // None was sent a second time: that would have changed it.
      expect(all.filter(({ created_at, updated_at }) => created_at !== updated_at)).toEqual([])
    },
  },
  'usb approval apply': {
    words: ['usb', 'approval', 'apply', 'sticks.csv', '--prune', '--yes'],
    before: [stick('A2', 'other'), stick('B1', 'to go')],
    async halfway(bench) {
      if (named(await approvals(bench)).join() === 'A2 other,B1 to go') return
      const kept = [...bench.local.files]
        .filter(([name]) => /rollback-[^.]*\.json$/.test(name))
        .map(([, bytes]) => named(JSON.parse(bytes.toString()) as Approval[]).sort())
      expect(kept).toEqual([['A2 other', 'B1 to go']])
    },
    async check(bench) {
      const all = await approvals(bench)
      expect(named(all)).toEqual(AS_IN_FILE)
      expect(all.filter(({ created_at, updated_at }) => created_at !== updated_at).map(({ serial_number }) => serial_number)).toEqual([
        'A2',
      ])
    },
  },
}

/** Lets a run take a number of steps with the host, and reports when they are used up. */
class Life {
  steps = 0
  readonly over: Promise<'killed'>
  readonly #most: number
  #end: () => void = () => {}

  constructor(most = Infinity) {
    this.#most = most
    this.over = new Promise(resolve => {
      this.#end = () => resolve('killed')
    })
  }

  /** Takes one step; the last one never returns. */
  async step(): Promise<void> {
    if (this.steps++ < this.#most) return
    this.#end()
    await new Promise(() => {})
  }

  transport(send: Transport): Transport {
    return async request => {
      await this.step()
      const response = await send(request)
      const body = response.body[Symbol.asyncIterator]()
      // The system closes the connections of a killed program, so the lab need not hold the rest of its answer.
      this.over.then(async () => (await body.next(), await body.return?.())).catch(() => {})
      await this.step()
      return { ...response, body: { [Symbol.asyncIterator]: () => body } }
    }
  }

  files(files: LocalFiles): LocalFiles {
    const create: LocalFiles['create'] = async (...given) => {
      await this.step()
      const target = await files.create(...given)
      return {
        ...target,
        write: async chunk => (await this.step(), await target.write(chunk)),
        commit: async modified => (await this.step(), await target.commit(modified)),
        discard: async () => (await this.step(), await target.discard()),
      }
    }
    return new Proxy(files, {
      get(whole, name: keyof LocalFiles) {
        return name === 'create' ? create : whole[name].bind(whole)
      },
    })
  }
}

/** The files that cbc left on the endpoint. */
async function temporaries(bench: FaultBench): Promise<string[]> {
  const { out } = await bench.cbc(['lr', 'ls', DEVICE, TEMP])
  return (JSON.parse(out) as { filename: string }[]).map(({ filename }) => filename).filter(name => /^(cbc-|memory-)/.test(name))
}

async function bench(before: readonly string[][]): Promise<FaultBench> {
  const made = new FaultBench()
  made.local.files.set('greet.bat', Buffer.from('@echo hello'))
  made.local.files.set('sticks.csv', Buffer.from(STICKS))
  for (const words of before) expect(await made.cbc(words)).toMatchObject({ code: 0 })
  // Older items are recognizable by their time.
  await made.clock.pass(1000)
  return made
}

const ALL = { ...WORKS, ...BULK }

describe.each(Object.keys(ALL))('%s, killed', name => {
  const { words, again = words, before = [], samples, halfway, check } = ALL[name] as Work
  let steps = 0
  beforeAll(async () => {
    // The first runs load lazy modules in real time; only the last one counts.
    for (let run = 1; ; run++) {
      const [whole, life] = [await bench(before), new Life()]
      const { code, err } = await whole.cbc(words, life)
      await whole.cbc(['lr', 'ls', DEVICE, TEMP])
      await whole.close()
      if (run === 4) expect(code, err).toBe(0)
      steps = life.steps
      if (run >= 2 && code === 0) break
    }
  })

  it('at every point: `lr gc` and a second run complete correctly', async () => {
    expect(steps).toBeGreaterThan(5)
    const stride = samples === undefined ? 1 : Math.ceil(steps / samples)
    for (let point = 0; ; point += stride) {
      const b = await bench(before)
      const where = `${name}, killed at point ${point} of ${steps}`
      const { code, err } = await b.cbc(words, new Life(point))
      if (code !== 'killed') {
        expect(code, err).toBe(0)
        await b.close()
        break
      }
      await halfway?.(b)
      await b.clock.pass(60_000)
      // gc reports what the endpoint is still working on, and must then be run again.
      let gc = await b.cbc(['lr', 'gc'])
      for (let more = 0; gc.code === EXIT_CODES.partial && more < 20; more++) {
        await new Promise(resolve => setTimeout(resolve, 50))
        gc = await b.cbc(['lr', 'gc'])
      }
      expect(gc, where).toMatchObject({ code: 0 })
      expect(await b.left(), `${where}\n${gc.out}`).toEqual([])
      expect(await temporaries(b), where).toEqual([])
      const second = await b.cbc(again)
      expect(second, `${where}\n${second.err}`).toMatchObject({ code: 0 })
      await check(b, second.out)
      expect(await b.left(), where).toEqual([])
      expect(await temporaries(b), where).toEqual([])
      await b.close()
    }
  })
})
