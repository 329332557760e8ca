import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../src/api/live-response.ts'
import { regAdd } from '../../../src/verbs/registry/add.ts'
import { regDelete } from '../../../src/verbs/registry/delete.ts'
import { regExport } from '../../../src/verbs/registry/export.ts'
import { regQuery } from '../../../src/verbs/registry/query.ts'
import { failure } from '../../api/support.ts'
import { readRegFile } from '../../remote/reg-file-reader.ts'
import { verbBench } from '../../support/verb.ts'

const DENIED = { result_code: 2147942405 }
const MISSING = { result_code: 2147942402 }
const value = (registry_name: string, registry_type: string, registry_data: unknown) =>
  ({ registry_name, registry_type: `pb${registry_type}`, registry_data }) as never
const KEYS: Record<string, Partial<Command>> = {
  'HKLM\\K': { sub_keys: ['A', 'Shut', 'B'], values: [value('', 'REG_SZ', 'default'), value('n', 'REG_DWORD', '7')] },
  'HKLM\\K\\A': { sub_keys: ['Deep'], values: [] },
  'HKLM\\K\\A\\Deep': { sub_keys: [], values: [value('N', 'REG_MULTI_SZ', ['x', 'y'])] },
  'HKLM\\K\\Shut': DENIED,
  'HKLM\\K\\B': { sub_keys: [], values: [value('odd', 'REG_BINARY', 'no digits'), value('b', 'REG_BINARY', '00ff')] },
}
const endpoint = (keys = KEYS) =>
  verbBench({
    run: request => ({
      result: request.name === 'reg enum key' ? (keys[request.path] ?? MISSING) : request.name === 'reg query value' ? MISSING : {},
    }),
  })

describe('reg export', () => {
  it('writes what reg import accepts, and continues past keys that cannot be read', async () => {
    const b = await endpoint()
    const file = join(b.here, 'k.reg')
    const { rows, result } = await b.invoke(regExport, { key: 'HKLM\\K', file })
    const bytes = readFileSync(file)
    expect(rows).toEqual([
      { path: 'HKLM\\K', local_path: file, keys: 4, values: 4, sha256: createHash('sha256').update(bytes).digest('hex') },
    ])
    const keys = readRegFile(bytes)
    expect([...keys].map(([path, values]) => [path, values.map(({ name, type }) => [name, type])])).toEqual([
      [
        'HKEY_LOCAL_MACHINE\\K',
        [
          ['', 1],
          ['n', 4],
        ],
      ],
      ['HKEY_LOCAL_MACHINE\\K\\A', []],
      ['HKEY_LOCAL_MACHINE\\K\\A\\Deep', [['N', 7]]],
      ['HKEY_LOCAL_MACHINE\\K\\B', [['b', 3]]],
    ])
    expect(result.kind === 'object' && result.failed?.map(row => [row['path'], String(row['error'])])).toEqual([
      ['HKLM\\K\\Shut', 'CbcError: HKLM\\K\\Shut: access denied (0x80070005)'],
      ['HKLM\\K\\B\\odd', "CbcError: HKLM\\K\\B\\odd: this REG_BINARY can't be written in a .reg file"],
    ])
  })

  it('leaves no file, not even part of one, when it fails', async () => {
    const b = await endpoint()
    expect(await failure(b.invoke(regExport, { key: 'HKLM\\Nope', file: join(b.here, 'n.reg') }))).toMatchObject({ code: 'not_found' })
    expect(readdirSync(b.here)).toEqual([])
  })

  it('into a directory names the file after the key, and overwrites only with --force', async () => {
    const b = await endpoint()
    await b.invoke(regExport, { key: 'HKLM\\K\\A', file: b.here })
    expect(existsSync(join(b.here, 'A.reg'))).toBe(true)
    expect(await failure(b.invoke(regExport, { key: 'HKLM\\K\\A', file: b.here }))).toMatchObject({ code: 'refused' })
    await b.invoke(regExport, { key: 'HKLM\\K\\A', file: b.here, force: true })
  })

  it('writes nothing in a dry run', async () => {
    const b = await endpoint()
    expect(await b.plan(regExport, { key: 'HKLM\\K', file: join(b.here, 'k.reg') })).toEqual([{ name: 'reg enum key', path: 'HKLM\\K' }])
    expect(readdirSync(b.here)).toEqual([])
  })
})

