import { describe, expect, it } from 'vitest'
import { SILENT } from '../../src/core/ports.ts'
import type { Question } from '../../src/core/question.ts'
import { list, object, type Result, type Row } from '../../src/core/result.ts'
import type { AnyVerb } from '../../src/engine/verbs.ts'
import { invoke, preflight, type Policy } from '../../src/engine/invoke.ts'
import type { RemoteSession } from '../../src/engine/remote.ts'
import { Planned } from '../../src/remote/session.ts'
import { ManualClock, memoryOutput, sameRandom } from '../support/host.ts'
import { localFiles } from '../../src/host/local-files.ts'

const FREE: Policy = { readOnly: false, yes: false }

function verb(over: Partial<AnyVerb> = {}): AnyVerb & { ran: Row[] } {
  const ran: Row[] = []
  return {
    name: 'rm', summary: 'delete', examples: [], effect: 'destroy', needs: ['delete file'], arguments: {}, options: {}, ran,
    async run(input) {
      ran.push(input)
      return object({ done: true }, [])
    },
    ...over,
  }
}

/** A session that has some commands. */
function context(commands: string[] = ['delete file', 'directory list']) {
  const session: Pick<RemoteSession, 'supports' | 'label' | 'device'> = { label: 'WIN-01', device: { id: 7, name: 'WIN-01' }, supports: name => commands.includes(name) }
  return {
    session: session as RemoteSession, directory: 'C:\\', local: localFiles, clock: new ManualClock(), random: sameRandom, progress: SILENT, notice() {},
    signal: new AbortController().signal, patience: 1000, describe: async () => ({}), stdout: memoryOutput(),
  }
}

describe('before anything is sent', () => {
  it('the input is checked', () => {
    const checked: unknown[] = []
    const input = { path: 'x' }
    preflight(verb({ check: given => { checked.push(given) } }), input, FREE)
    expect(checked).toEqual([input])
  })

  it.each([['read', false], ['change', true], ['destroy', true]] as const)('--read-only refuses what changes something: %s %s', (effect, refused) => {
    const work = () => preflight(verb({ effect }), {}, { ...FREE, readOnly: true })
    if (refused) expect(work).toThrow(expect.objectContaining({ code: 'refused', message: 'rm: refused, because --read-only is set and this changes the endpoint' }))
    else expect(work).not.toThrow()
  })

  it('a command that the endpoint doesn\'t have is refused', async () => {
    const rm = verb()
    await expect(invoke(rm, {}, context(['directory list']), FREE)).rejects.toMatchObject({ code: 'refused', message: 'rm: WIN-01 does not have the command "delete file"', facts: { device_id: 7 } })
    expect(rm.ran).toEqual([])
  })
})

describe('what is not pointed at one exact thing', () => {
  const pattern = () => verb({ unexact: async () => ({ what: 'delete 2 on WIN-01', to: ['a', 'b'] }) })

  it('is refused where nobody can be asked', async () => {
    const rm = pattern()
    await expect(invoke(rm, {}, context(), FREE)).rejects.toMatchObject({ code: 'refused', message: 'rm: refused, because nobody is there to confirm: delete 2 on WIN-01', facts: { hint: 'add --yes if that is what you want' } })
    expect(rm.ran).toEqual([])
  })

  it.each([[true, 1], [false, 0]])('is done when the answer is %s', async (answer, times) => {
    const rm = pattern()
    const asked: Question[] = []
    const running = invoke(rm, {}, context(), { ...FREE, confirm: async question => {
      asked.push(question)
      return answer
    } })
    if (answer) await running
    else await expect(running).rejects.toMatchObject({ code: 'refused', message: 'rm: not confirmed, nothing was done' })
    expect({ asked, times: rm.ran.length }).toEqual({ asked: [{ what: 'delete 2 on WIN-01', to: ['a', 'b'] }], times })
  })

  it('is done without a question with --yes, and when it is exact', async () => {
    const confirm = async () => { throw new Error('asked') }
    const [sure, exact] = [pattern(), verb({ unexact: () => undefined })]
    await invoke(sure, {}, context(), { ...FREE, yes: true, confirm })
    await invoke(exact, {}, context(), { ...FREE, confirm })
    expect([sure.ran.length, exact.ran.length]).toEqual([1, 1])
  })
})

describe('a dry run', () => {
  const STEP = { name: 'delete file', path: 'C:\\x' }
  const rowsOf = (result: Result) => (result.kind === 'list' ? [...result.rows as Row[]] : result)
  const dry = async (over: Partial<AnyVerb>, plan: Row[]) => rowsOf(await invoke(verb(over), {}, context(), FREE, plan))

  it('is the steps that a verb would take, asked by nobody', async () => {
    const plan: Row[] = []
    const unexact = async (): Promise<Question> => { throw new Error('asked') }
    expect(await dry({ unexact, run: async () => {
      plan.push(STEP)
      return object({}, [])
    } }, plan)).toEqual([STEP])
  })

  it('reads rows and bytes that are work', async () => {
    for (const kind of ['list', 'bytes'] as const) {
      const plan: Row[] = []
      const work = async function* <T>(item: T): AsyncIterable<T> {
        plan.push(STEP)
        yield item
      }
      const run = async (): Promise<Result> => (kind === 'list' ? list(work({}), []) : { kind, bytes: work(Buffer.from('x')), object: () => ({}) })
      expect(await dry({ run }, plan)).toEqual([STEP])
    }
  })

  it('ends where an answer would be needed', async () => {
    const plan: Row[] = []
    expect(await dry({ run: async () => {
      plan.push(STEP)
      throw new Planned()
    } }, plan)).toEqual([STEP])
    await expect(dry({ run: async () => { throw new Error('a defect') } }, [])).rejects.toThrow('a defect')
  })

  it('of what changes nothing is the thing itself', async () => {
    expect(await dry({ effect: 'read', run: async () => list([{ name: 'x' }], []) }, [])).toEqual([{ name: 'x' }])
  })
})
