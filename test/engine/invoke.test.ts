import { describe, expect, it } from 'vitest'
import { SILENT } from '../../src/core/ports.ts'
import type { Question } from '../../src/core/question.ts'
import { list, object, type Result, type Row } from '../../src/core/result.ts'
import type { AnyVerb } from '../../src/verbs/define.ts'
import { inOneLine, invoke, policyFor, preflight, type Policy } from '../../src/engine/invoke.ts'
import { type RemoteSession, Planned } from '../../src/remote/session.ts'
import { RemotePaths } from '../../src/remote/paths.ts'
import { ManualClock, memoryOutput, sameRandom } from '../support/host.ts'
import { localFiles } from '../../src/host/local-files.ts'

const FREE: Policy = { readOnly: false, yes: false }

function verb(over: Partial<AnyVerb> = {}): AnyVerb & { ran: Row[] } {
  const ran: Row[] = []
  return {
    name: 'rm',
    summary: 'delete',
    examples: [],
    effect: 'destroy',
    needs: ['delete file'],
    arguments: {},
    options: {},
    ran,
    async run(input) {
      ran.push(input)
      return object({ done: true }, [])
    },
    ...over,
  }
}

/** A session that supports these commands. */
function context(commands: string[] = ['delete file', 'directory list']) {
  const session: Pick<RemoteSession, 'supports' | 'label' | 'device' | 'paths'> = {
    label: 'WIN-01',
    device: { id: 7, name: 'WIN-01' },
    paths: new RemotePaths(true),
    supports: name => commands.includes(name),
  }
  return {
    session: session as RemoteSession,
    directory: 'C:\\',
    local: localFiles,
    clock: new ManualClock(),
    random: sameRandom,
    progress: SILENT,
    notice() {},
    lineOf: (words: readonly string[]) => words.join(' '),
    signal: new AbortController().signal,
    timeoutMs: 1000,
    describe: async () => ({}),
    stdout: memoryOutput(),
  }
}

describe('what is permitted', () => {
  const profile = { name: 'audit', readOnly: true }

  it('is everything, but with a question, where nothing else is said', () => {
    expect(policyFor({})).toEqual({ readOnly: false, yes: false })
    expect(policyFor({ yes: true }, { ...profile, readOnly: false })).toEqual({ readOnly: false, yes: true })
  })

  it('is reading only with --read-only or a read-only profile, and a refusal names the one that forbids it', () => {
    expect(policyFor({ readOnly: true }, profile)).toEqual({ readOnly: true, yes: false })
    const policy = policyFor({ yes: true }, profile)
    expect(policy).toEqual({ readOnly: true, profile: 'audit', yes: true })
    expect(() => preflight(verb(), {}, policy)).toThrow('rm: refused, because profile "audit" is read-only and this changes the endpoint')
  })
})

describe('a question in one line', () => {
  it.each([
    [{ what: 'delete', to: ['a', 'b'] }, 'delete: a, b'],
    [{ what: 'delete', to: [] }, 'delete'],
    [{ what: 'delete' }, 'delete'],
    [{ what: 'delete 2', to: ['a', 'b'], shown: true }, 'delete 2'],
  ])('%j', (question, line) => expect(inOneLine(question)).toBe(line))
})

describe('before anything is sent', () => {
  it('the input is validated', () => {
    const checked: unknown[] = []
    const input = { path: 'x' }
    preflight(
      verb({
        check: given => {
          checked.push(given)
        },
      }),
      input,
      FREE,
    )
    expect(checked).toEqual([input])
  })

  it.each([
    ['read', false],
    ['change', true],
    ['destroy', true],
  ] as const)('--read-only refuses what makes changes: %s %s', (effect, refused) => {
    const work = () => preflight(verb({ effect }), {}, { ...FREE, readOnly: true })
    if (refused)
      expect(work).toThrow(
        expect.objectContaining({ code: 'refused', message: 'rm: refused, because --read-only is set and this changes the endpoint' }),
      )
    else expect(work).not.toThrow()
  })

  it('a command that the endpoint does not support is refused', async () => {
    const rm = verb()
    await expect(invoke(rm, {}, context(['directory list']), FREE)).rejects.toMatchObject({
      code: 'refused',
      message: 'rm: WIN-01 does not have the command "delete file"',
      facts: { device_id: 7 },
    })
    expect(rm.ran).toEqual([])
  })
})

