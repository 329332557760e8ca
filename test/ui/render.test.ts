import { describe, expect, it } from 'vitest'
import { MAX_IN_MEMORY_BYTES } from '../../src/core/bounded.ts'
import { CbcError } from '../../src/core/errors.ts'
import { ClosedPipe } from '../../src/core/ports.ts'
import { list, object, type Column, type Result, type Row } from '../../src/core/result.ts'
import { FORMATS } from '../../src/core/format.ts'
import { render } from '../../src/ui/render.ts'
import type { RenderOptions } from '../../src/ui/renderers/renderer.ts'
import { memoryOutput, until } from '../support/host.ts'

const COLUMNS: Column[] = [
  { key: 'name', title: 'file' },
  { key: 'size', align: 'right' },
]
const ROWS: Row[] = [
  { name: 'a.txt', size: 5, path: 'C:\\a.txt' },
  { name: 'b\u001b[2J.txt', size: 70, path: 'C:\\b' },
]
const failed = (name: string): Row => ({
  name,
  error: new CbcError('remote', `rm ${name}: access denied`, { result_code: 5, device_id: 7 }),
})

async function* slowly<T>(items: Iterable<T>): AsyncIterable<T> {
  for (const item of items) {
    await Promise.resolve()
    yield item
  }
}

async function show(result: Result, options: Omit<RenderOptions, 'stdout' | 'stderr'> & { terminal?: boolean } = {}) {
  const stdout = memoryOutput({ isTerminal: options.terminal === true })
  const stderr = memoryOutput()
  const code = await render(result, { ...options, stdout, stderr })
  return { code, out: stdout.text(), err: stderr.text(), stdout }
}

const bytes = (parts: (string | Uint8Array)[], exitCode?: number): Result => ({
  kind: 'bytes',
  bytes: slowly(parts.map(part => Buffer.from(part as string))),
  object: whole => ({ size: whole.length, content: Buffer.from(whole).toString() }),
  ...(exitCode === undefined ? {} : { exitCode }),
})

