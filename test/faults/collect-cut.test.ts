import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CbcError, EXIT_CODES } from '../../src/core/errors.ts'
import type { LocalFiles, Transport } from '../../src/core/ports.ts'
import { DEVICE, FaultBench, type Killable } from '../support/fault-matrix.ts'

/**
 * A small collection is cut off at each of its requests, in each way in turn. The same line then completes it: what is home, its hashes and the summary are as if
 * nothing had happened. Whatever the cut leaves on the endpoint is in the ledger, and `lr gc` removes it.
 */

const SMALL = `name: Small
sources:
- type: FILE
  attributes: {paths: ['C:\\Windows\\System32\\drivers\\etc\\hosts'], separator: '\\'}
- type: REGISTRY_VALUE
  attributes: {key_value_pairs: [{key: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion', value: ProductName}]}
- type: COMMAND
  attributes: {cmd: whoami.exe, args: []}
---
name: Database
sources:
- type: FILE
  attributes: {paths: ['C:\\Windows\\System32\\sru\\SRUDB.dat'], separator: '\\'}
`

/** In the last one, the request is carried out, and nobody is there for its answer. */
const WAYS = ['Ctrl-C', 'the service is gone', 'kill -9'] as const
type Way = (typeof WAYS)[number]

/** Cuts a run off at one of its requests. */
class Cut implements Killable {
  requests = 0
  readonly over: Promise<'killed'>
  readonly #interruption = new AbortController()
  readonly interrupt = this.#interruption.signal
  readonly #way: Way | undefined
  readonly #at: number
  #end: () => void = () => {}

  /** @param at counted from 1; with no way, nothing is cut off */
  constructor(way?: Way, at = 0) {
    this.#way = way
    this.#at = at
    this.over = new Promise(resolve => {
      this.#end = () => resolve('killed')
    })
  }

  transport(send: Transport): Transport {
    return async request => {
      const number = ++this.requests
      if (this.#way === 'the service is gone' && number >= this.#at) throw new CbcError('network', 'the service is gone')
      if (this.#way === 'kill -9' && number > this.#at) return await this.#dead()
      if (this.#way === 'Ctrl-C' && number === this.#at) this.#interruption.abort(new CbcError('interrupted', 'interrupted'))
      const response = await send(request)
      if (this.#way !== 'kill -9' || number !== this.#at) return response
      for await (const _ of response.body) continue
      return await this.#dead()
    }
  }

  files(files: LocalFiles): LocalFiles {
    return files
  }

  async #dead(): Promise<never> {
    this.#end()
    return await new Promise(() => {})
  }
}

/** What a collection brought home: of each file its hash, of results what was found. */
function home({ local }: FaultBench): Record<string, unknown> {
  const files = [...local.files].filter(([path]) => path.startsWith('out/files/'))
  const [, results = Buffer.from('null')] = [...local.files].filter(([path]) => path.startsWith('out/results/')).at(-1) ?? []
  const { collected: _, ...found } = (JSON.parse(results.toString()) ?? {}) as Record<string, unknown>
  return { ...Object.fromEntries(files.sort().map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')])), found }
}

/** The rows, without what differs from run to run: where results are, and their hash with the time in them. */
function summary(out: string): unknown {
  const rows = JSON.parse(out) as { files: { local_path: string }[] }[]
  return rows.map(row => ({ ...row, files: row.files.filter(({ local_path }) => !local_path.includes('/results/')) }))
}

/** What is on the endpoint that was made for a collection. @param shadow whether that may be a shadow copy too */
async function traces(bench: FaultBench, shadow: boolean): Promise<string[]> {
  const { out } = await bench.cbc(['lr', 'ls', DEVICE, 'C:\\Windows\\Temp'])
  const shadows = shadow ? await bench.cbc(['lr', 'exec', DEVICE, 'vssadmin.exe', 'list', 'shadows']) : { out: 'No items found' }
  const copies = (JSON.parse(out) as { path: string; filename: string }[]).filter(({ filename }) => filename.startsWith('cbc-'))
  return [...copies.map(({ path }) => path), ...(shadows.out.includes('No items found') ? [] : ['a shadow copy'])]
}

async function bench(blocked: readonly string[]): Promise<FaultBench> {
  const made = new FaultBench()
  made.local.files.set('own.yaml', Buffer.from(SMALL))
  if (blocked.length > 0) await made.ask('PATCH', '/lab/settings', { devices: { [DEVICE]: { blockedPrograms: blocked } } })
  return made
}

describe.each<[what: string, words: string[], blocked: string[]]>([
  ['a collection', ['Small'], []],
  ['a collection of a file in use, from a shadow copy', ['Database', '--locked'], ['esentutl.exe']],
])('%s, cut off at each request', (_what, asked, blocked) => {
  const words = ['lr', 'collect', ...asked, DEVICE, '--artifacts', 'own.yaml', '--into', 'out']

  it('is completed by the same line, and leaves nothing that is not removed by `lr gc`', async () => {
    const uncut = await bench(blocked)
    const life = new Cut()
    const whole = await uncut.cbc(words, life)
    expect(whole.code, whole.err).toBe(0)
    const expected = { home: home(uncut), summary: summary(whole.out) }
    expect(life.requests).toBeGreaterThan(30)
    await uncut.close()
    for (let at = 1; at <= life.requests; at++) {
      const b = await bench(blocked)
      const way = WAYS[at % WAYS.length]
      const first = await b.cbc(words, new Cut(way, at))
      const where = `${way} at request ${at} of ${life.requests}: ${first.code} ${first.err}`
      await b.clock.pass(60_000)
      const second = await b.cbc(words)
      expect({ code: second.code, err: second.err }, where).toMatchObject({ code: 0 })
      expect({ home: home(b), summary: summary(second.out) }, where).toEqual(expected)
      let gc = await b.cbc(['lr', 'gc', '--yes'])
      for (let more = 0; gc.code === EXIT_CODES.partial && more < 20; more++) gc = await b.cbc(['lr', 'gc', '--yes'])
      expect(await traces(b, blocked.length > 0), `${where}\n${gc.out}${gc.err}`).toEqual([])
      expect(b.ledger.traces, where).toEqual([])
      await b.close()
    }
  })
})
