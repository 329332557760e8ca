import { describe, expect, it } from 'vitest'
import { VERBS } from '../../src/verbs/index.ts'
import { withDevice } from '../../src/engine/examples.ts'
import { words } from '../../src/engine/tokenize.ts'
import { DEVICE } from '../support/command-lines.ts'
import { run } from '../support/program.ts'
import { openTenant, withoutService, type Ran } from '../support/tenant.ts'

/**
 * Runs a command line in this process, each with its own lab: main() is the program without its host, and a process for each line would
 * take minutes.
 */
async function typed(line: readonly string[]): Promise<Ran> {
  const tenant = await openTenant()
  try {
    return await tenant.cbc(line)
  } finally {
    await tenant.close()
  }
}

const definitions = await Promise.all(VERBS.map(async ({ name, load }) => ({ name, verb: await load() })))

describe.each(definitions)('$name', ({ name, verb }) => {
  const own = name.split(' ')
  const restOf = (line: string) => words(line).slice(own.length).map(String)

  it('is defined under the name in the list, with a one-line summary, examples and an effect', () => {
    expect(verb.name).toBe(name)
    expect(verb.summary).toMatch(/^[a-z][^\n.]*$/)
    expect(verb.examples.length).toBeGreaterThan(0)
    expect(['read', 'change', 'destroy']).toContain(verb.effect)
    for (const { line, does } of verb.examples) {
      expect(words(line).slice(0, own.length).join(' ')).toBe(name)
      expect(does).not.toBe('')
    }
  })

  it('has complete help in both front ends: summary, every argument, every option, every example', async () => {
    const oneShot = await withoutService(['lr', ...own, '--help'])
    const shell = await typed(['lr', 'connect', DEVICE, '-c', `help ${name}`])
    for (const { code, out, err } of [oneShot, shell]) {
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out.toLowerCase()).toContain(verb.summary.slice(0, 20).toLowerCase())
      for (const argument of Object.keys(verb.arguments)) expect(out).toContain(argument)
      for (const option of Object.values(verb.options)) expect(out).toContain(option.flags)
      for (const { does } of verb.examples) expect(out).toContain(does)
    }
    const device = verb.across === undefined ? '<device>' : '<device...>'
    expect(oneShot.out).toContain(device)
    expect(shell.out).not.toContain(device)
  })

  it.each(verb.examples)('runs its example: $line', async ({ line }) => {
    const rest = restOf(line)
    const oneShot = await typed(['lr', '--json', ...own, ...withDevice(rest, DEVICE, verb.deviceLast)])
    const shell = await typed(['lr', 'connect', DEVICE, '--json', '-c', line])
    for (const { code, err } of [oneShot, shell]) expect({ code, err }).toEqual({ code: 0, err: '' })
    const [shape, last] = [oneShot, shell].map(({ out }) => JSON.parse(out) as object) as [object, object]
    expect(Array.isArray(last)).toBe(Array.isArray(shape))
    if (!Array.isArray(last)) expect(Object.keys(last)).toEqual(Object.keys(shape))
    const fields = [shape].flat().flatMap(row => (typeof row === 'object' ? Object.keys(row) : []))
    expect(verb.fields).toEqual(expect.arrayContaining(fields))
  })

  it.runIf(verb.effect !== 'read')('is refused by --read-only before anything is sent', async () => {
    const { code, out, err } = await withoutService([
      'lr',
      ...own,
      DEVICE,
      '--read-only',
      '--json',
      ...restOf(verb.examples[0]?.line ?? ''),
    ])
    expect({ code, out }).toEqual({ code: 8, out: '' })
    expect((JSON.parse(err) as { error: { code: string } }).error.code).toBe('refused')
  })
})

it('the built program does the same in both front ends', async () => {
  const env = { CBC_PROFILE: 'lab' }
  const line = ['C:\\Windows\\System32\\drivers\\etc', '--json']
  const [oneShot, shell] = await Promise.all([
    run(['lr', 'ls', DEVICE, ...line], { env }),
    run(['lr', 'connect', DEVICE, '-c', ['ls', ...line].join(' ')], { env }),
  ])
  for (const { code, stderr } of [oneShot, shell]) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(shell.json()).toEqual(oneShot.json())
})