describe('a list', () => {
  it('is a table on a terminal', async () => {
    expect(await show(list(ROWS, COLUMNS), { terminal: true })).toMatchObject({
      code: 0,
      err: '',
      out: 'file          size\na.txt            5\nb\\x1b[2J.txt    70\n',
    })
  })

  it('is tab-separated elsewhere, with the same columns', async () => {
    expect((await show(list(slowly(ROWS), COLUMNS))).out).toBe('file\tsize\na.txt\t5\nb\\x1b[2J.txt\t70\n')
  })

  it('is a table in a pipe if requested, without a maximum width', async () => {
    const { out } = await show(list([{ name: 'x'.repeat(300) }], [{ key: 'name', flexible: true }]), { format: 'table' })
    expect(out).toBe(`name\n${'x'.repeat(300)}\n`)
  })

  it('is one JSON document, indented only on a terminal', async () => {
    expect((await show(list(slowly(ROWS), COLUMNS), { format: 'json' })).out).toBe(`${JSON.stringify(ROWS)}\n`)
    const { out } = await show(list(ROWS, COLUMNS), { format: 'json', terminal: true })
    expect(out).toBe(`${JSON.stringify(ROWS, undefined, 2)}\n`)
    expect((await show(list([], COLUMNS), { format: 'json' })).out).toBe('[]\n')
  })

  it('is one row per line in NDJSON, printed as soon as it is known', async () => {
    const stdout = memoryOutput()
    const seen: number[] = []
    async function* rows(): AsyncIterable<Row> {
      for (const row of ROWS) {
        yield row
        await new Promise(done => {
          setImmediate(done)
        })
        seen.push(stdout.writes.length)
      }
    }
    await render(list(rows(), COLUMNS), { format: 'ndjson', stdout, stderr: memoryOutput() })
    expect(seen).toEqual([1, 2])
    expect(stdout.text()).toBe(ROWS.map(row => `${JSON.stringify(row)}\n`).join(''))
  })

  it('is CSV with the names of the fields', async () => {
    expect((await show(list(ROWS, COLUMNS), { format: 'csv' })).out).toBe('name,size\r\na.txt,5\r\nb\\x1b[2J.txt,70\r\n')
    expect((await show(list([], COLUMNS), { format: 'csv' })).out).toBe('name,size\r\n')
  })

  it('without rows has a heading for programs, and nothing for people', async () => {
    expect((await show(list([], COLUMNS))).out).toBe('file\tsize\n')
    expect((await show(list([], COLUMNS), { terminal: true })).out).toBe('')
    expect((await show(list([], COLUMNS), { format: 'ndjson' })).out).toBe('')
  })

  it('may contain other values than objects in JSON', async () => {
    const drives: Result = { kind: 'list', rows: [{ drive: 'C:\\' }], columns: [{ key: 'drive' }], json: row => row['drive'] }
    expect((await show(drives, { format: 'json' })).out).toBe('["C:\\\\"]\n')
    expect((await show(drives, { format: 'ndjson' })).out).toBe('"C:\\\\"\n')
    expect((await show(drives)).out).toBe('drive\nC:\\\n')
  })

  it('writes many rows at once, but a row before a wait immediately', async () => {
    let writes = 0
    const out = memoryOutput()
    const stdout = {
      ...out,
      write: async (data: string | Uint8Array) => {
        writes++
        await out.write(data)
      },
    }
    await render(
      list(
        Array.from({ length: 1000 }, (_, n) => ({ name: n })),
        COLUMNS,
      ),
      { stdout, stderr: memoryOutput() },
    )
    expect(out.text().split('\n')).toHaveLength(1002)
    expect(writes).toBeLessThan(5)
    let release = (): void => {}
    async function* slow(): AsyncIterable<Row> {
      yield { name: 'first' }
      await new Promise<void>(done => {
        release = done
      })
    }
    const running = render(list(slow(), COLUMNS), { format: 'ndjson', stdout, stderr: memoryOutput() })
    await until(() => out.text().includes('first'))
    release()
    expect(await running).toBe(0)
  })

  it('of 100,000 rows is a complete table, in order and aligned', async () => {
    const rows = Array.from({ length: 100_000 }, (_, size) => ({
      name: `file ${size}${size === 99_999 ? ' with the longest name of all' : ''}`,
      size,
    }))
    const [heading = '', ...lines] = (await show(list(slowly(rows), COLUMNS), { terminal: true })).out.trimEnd().split('\n')
    expect(new Set([heading, ...lines].map(line => line.length))).toEqual(new Set([heading.length]))
    expect(lines.findIndex((line, size) => !line.startsWith(`file ${size} `) || !line.endsWith(` ${size}`))).toBe(-1)
    expect(lines).toHaveLength(rows.length)
  })

  it.each(['ndjson', 'csv'] as const)('of any length is never held in memory as %s', async format => {
    let [made, read, most] = [0, 0, 0]
    function* rows(): Iterable<Row> {
      for (; made < 300_000; most = Math.max(most, made - read)) yield { name: made++ }
    }
    const write = async (data: string | Uint8Array): Promise<void> => {
      await new Promise(done => {
        setImmediate(done)
      })
      read += data.toString().split('\n').length - 1
    }
    await render(list(rows(), COLUMNS), { ...(format && { format }), stdout: { ...memoryOutput(), write }, stderr: memoryOutput() })
    expect(made).toBe(300_000)
    expect(read).toBeGreaterThanOrEqual(made)
    expect(most).toBeLessThan(20_000)
  })

  it('after a change shows the known columns of those requested, and names the unknown ones', async () => {
    const wanted = ['name', 'nope']
    for (const result of [list(ROWS, COLUMNS), object(ROWS[0] ?? {}, COLUMNS)]) {
      for (const format of [undefined, 'json', 'ndjson', 'csv', 'table'] as const) {
        const [stdout, stderr] = [memoryOutput(), memoryOutput()]
        const options = { ...(format && { format }), columns: wanted, stdout, stderr }
        await expect(render(result, options)).rejects.toMatchObject({ code: 'usage' })
        expect(await render(result, { ...options, changed: true })).toBe(0)
        expect(stdout.text()).toContain(String(ROWS[0]?.['name']))
        expect(stderr.text()).toBe('cbc: --columns: there is no "nope"\n')
      }
    }
  })

  it('stops requesting rows when its reader is gone', async () => {
    let asked = 0
    let left = false
    function* rows(): Iterable<Row> {
      try {
        for (;;) yield { name: asked++ }
      } finally {
        left = true
      }
    }
    const stdout = {
      ...memoryOutput(),
      write: async () => {
        if (asked > 3) throw new ClosedPipe()
      },
    }
    for (const format of [undefined, 'ndjson', 'csv'] as const) {
      ;[asked, left] = [0, false]
      await expect(render(list(rows(), COLUMNS), { ...(format && { format }), stdout, stderr: memoryOutput() })).rejects.toThrow(ClosedPipe)
      // Rows that are all available are written many at once.
      expect({ left, few: asked < 100_000 }).toEqual({ left: true, few: true })
    }
  })
})