describe('reg query -s', () => {
  it('returns every key, with an error for each that cannot be read', async () => {
    const b = await endpoint()
    const { rows } = await b.invoke(regQuery, { key: 'HKLM\\K', recursive: true })
    expect(rows.map(row => [row['path'], (row['error'] as { code: string } | undefined)?.code])).toEqual([
      ['HKLM\\K', undefined],
      ['HKLM\\K\\A', undefined],
      ['HKLM\\K\\A\\Deep', undefined],
      ['HKLM\\K\\Shut', 'remote'],
      ['HKLM\\K\\B', undefined],
    ])
  })

  it('with a name returns the keys that have such a value, and only that value', async () => {
    const b = await endpoint()
    const { rows } = await b.invoke(regQuery, { key: 'HKLM\\K', recursive: true, value: 'n' })
    expect(
      rows
        .filter(row => row['error'] === undefined)
        .map(row => [row['path'], (row['values'] as { registry_name: string }[]).map(one => one.registry_name)]),
    ).toEqual([
      ['HKLM\\K', ['n']],
      ['HKLM\\K\\A\\Deep', ['N']],
    ])
  })

  it('of a key that does not exist fails before a row is shown', async () => {
    const b = await endpoint()
    expect(await failure(b.invoke(regQuery, { key: 'HKLM\\Nope', recursive: true }))).toMatchObject({ code: 'not_found' })
  })
})

describe('reg delete after the confirmation', () => {
  it.each([
    [{ recursive: true }, ['HKLM\\K\\B', 'HKLM\\K']],
    [{ allValues: true }, ['HKLM\\K\\old']],
  ])('leaves what was added meanwhile: %j', async (options, gone) => {
    const keys: Record<string, Partial<Command>> = {
      'HKLM\\K': { sub_keys: ['B'], values: [value('old', 'REG_SZ', 'x')] },
      'HKLM\\K\\B': { sub_keys: [], values: [] },
    }
    const deleted: string[] = []
    const b = await verbBench({
      run(request) {
        if (request.name === 'reg delete key' || request.name === 'reg delete value') deleted.push(request.path)
        return { result: request.name === 'reg enum key' ? (keys[request.path] ?? MISSING) : {} }
      },
    })
    const { asked } = await b.confirmed(regDelete, { key: 'HKLM\\K', ...options }, () => {
      keys['HKLM\\K'] = { sub_keys: ['B', 'New'], values: [value('old', 'REG_SZ', 'x'), value('new', 'REG_SZ', 'y')] }
      keys['HKLM\\K\\New'] = { sub_keys: [], values: [] }
    })
    expect({ asked: asked.length, deleted }).toEqual({ asked: 1, deleted: gone })
  })
})