describe('a change to more than one exact thing', () => {
  const pattern = () => verb({ plan: async () => ({ targets: ['a', 'b'], question: { what: 'delete 2 on WIN-01', to: ['a', 'b'] } }) })

  it('is refused when nobody can be asked, and the refusal names the thing', async () => {
    const rm = pattern()
    await expect(invoke(rm, {}, context(), FREE)).rejects.toMatchObject({
      code: 'refused',
      message: 'rm: refused, because nobody is there to confirm: delete 2 on WIN-01: a, b',
      facts: { hint: 'add --yes if that is what you want' },
    })
    expect(rm.ran).toEqual([])
  })

  it.each([
    [true, 1],
    [false, 0],
  ])('is made when the answer is %s', async (answer, times) => {
    const rm = pattern()
    const asked: Question[] = []
    const running = invoke(rm, {}, context(), {
      ...FREE,
      confirm: async question => {
        asked.push(question)
        return answer
      },
    })
    if (answer) await running
    else await expect(running).rejects.toMatchObject({ code: 'refused', message: 'rm: not confirmed, nothing was done' })
    expect({ asked, times: rm.ran.length }).toEqual({ asked: [{ what: 'delete 2 on WIN-01', to: ['a', 'b'] }], times })
  })

  it("is confirmed with the machine's name when only its id was typed", async () => {
    const asked: Question[] = []
    const confirm = async (question: Question) => {
      asked.push(question)
      return false
    }
    for (const name of ['WIN-01', '', null]) {
      const nameless = { ...context(), describe: async () => ({ name }) }
      nameless.session = { ...nameless.session, device: { id: 7 } } as RemoteSession
      await expect(invoke(pattern(), {}, nameless, { ...FREE, confirm })).rejects.toMatchObject({ code: 'refused' })
    }
    expect(asked.map(({ to }) => to)).toEqual([
      ['device 7 is WIN-01', 'a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('is made without a question with --yes, or when it is exact', async () => {
    const confirm = async () => {
      throw new Error('asked')
    }
    const [sure, exact] = [pattern(), verb({ plan: async () => ({ targets: ['a'] }) })]
    await invoke(sure, {}, context(), { ...FREE, yes: true, confirm })
    await invoke(exact, {}, context(), { ...FREE, confirm })
    expect([sure.ran.length, exact.ran.length]).toEqual([1, 1])
  })
})

describe('the plan of a verb', () => {
  it.each([true, false])('is made once, and exactly what it found is done, --yes %s', async yes => {
    const done: unknown[] = []
    const there = ['a']
    const rm = verb({
      plan: async () => ({ targets: [...there], question: { what: 'delete', to: [...there] } }),
      run: async (_input, _context, targets) => {
        done.push(targets)
        return object({}, [])
      },
    })
    const confirm = async () => {
      there.push('came meanwhile')
      return true
    }
    await invoke(rm, {}, context(), { ...FREE, yes, confirm })
    expect(done).toEqual([['a']])
  })

  it('is listed in a refusal, up to ten items', async () => {
    const to = Array.from({ length: 12 }, (_, at) => `file${at}`)
    const rm = verb({ plan: async () => ({ targets: to, question: { what: 'delete 12', to } }) })
    await expect(invoke(rm, {}, context(), FREE)).rejects.toMatchObject({
      message: expect.stringMatching(/delete 12: file0, .*, file9, … and 2 more$/) as string,
    })
  })

  it('is not continued for a question that is never asked', async () => {
    const question = async (): Promise<Question> => {
      throw new Error('looked up')
    }
    await invoke(verb({ plan: async () => ({ targets: [], question }) }), {}, context(), { ...FREE, yes: true })
    await expect(invoke(verb({ plan: async () => ({ targets: [], question }) }), {}, context(), FREE)).rejects.toThrow('looked up')
  })
})

describe('a dry run', () => {
  const STEP = { name: 'delete file', path: 'C:\\x' }
  const rowsOf = (result: Result) => (result.kind === 'list' ? [...(result.rows as Row[])] : result)
  const dry = async (over: Partial<AnyVerb>, plan: Row[]) => rowsOf(await invoke(verb(over), {}, context(), FREE, plan))

  it('shows the steps that a verb would take, without asking', async () => {
    const plan: Row[] = []
    const question = async (): Promise<Question> => {
      throw new Error('asked')
    }
    expect(
      await dry(
        {
          plan: async () => ({ targets: [STEP], question }),
          run: async (_input, _context, targets) => {
            plan.push(...(targets as Row[]))
            return object({}, [])
          },
        },
        plan,
      ),
    ).toEqual([STEP])
  })

  it('reads rows and bytes that are work', async () => {
    for (const kind of ['list', 'bytes'] as const) {
      const plan: Row[] = []
      const work = async function* <T>(item: T): AsyncIterable<T> {
        plan.push(STEP)
        yield item
      }
      const run = async (): Promise<Result> =>
        kind === 'list' ? list(work({}), []) : { kind, bytes: work(Buffer.from('x')), object: () => ({}) }
      expect(await dry({ run }, plan)).toEqual([STEP])
    }
  })

  it('ends where it would need an answer', async () => {
    const plan: Row[] = []
    expect(
      await dry(
        {
          run: async () => {
            plan.push(STEP)
            throw new Planned()
          },
        },
        plan,
      ),
    ).toEqual([STEP])
    await expect(
      dry(
        {
          run: async () => {
            throw new Error('a defect')
          },
        },
        [],
      ),
    ).rejects.toThrow('a defect')
  })

  it('of a read is the read itself', async () => {
    expect(await dry({ effect: 'read', run: async () => list([{ name: 'x' }], []) }, [])).toEqual([{ name: 'x' }])
    expect(await dry({ effect: 'read', run: async () => object({ name: 'x' }, []) }, [])).toEqual(object({ name: 'x' }, []))
    expect(await dry({ effect: 'change', run: async () => list([{ name: 'x' }], []) }, [])).toEqual([])
  })
})