describe('a list without rows', () => {
  it('says so on a terminal, and nowhere else', async () => {
    const none = list([], COLUMNS, 'no files')
    expect(await show(none, { terminal: true })).toMatchObject({ out: '', err: 'no files\n' })
    for (const options of [{}, { terminal: true, format: 'json' }, { format: 'csv' }] as const)
      expect((await show(none, options)).err).toBe('')
    expect((await show(list([failed('x')], COLUMNS, 'no files'), { terminal: true })).err).not.toContain('no files')
    expect((await show(list(ROWS, COLUMNS, 'no files'), { terminal: true })).err).toBe('')
  })
})

describe('items that failed', () => {
  const rows = [failed('x'), ...ROWS, failed('y')]

  it.each([
    [undefined, false],
    [undefined, true],
    ['table', false],
    ['csv', false],
    ['csv', true],
  ] as const)('are reported on stderr (%s, terminal %s)', async (format, terminal) => {
    const { code, out, err } = await show(list(rows, COLUMNS), { ...(format && { format }), terminal })
    expect(code).toBe(7)
    expect(err).toBe('cbc: rm x: access denied\ncbc: rm y: access denied\ncbc: 2 of 4 failed\n')
    expect(out).toBe((await show(list(ROWS, COLUMNS), { ...(format && { format }), terminal })).out)
  })

  it.each(['json', 'ndjson'] as const)('are rows with their error in %s, and stderr has the one error of the whole', async format => {
    const { code, out, err } = await show(list(rows, COLUMNS), { format })
    expect({ code, error: JSON.parse(err) as unknown }).toEqual({
      code: 7,
      error: { error: { code: 'partial', message: '2 of 4 failed', hint: 'the result has the error of each' } },
    })
    const items =
      format === 'json'
        ? (JSON.parse(out) as unknown[])
        : out
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line) as unknown)
    expect(items).toEqual([
      { name: 'x', error: { code: 'remote', message: 'rm x: access denied', hint: null, result_code: 5, device_id: 7 } },
      ...ROWS,
      expect.objectContaining({ name: 'y' }),
    ])
  })

  it('may be the only ones', async () => {
    expect(await show(list([failed('x')], COLUMNS))).toMatchObject({ code: 7, out: 'file\tsize\n' })
    expect(await show(list([failed('x')], COLUMNS), { terminal: true })).toMatchObject({ code: 7, out: '' })
  })
})