describe('a value whose name contains a backslash', () => {
  const PATHS = 'HKLM\\Exclusions\\Paths'
  const NAME = 'C:\\Users\\Public'
  const ENDPOINT: Record<string, Partial<Command>> = {
    [PATHS]: { sub_keys: ['C:'], values: [value(NAME, 'REG_DWORD', '0')] },
    // What its path would mean, split at the last backslash.
    [`${PATHS}\\C:\\Users`]: { sub_keys: [], values: [value('Public', 'REG_SZ', "another key's")] },
  }
  const changes = (b: Awaited<ReturnType<typeof endpoint>>) =>
    b.service.issued.filter(name => name !== 'reg enum key' && name !== 'reg query value')

  it.each(['c:\\users\\public', NAME])('is read from its key: -v %s', async typed => {
    const b = await endpoint(ENDPOINT)
    expect((await b.invoke(regQuery, { key: PATHS, value: typed })).rows).toEqual([
      { path: PATHS, registry_name: NAME, registry_type: 'REG_DWORD', registry_data: '0' },
    ])
    expect(b.service.issued).toEqual(['reg enum key'])
    expect(await failure(b.invoke(regQuery, { key: PATHS, value: 'D:\\x' }))).toMatchObject({
      code: 'not_found',
      message: `${PATHS}: no value "D:\\x"`,
    })
  })

  it('is found by its whole path when no key has that path', async () => {
    const b = await endpoint({ [PATHS]: ENDPOINT[PATHS] ?? {} })
    expect((await b.invoke(regQuery, { key: `${PATHS}\\${NAME}` })).rows).toEqual([
      { path: PATHS, registry_name: NAME, registry_type: 'REG_DWORD', registry_data: '0' },
    ])
    expect(await failure(b.invoke(regQuery, { key: `${PATHS}\\${NAME}\\x` }))).toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['set', regAdd, { value: NAME, data: 'x', force: true }],
    ['deleted', regDelete, { value: NAME }],
    ['deleted with all others', regDelete, { allValues: true }],
  ] as const)("cannot be named in the API, and another key's value is never %s instead", async (_what, verb, input) => {
    const b = await endpoint(ENDPOINT)
    const error = await failure(b.invoke(verb, { key: PATHS, ...input }))
    expect(error).toMatchObject({
      code: 'refused',
      message: `${PATHS}: the API can't name the value "${NAME}", because of the backslash in it; nothing was changed`,
    })
    expect(changes(b)).toEqual([])
  })
})

it('a value without a type is not taken for REG_NONE, and keeps its other fields', async () => {
  const b = await endpoint({
    'HKLM\\K': { sub_keys: [], values: [{ registry_name: 'x', registry_type: null, registry_data: 'y', flags: 3 } as never] },
  })
  expect((await b.invoke(regQuery, { key: 'HKLM\\K' })).rows).toMatchObject([
    { values: [{ registry_name: 'x', registry_type: null, registry_data: 'y', flags: 3 }] },
  ])
  const { result } = await b.invoke(regExport, { key: 'HKLM\\K', file: b.here })
  expect(result.kind === 'object' && result.failed?.map(({ error }) => String(error))).toEqual([
    "CbcError: HKLM\\K\\x: this value of unknown type can't be written in a .reg file",
  ])
})

describe('an endless registry tree', () => {
  const endless = () =>
    verbBench({ run: request => ({ result: request.name === 'reg enum key' ? { sub_keys: ['Again', 'More'], values: [] } : {} }) })

  it('ends reg export and reg query -s with a message', async () => {
    const b = await endless()
    const { result } = await b.invoke(regExport, { key: 'HKLM\\K', file: b.here })
    expect(result.kind === 'object' && result.failed?.map(({ error }) => (error as Error).message)).toEqual([
      expect.stringMatching(/Again: deeper than a registry can be: this key and all that follow are left out$/),
    ])
    expect((await b.invoke(regQuery, { key: 'HKLM\\K', recursive: true })).rows.at(-1)).toMatchObject({ error: { code: 'remote' } })
  })

  it('is not partly deleted by reg delete -s', async () => {
    const b = await endless()
    expect(await failure(b.invoke(regDelete, { key: 'HKLM\\K', recursive: true }))).toMatchObject({
      code: 'remote',
      message: expect.stringContaining('deeper than a registry can be') as string,
    })
    expect(b.service.issued).not.toContain('reg delete key')
  })
})

it.each([
  ['a\\0b\\0', '\\0', ['a', 'b']],
  ['a;b;', ';', ['a', 'b']],
  ['', '\\0', []],
  ['a', '\\0', ['a']],
])('reg add accepts a trailing separator in a REG_MULTI_SZ, as reg.exe does: %j', async (data, separator, parts) => {
  const b = await endpoint()
  await b.invoke(regAdd, { key: 'HKLM\\K', value: 'm', type: 'REG_MULTI_SZ', data, separator })
  expect(
    b.service.seen.map(({ body }) => (body as { value_data?: unknown } | undefined)?.value_data).filter(sent => sent !== undefined),
  ).toEqual([parts])
})

