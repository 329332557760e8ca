import { describe, expect, it } from 'vitest'
import { FAMILIES } from '../../src/engine/command-groups.ts'
import { commandLines } from '../support/command-lines.ts'
import { words } from '../../src/engine/tokenize.ts'
import { run } from '../support/program.ts'
import { openTenant, withoutService } from '../support/tenant.ts'

/** Commands that need more preparation; test/e2e/administration.test.ts runs them. */
const ELSEWHERE = ['command cancel']

/** The words of a command line below the program: `usb`, then what follows. */
const below = (path: string, line: string) => [...(path === '' ? [] : [path]), ...words(line)]
const LINES = await commandLines()

/** All fields that the rows of a result have. */
const fieldsIn = (shape: object) => [...new Set([shape].flat().flatMap(row => Object.keys(row)))]

const definitions = (
  await Promise.all(
    Object.values(FAMILIES).map(({ path, verbs }) =>
      Promise.all(verbs.map(async ({ name, load }) => ({ path, name, verb: await load() }))),
    ),
  )
).flat()

describe.each(definitions)('$path $name', ({ path, name, verb }) => {
  it('has complete help', async () => {
    expect(verb.name).toBe(name)
    expect(verb.summary).toMatch(/^[a-z][^\n.]*$/)
    expect(verb.examples.length).toBeGreaterThan(0)
    const { code, out, err } = await withoutService([...below(path, name), '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const { line, does } of verb.examples)
      for (const part of [['cbc', ...(path === '' ? [] : [path]), line].join(' '), does]) expect(out).toContain(part)
    for (const option of Object.values(verb.options)) expect(out).toContain(option.flags)
  })

  it.skipIf(ELSEWHERE.includes(name))('runs its examples', async () => {
    const tenant = await openTenant()
    for (const { line } of verb.examples) {
      const { code, out, err } = await tenant.cbc([...below(path, line), '--json'])
      expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
      const shape = JSON.parse(out) as object
      expect(shape).toBeTypeOf('object')
      // A dry run shows steps, and an export names the file that it wrote.
      if (verb.fields !== undefined && !/--dry-run| export /.test(line))
        expect(verb.fields).toEqual(expect.arrayContaining(fieldsIn(shape)))
    }
    await tenant.close()
  })

  it.runIf(verb.effect !== 'read')('is refused by --read-only before anything is sent', async () => {
    const changing = LINES.find(line => line.verb === `${path} ${name}`.trim() && line.effect !== 'read')
    const { code, out, err } = await withoutService([...(changing?.words ?? []), '--read-only', '--json'])
    expect({ code, out }).toEqual({ code: 8, out: '' })
    expect((JSON.parse(err) as { error: { code: string } }).error.code).toBe('refused')
  })
})

it('the built program does the same', async () => {
  const { code, stderr, json } = await run(['usb', 'device', 'get', '774', '--json'], { env: { CBC_PROFILE: 'lab' } })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(json()).toMatchObject({ id: '774' })
})

it.each(Object.values(FAMILIES).flatMap(({ path, groups }) => Object.keys(groups).map(group => ({ path, group }))))(
  'the plural of $path $group is accepted',
  async ({ path, group }) => {
    expect((await withoutService([path, `${group}s`, 'list', '--help'])).out).toContain(`cbc ${path} ${group} list`)
  },
)