describe('an object', () => {
  const thing = object({ name: 'a', size: 5, more: { deep: '\u001b' } }, COLUMNS)

  it('is shown in every format', async () => {
    expect((await show(thing, { terminal: true })).out).toBe('file  a\nsize  5\n')
    expect((await show(thing)).out).toBe('file\ta\nsize\t5\n')
    expect((await show(thing, { format: 'table' })).out).toBe('file  a\nsize  5\n')
    expect((await show(thing, { format: 'csv' })).out).toBe('name,size\r\na,5\r\n')
    expect((await show(thing, { format: 'ndjson', terminal: true })).out).toBe('{"name":"a","size":5,"more":{"deep":"\\u001b"}}\n')
    expect((await show(thing, { format: 'json', terminal: true })).out).toBe(`${JSON.stringify(thing.value, undefined, 2)}\n`)
  })

  it('may be shown as lines of a table, and as one document in JSON', async () => {
    const key: Result = {
      kind: 'object',
      value: { path: 'HKLM', sub_keys: ['a', 'b'] },
      columns: [{ key: 'name' }],
      rows: [{ name: 'a' }, { name: 'b' }],
    }
    expect((await show(key)).out).toBe('name\na\nb\n')
    expect((await show(key, { format: 'csv' })).out).toBe('name\r\na\r\nb\r\n')
    expect(JSON.parse((await show(key, { format: 'json' })).out)).toEqual(key.value)
  })
})

describe('bytes', () => {
  it.each(['json', 'ndjson'] as const)('too large for memory fail with %s, and the error says what to use instead', async format => {
    let read = 0
    const forever = async function* () {
      for (; read < 10 * MAX_IN_MEMORY_BYTES; read += 1024 * 1024) yield new Uint8Array(1024 * 1024)
    }
    await expect(show({ kind: 'bytes', bytes: forever(), object: all => ({ size: all.length }) }, { format })).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('larger than 64 MiB'),
      facts: { hint: expect.stringMatching(/> FILE.*get.*--output-file/) as string },
    })
    expect([MAX_IN_MEMORY_BYTES, read]).toEqual([64 * 1024 * 1024, MAX_IN_MEMORY_BYTES])
  })

  const noise = Buffer.from([0, 255, 27, 10, 13])

  it.each([undefined, 'table', 'csv'] as const)('are unchanged in a pipe (%s)', async format => {
    const { code, stdout } = await show(bytes([noise, noise], 3), format && { format })
    expect(code).toBe(3)
    expect(stdout.bytes()).toEqual(Buffer.concat([noise, noise]))
  })

  it('are harmless text on a terminal, with a final line end', async () => {
    expect((await show(bytes(['a\u001b[2J', '\tb\r', '\nc\r\nd']), { terminal: true })).out).toBe('a\\x1b[2J\tb\nc\nd\n')
    expect((await show(bytes(['all\r\n']), { terminal: true })).out).toBe('all\n')
    expect((await show(bytes(['end\r']), { terminal: true })).out).toBe('end\\r\n')
    expect((await show(bytes([]), { terminal: true })).out).toBe('')
    const euro = Buffer.from('€')
    expect((await show(bytes([euro.subarray(0, 1), euro.subarray(1)]), { terminal: true })).out).toBe('€\n')
    expect((await show(bytes([euro.subarray(0, 2)]), { terminal: true })).out).toBe('\ufffd\n')
  })

  it('are an object in JSON, whose exit code is kept', async () => {
    expect(await show(bytes(['ab', 'c'], 3), { format: 'json' })).toMatchObject({ code: 0, out: '{"size":3,"content":"abc"}\n' })
    expect((await show(bytes(['abc']), { format: 'ndjson', terminal: true })).out).toBe('{"size":3,"content":"abc"}\n')
  })
})