describe('when one step of a change fails,', () => {
  const failing = (name: string, at = 1) => {
    let seen = 0
    return verbBench({
      run: request => ({
        result:
          request.name === name && ++seen === at
            ? DENIED
            : request.name === 'reg enum key'
              ? (KEYS[request.path] ?? MISSING)
              : request.name === 'reg query value'
                ? MISSING
                : {},
      }),
    })
  }

  it('reg add says that it created the key', async () => {
    const b = await failing('reg set value')
    expect(await failure(b.invoke(regAdd, { key: 'HKLM\\New Key', value: 'x', data: '1' }))).toMatchObject({ code: 'remote' })
    expect(b.notices).toEqual([
      'done before that: the key HKLM\\New Key was created on WIN-FIN-01; `cbc lr reg delete 11412673 "HKLM\\New Key"` deletes it',
    ])
  })

  it('reg add does not claim to have created a key that existed', async () => {
    const b = await failing('reg set value')
    await failure(b.invoke(regAdd, { key: 'HKLM\\K', value: 'x', data: '1' }))
    const raced = await verbBench({
      run: ({ name }) => ({
        result:
          name === 'reg enum key'
            ? MISSING
            : name === 'reg create key'
              ? { result_code: 0x800700b7 }
              : name === 'reg set value'
                ? DENIED
                : {},
      }),
    })
    // That it exists by now is no failure: the value's is.
    expect(await failure(raced.invoke(regAdd, { key: 'HKLM\\New', value: 'x', data: '1' }))).toMatchObject({
      message: expect.stringContaining('access denied') as string,
    })
    expect([b.notices, raced.notices]).toEqual([[], []])
  })

  it('reg delete -s says how many keys or values it deleted', async () => {
    const open = { ...KEYS['HKLM\\K'], sub_keys: ['A', 'B'] }
    const b = await verbBench({
      run: request => ({
        result:
          request.name === 'reg enum key'
            ? request.path === 'HKLM\\K'
              ? open
              : (KEYS[request.path] ?? MISSING)
            : request.name === 'reg delete key' && request.path === 'HKLM\\K\\A'
              ? DENIED
              : {},
      }),
    })
    expect(await failure(b.invoke(regDelete, { key: 'HKLM\\K', recursive: true }))).toMatchObject({ code: 'remote' })
    const values = await failing('reg delete value', 2)
    expect(await failure(values.invoke(regDelete, { key: 'HKLM\\K', allValues: true }))).toMatchObject({ code: 'remote' })
    expect([b.notices, values.notices]).toEqual([
      ['done before that: 2 of 4 keys were deleted on WIN-FIN-01; the others are still there'],
      ['done before that: 1 of 2 values were deleted on WIN-FIN-01; the others are still there'],
    ])
  })
})

describe('reg delete', () => {
  const OPEN = { ...KEYS, 'HKLM\\K\\Shut': { sub_keys: [], values: [] } }
  const deleted = (b: Awaited<ReturnType<typeof endpoint>>) =>
    b.service.seen
      .map(({ body }) => body as { name?: string; path?: string } | undefined)
      .filter(body => body?.name?.startsWith('reg delete'))
      .map(body => body?.path)

  it('with -s deletes from the leaves up, and nothing if a key cannot be read', async () => {
    const b = await endpoint(OPEN)
    await b.invoke(regDelete, { key: 'HKLM\\K', recursive: true })
    expect(deleted(b)).toEqual(['HKLM\\K\\B', 'HKLM\\K\\Shut', 'HKLM\\K\\A\\Deep', 'HKLM\\K\\A', 'HKLM\\K'])
    const shut = await endpoint()
    expect(await failure(shut.invoke(regDelete, { key: 'HKLM\\K', recursive: true }))).toMatchObject({ code: 'remote' })
    expect(deleted(shut)).toEqual([])
  })

  it('deletes one value, the default value, or all values', async () => {
    const b = await endpoint()
    await b.invoke(regDelete, { key: 'HKLM\\K', value: 'n' })
    await b.invoke(regDelete, { key: 'HKLM\\K', default: true })
    await b.invoke(regDelete, { key: 'HKLM\\K', allValues: true })
    expect(deleted(b)).toEqual(['HKLM\\K\\n', 'HKLM\\K\\', 'HKLM\\K\\', 'HKLM\\K\\n'])
  })

  it('without -s deletes a key that has no sub keys', async () => {
    const b = await endpoint(OPEN)
    const { rows } = await b.invoke(regDelete, { key: 'HKLM\\K\\Shut' })
    expect([deleted(b), rows]).toEqual([['HKLM\\K\\Shut'], [{ path: 'HKLM\\K\\Shut' }]])
  })

  it('without -s refuses a key that has sub keys', async () => {
    const b = await endpoint()
    expect(await failure(b.invoke(regDelete, { key: 'HKLM\\K' }))).toMatchObject({ code: 'refused' })
    expect(deleted(b)).toEqual([])
  })
})