describe('--columns', () => {
  it.each([
    [undefined, 'path\tfile\nC:\\a.txt\ta.txt\nC:\\b\tb\\x1b[2J.txt\n'],
    ['csv', 'path,name\r\nC:\\a.txt,a.txt\r\nC:\\b,b\\x1b[2J.txt\r\n'],
    ['table', 'path      file\nC:\\a.txt  a.txt\nC:\\b      b\\x1b[2J.txt\n'],
    ['json', '[{"path":"C:\\\\a.txt","name":"a.txt"},{"path":"C:\\\\b","name":"b\\u001b[2J.txt"}]\n'],
    ['ndjson', '{"path":"C:\\\\a.txt","name":"a.txt"}\n{"path":"C:\\\\b","name":"b\\u001b[2J.txt"}\n'],
  ] as const)('selects fields by name or heading, in the given order (%s)', async (format, out) => {
    expect((await show(list(ROWS, COLUMNS), { ...(format && { format }), columns: ['path', 'file'] })).out).toBe(out)
  })

  it.each([undefined, ...FORMATS])('names the unknown column (%s)', async format => {
    for (const result of [list([failed('x'), ...ROWS], COLUMNS), object(ROWS[0] ?? {}, COLUMNS)]) {
      await expect(show(result, { ...(format && { format }), columns: ['nope'] })).rejects.toMatchObject({
        code: 'usage',
        message: '--columns: there is no "nope"',
        facts: { hint: 'choose from name, size, path' },
      })
    }
  })

  it('may name a field that only some rows have', async () => {
    const rows = [{ name: 'a', note: 'x' }, { name: 'b' }]
    expect((await show(list(rows, COLUMNS), { columns: ['name', 'note'] })).out).toBe('file\tnote\na\tx\nb\t\n')
    expect((await show(list([...rows].reverse(), COLUMNS), { columns: ['note'], format: 'table' })).out).toBe('note\n\nx\n')
  })

  it('selects fields of an object, and of bytes in JSON', async () => {
    expect((await show(object(ROWS[0] ?? {}, COLUMNS), { columns: ['path'] })).out).toBe('path\tC:\\a.txt\n')
    expect((await show(bytes(['abc']), { columns: ['size'], format: 'json' })).out).toBe('{"size":3}\n')
  })
})

it('no output format writes anything dangerous to a terminal', async () => {
  const hostile = '\u001b[2J\u202e\r\u0007\u009b'
  const row = { name: hostile, list: [hostile], deep: { [hostile]: hostile } }
  const columns: Column[] = [{ key: 'name' }, { key: 'list' }, { key: 'deep' }, { key: 'text', text: () => hostile }]
  const results = () => [
    list([row, { error: new CbcError('remote', hostile, { hint: hostile }) }], columns),
    object(row, columns),
    bytes([hostile]),
  ]
  for (const format of [undefined, ...FORMATS]) {
    for (const result of results()) {
      const { out, err } = await show(result, { ...(format && { format }), terminal: true })
      expect(out.replaceAll('\r\n', '') + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
  }
})

it.each([...FORMATS, undefined])('a long list as %s is the same whether its rows are there together or come one by one', async format => {
  const rows = Array.from({ length: 3000 }, (_, n) => ({ name: `${'long '.repeat(10)}${n}`, size: n }))
  const how = { terminal: false, ...(format === undefined ? {} : { format }) }
  const together = await show(list(rows, COLUMNS), how)
  expect(together.out).toBe((await show(list(slowly(rows), COLUMNS), how)).out)
  expect(together.out).toContain('long 2999')
})

describe('a result within a drawing', () => {
  const HASHES: Column[] = [{ key: 'path' }, { key: 'sha256', priority: 1 }]
  const hash = (path: string): Row => ({ path, sha256: 'e'.repeat(64) })
  const within = (rows: Row[]): Result => ({
    ...list([{ step: 1 }], [{ key: 'step' }]),
    drawn: { line: () => 'hash', beneath: () => ({ result: { ...list(rows, HASHES), rows }, lines: ['… 3 more'] }) },
  })

  it('is indented, escaped, and followed by its lines', async () => {
    const { out } = await show(within([{ path: 'a\u001b[2J', sha256: 'x' }]), { terminal: true })
    expect(out).toBe('hash\n     path      sha256\n     a\\x1b[2J  x\n     … 3 more\n')
  })

  it('says which columns did not fit, and is no table where it is one row', async () => {
    const { out } = await show(within([hash('/var/tmp/update'), hash('/tmp/update')]), { terminal: true })
    expect(out).toContain('     /tmp/update\n     not shown: sha256\n')
    const { out: one } = await show(within([hash('/var/tmp/update')]), { terminal: true })
    expect(one).toBe(`hash\n     path    /var/tmp/update\n     sha256  ${'e'.repeat(64)}\n     … 3 more\n`)
  })
})