it.each([
  [regAdd, { key: 'HKLM\\K', value: 'x', type: 'REG_DWORD', data: 'much' }],
  [regAdd, { key: 'HKLM\\K', value: 'x', type: 'REG_DWORD', data: '4294967296' }],
  [regAdd, { key: 'HKLM\\K', value: 'x', type: 'REG_BINARY', data: '0' }],
  [regAdd, { key: 'HKLM\\K', value: 'x', default: true }],
  [regAdd, { key: 'HKLM\\K', data: 'x' }],
  [regAdd, { key: 'HKLM\\K', value: 'x', type: 'REG_MULTI_SZ', data: 'a\\0\\0b' }],
  [regDelete, { key: 'HKLM\\K', value: 'x', recursive: true }],
  [regQuery, { key: 'HKLM\\K', value: 'x', default: true }],
])('%o with %j is refused before anything is sent', async (verb, input) => {
  const b = await endpoint()
  expect(await failure(b.invoke(verb, input))).toMatchObject({ code: 'usage' })
  expect(b.service.issued).toEqual([])
})

describe('reg query --find', () => {
  const found = async (input: Record<string, unknown>) =>
    (await (await endpoint()).invoke(regQuery, { key: 'HKLM\\K', ...input })).rows.map(row => [
      row['path'],
      row['sub_keys'],
      (row['values'] as { registry_name: string }[]).map(({ registry_name: name }) => name),
      ...(row['error'] === undefined ? [] : ['!']),
    ])
  const SHUT = ['HKLM\\K\\Shut', [], [], '!']

  it('shows what contains a text in the key, and with -s in all keys below it', async () => {
    expect(await found({ find: 'DEF' })).toEqual([['HKLM\\K', [], ['']]])
    expect(await found({ find: 'dee', recursive: true })).toEqual([['HKLM\\K\\A\\Deep', [], []], SHUT])
    expect(await found({ find: 'n', recursive: true })).toEqual([
      ['HKLM\\K', [], ['n']],
      ['HKLM\\K\\A\\Deep', [], ['N']],
      SHUT,
      ['HKLM\\K\\B', [], ['odd']],
    ])
    expect(await found({ find: 'nowhere' })).toEqual([])
  })

  it.each([
    [{ find: 'a', inKeys: true }, [['HKLM\\K', ['A'], []]]],
    [{ find: 'b', inNames: true, recursive: true }, [SHUT, ['HKLM\\K\\B', [], ['b']]]],
    [{ find: 'x', inData: true, recursive: true }, [['HKLM\\K\\A\\Deep', [], ['N']], SHUT]],
    [{ find: 'N', exactCase: true, recursive: true, inNames: true }, [['HKLM\\K\\A\\Deep', [], ['N']], SHUT]],
    [{ find: '7', whole: true }, [['HKLM\\K', [], ['n']]]],
    [{ find: 'd*t' }, [['HKLM\\K', [], ['']]]],
  ])('%j finds the right keys and values', async (input, rows) => {
    expect(await found(input)).toEqual(rows)
  })

  it.each([{ find: 'x', value: 'n' }, { find: 'x', default: true }, { inKeys: true }, { whole: true }])(
    '%j is refused, and nothing is sent',
    async input => {
      const b = await endpoint()
      expect(await failure(b.invoke(regQuery, { key: 'HKLM\\K', ...input }))).toMatchObject({ code: 'usage' })
    },
  )
})
