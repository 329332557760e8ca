import { afterEach, describe, expect, it } from 'vitest'
import { HRESULT, SensorError } from '../../../src/lab/endpoint.ts'
import { gate, TestLab, until } from './support.ts'

const labs: TestLab[] = []
function open(...options: ConstructorParameters<typeof TestLab>): TestLab {
  const test = new TestLab(...options)
  labs.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

const PS = { name: 'process list' }
const status = async (test: TestLab, session: string, id: number) => (await test.send('GET', `${session}/commands/${id}`)).body['status']

describe('a command', () => {
  it('is PENDING, then IN_PROGRESS, then COMPLETE', async () => {
    const test = open()
    const session = await test.session()
    const door = gate()
    test.endpoints.run = async (_, { signal }) => {
      await door.pass(signal)
      return { sub_keys: ['a'], values: [{ registry_name: 'v', registry_type: 'pbREG_SZ', registry_data: 'x' }] }
    }
    const issued = await test.issue(session, { name: 'reg enum key', path: 'HKLM\\Software' })
    expect(issued).toMatchObject({ status: 'PENDING', id: 0 })
    expect(issued).not.toHaveProperty('result_type')
    await until(async () => (await status(test, session, 0)) === 'IN_PROGRESS')
    door.open()
    expect(await test.end(session, 0)).toMatchObject({
      status: 'COMPLETE',
      result_code: 0,
      result_type: 'WinHresult',
      result_desc: '',
      sub_keys: ['a'],
      values: [{ registry_name: 'v', registry_type: 'pbREG_SZ', registry_data: 'x' }],
    })
  })

  it('that the endpoint refuses ends in ERROR with its HRESULT, unsigned', async () => {
    const test = open()
    const session = await test.session()
    test.endpoints.run = async () => {
      throw new SensorError(HRESULT.FILE_NOT_FOUND | 0, 'no such file', { process_details: { pid: 7, return_code: 3 } })
    }
    await test.issue(session, { name: 'create process', path: 'nosuch.exe' })
    expect(await test.end(session, 0)).toMatchObject({
      status: 'ERROR',
      result_code: 2147942402,
      result_type: 'WinHresult',
      result_desc: 'no such file',
      process_details: { pid: 7, return_code: 3 },
    })
  })

  it('ends in ERROR when the endpoint itself fails', async () => {
    const test = open()
    const session = await test.session()
    test.endpoints.run = async () => {
      throw new TypeError('x is not a function')
    }
    await test.issue(session, PS)
    expect(await test.end(session, 0)).toMatchObject({ status: 'ERROR', result_code: 0x80004005 })
  })

  it('reports its progress', async () => {
    const test = open()
    const session = await test.session()
    const door = gate()
    const dump = (percentdone: number) => ({
      mem_dump: { compressing: false, complete: percentdone === 100, dumping: percentdone < 100, return_code: 0, percentdone },
    })
    test.endpoints.run = async (_, { report, signal }) => {
      await report(dump(40))
      await door.pass(signal)
      return dump(100)
    }
    await test.issue(session, { name: 'memdump', path: 'C:\\m.dmp' })
    await until(
      async () => ((await test.send('GET', `${session}/commands/0`)).body['mem_dump'] as { percentdone: number }).percentdone === 40,
    )
    expect(await status(test, session, 0)).toBe('IN_PROGRESS')
    door.open()
    expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE', ...dump(100) })
  })

  it('can have a large output', async () => {
    const test = open()
    const session = await test.session()
    const sub_keys = Array.from({ length: 5000 }, (_, i) => `key ${i}`)
    test.endpoints.run = async () => ({ sub_keys })
    await test.issue(session, { name: 'reg enum key', path: 'HKLM' })
    expect((await test.end(session, 0))['sub_keys']).toEqual(sub_keys)
  })

  it('takes as long as the round trip to the endpoint', async () => {
    const test = open({ latency: 300 })
    const session = await test.session()
    await test.issue(session, PS)
    await until(() => test.clock.sleeping === 1)
    expect(test.endpoints.ran).toEqual([])
    test.clock.advance(150)
    await until(() => test.clock.sleeping === 1)
    expect(test.endpoints.ran).toEqual([PS])
    expect(await status(test, session, 0)).toBe('IN_PROGRESS')
    test.clock.advance(150)
    await until(async () => (await status(test, session, 0)) === 'COMPLETE')
  })

  it('reaches the endpoint as it was sent, in one spelling', async () => {
    const test = open()
    const session = await test.session()
    await test.issue(session, { name: 'get file', path: 'C:\\a\\b.txt', offset: 5, get_count: 10, count: null })
    await test.issue(session, {
      name: 'reg set value',
      path: 'HKLM\\A\\B',
      value_type: 'pbREG_MULTI_SZ',
      value_data: ['x', 'y'],
      overwrite: true,
    })
    const last = await test.issue(session, {
      name: 'create process',
      path: 'cmd.exe',
      working_directory: 'C:\\',
      wait: false,
      output_file: '',
    })
    await test.end(session, 2)
    expect(test.endpoints.ran).toEqual([
      { name: 'get file', path: 'C:\\a\\b.txt', offset: 5, count: 10, file_id: expect.any(String) },
      { name: 'reg set value', path: 'HKLM\\A\\B', value_type: 'REG_MULTI_SZ', value_data: ['x', 'y'], overwrite: true },
      { name: 'create process', path: 'cmd.exe', working_directory: 'C:\\', wait: false },
    ])
    expect(last['input']).toEqual({ wait: false, name: 'create process', working_directory: 'C:\\', object: 'cmd.exe' })
  })
})

describe('a command in the form for older servers', () => {
  it.each([
    [
      { name: 'directory list', object: 'C:\\' },
      { name: 'directory list', path: 'C:\\' },
    ],
    [
      { name: 'memdump', session_id: '1', object: 'C:\\m.dmp' },
      { name: 'memdump', path: 'C:\\m.dmp' },
    ],
    [
      { name: 'create process', object: 'cmd.exe', wait: true },
      { name: 'create process', path: 'cmd.exe', wait: true },
    ],
    [
      { name: 'reg query value', object: 'HKLM\\A\\B' },
      { name: 'reg query value', path: 'HKLM\\A\\B' },
    ],
    [
      { name: 'delete file', path: 'C:\\a', object: 'C:\\b' },
      { name: 'delete file', path: 'C:\\a' },
    ],
    [
      { name: 'kill', pid: '4242' },
      { name: 'kill', pid: 4242 },
    ],
    [
      { name: 'kill', object: 4242 },
      { name: 'kill', pid: 4242 },
    ],
  ])('names its target as object, or a pid as text: %j', async (sent, carriedOut) => {
    const test = open()
    const session = await test.session()
    const { input } = await test.issue(session, sent)
    expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE', input })
    expect(input).toMatchObject({ object: 'pid' in carriedOut ? carriedOut.pid : carriedOut.path })
    expect(test.endpoints.ran).toEqual([carriedOut])
  })
})

describe('the commands of a session', () => {
  it('run in the order of their ids, one at a time', async () => {
    const test = open()
    const session = await test.session()
    const [log, doors] = [[] as string[], Array.from({ length: 3 }, gate)]
    test.endpoints.run = async ({ pid = 0 }, { signal }) => {
      log.push(`${pid} begins`)
      await doors[pid]?.pass(signal)
      log.push(`${pid} ends`)
      return {}
    }
    for (let pid = 0; pid < 3; pid++) expect((await test.issue(session, { name: 'kill', pid }))['id']).toBe(pid)
    for (const i of [2, 1, 0]) doors[i]?.open()
    await test.end(session, 2)
    expect(log).toEqual(['0 begins', '0 ends', '1 begins', '1 ends', '2 begins', '2 ends'])
    expect((await test.send('GET', session)).body['current_command_index']).toBe(3)
  })

  it('continue while create process waits for its process, unless the order is strict', async () => {
    const test = open({ strictOrder: false })
    const session = await test.session()
    const door = gate()
    test.endpoints.run = async ({ name }, { signal, report }) => {
      if (name === 'kill') door.open()
      if (name !== 'create process') return {}
      await report({ process_details: { pid: 42, return_code: -1 } })
      await door.pass(signal)
      return { process_details: { pid: 42, return_code: 1 } }
    }
    await test.issue(session, { name: 'create process', path: 'ping.exe', wait: true })
    await test.issue(session, { name: 'kill', pid: 42 })
    expect(await test.end(session, 1)).toMatchObject({ status: 'COMPLETE' })
    expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE', process_details: { pid: 42, return_code: 1 } })
  })

  it('are listed, or an empty list', async () => {
    const test = open()
    const session = await test.session()
    expect((await test.send('GET', `${session}/commands`)).text).toBe('[]')
    await test.issue(session, PS)
    await test.end(session, 0)
    await test.issue(session, { name: 'kill', pid: 1 })
    await test.end(session, 1)
    const list = JSON.parse((await test.send('GET', `${session}/commands`)).text) as Record<string, unknown>[]
    expect(list.map(({ id, name, status }) => [id, name, status])).toEqual([
      [0, 'process list', 'COMPLETE'],
      [1, 'kill', 'COMPLETE'],
    ])
  })

  it('are limited in number', async () => {
    const test = open()
    const session = await test.session()
    for (let i = 0; i < 250; i++) await test.issue(session, PS)
    const refused = await test.send('POST', `${session}/commands`, PS)
    expect([refused.status, refused.body['error_code']]).toEqual([403, 'Forbidden'])
    expect(refused.body['message']).toMatch(/too many commands/i)
    expect(await test.end(session, 249)).toMatchObject({ status: 'COMPLETE' })
  })
})

describe('Cancel Command', () => {
  it('cancels a command that is PENDING, which then never runs, and no other', async () => {
    const test = open()
    const session = await test.session()
    const door = gate()
    test.endpoints.run = async (_, { signal }) => {
      await door.pass(signal)
      return {}
    }
    for (let pid = 0; pid < 3; pid++) await test.issue(session, { name: 'kill', pid })
    await until(async () => (await status(test, session, 0)) === 'IN_PROGRESS')
    const cancelled = await test.send('DELETE', `${session}/commands/1`)
    expect([cancelled.status, cancelled.body['status'], cancelled.body['result_type']]).toEqual([200, 'CANCELLED', 'WinHresult'])
    for (const id of [0, 1]) expect((await test.send('DELETE', `${session}/commands/${id}`)).status).toBe(400)
    door.open()
    await test.end(session, 2)
    expect(test.endpoints.ran.map(({ pid }) => pid)).toEqual([0, 2])
    expect((await test.send('DELETE', `${session}/commands/2`)).status).toBe(400)
    expect((await test.send('DELETE', `${session}/commands/3`)).status).toBe(404)
  })
})

describe('Retrieve Command Status', () => {
  it('with wait holds the request until the command ends', async () => {
    const test = open()
    const session = await test.session()
    const door = gate()
    test.endpoints.run = async (_, { signal }) => {
      await door.pass(signal)
      return {}
    }
    await test.issue(session, PS)
    let answered = false
    const waiting = test.end(session, 0).finally(() => {
      answered = true
    })
    await until(() => test.clock.sleeping === 1)
    expect(answered).toBe(false)
    door.open()
    expect(await waiting).toMatchObject({ status: 'COMPLETE' })
  })

  it('with wait returns the current state after 10 seconds', async () => {
    const test = open()
    const session = await test.session()
    test.endpoints.run = (_, { signal }) =>
      gate()
        .pass(signal)
        .then(() => ({}))
    await test.issue(session, PS)
    const waiting = test.end(session, 0)
    await until(() => test.clock.sleeping === 1)
    test.clock.advance(10_000)
    expect(await waiting).toMatchObject({ status: 'IN_PROGRESS' })
  })

  it('with wait ends with its client and with the lab', async () => {
    const test = open()
    const session = await test.session()
    test.endpoints.run = (_, { signal }) =>
      gate()
        .pass(signal)
        .then(() => ({}))
    await test.issue(session, PS)
    const client = new AbortController()
    const gone = test.send('GET', `${session}/commands/0?wait=true`, undefined, {}, client.signal)
    const held = test.send('GET', `${session}/commands/0?wait=true`)
    await until(() => test.clock.sleeping === 2)
    client.abort()
    expect((await gone).status).toBe(200)
    await test.lab.close()
    expect((await held).status).toBe(200)
  })

  it('does not wait when the service does not', async () => {
    const test = open({ longPoll: false })
    const session = await test.session()
    test.endpoints.run = (_, { signal }) =>
      gate()
        .pass(signal)
        .then(() => ({}))
    await test.issue(session, PS)
    expect((await test.end(session, 0))['status']).toMatch(/PENDING|IN_PROGRESS/)
  })

  it.each(['1', '-1', 'x', '1.0', '99999999999999999999', '__proto__'])('does not find a command %s', async id => {
    const test = open()
    const session = await test.session()
    await test.issue(session, PS)
    expect((await test.send('GET', `${session}/commands/${id}`)).status).toBe(404)
  })
})

describe('Issue Command', () => {
  it.each([
    ['an unknown command', { name: 'format disk' }],
    ['a name in another case', { name: 'Process List' }],
    ['no name', { path: 'C:\\' }],
    ['an inherited name', { name: 'toString' }],
    ['a list', [PS]],
    ['no path', { name: 'directory list' }],
    ['an empty path', { name: 'directory list', path: '' }],
    ['a path of the wrong type', { name: 'delete file', path: 5 }],
    ['no pid', { name: 'kill' }],
    ['a pid that is a name', { name: 'kill', pid: 'explorer.exe' }],
    ['a pid without digits', { name: 'kill', pid: '' }],
    ['a negative pid', { name: 'kill', pid: -1 }],
    ['a negative pid as text', { name: 'kill', pid: '-1' }],
    ['a pid beyond 32 bits', { name: 'kill', pid: '4294967296' }],
    ['an object of the wrong type', { name: 'delete file', object: 5 }],
    ['an empty path beside an object', { name: 'delete file', path: '', object: 'C:\\a' }],
    ['no file id', { name: 'put file', path: 'C:\\x' }],
    ['a file id that was never uploaded', { name: 'put file', path: 'C:\\x', file_id: '78e0eac9-9c47-406e-a822-077b5aeeb367' }],
    ['an inherited file id', { name: 'put file', path: 'C:\\x', file_id: 'constructor' }],
    ['a negative offset', { name: 'get file', path: 'C:\\x', offset: -1 }],
    ['a wait of the wrong type', { name: 'create process', path: 'x', wait: 'true' }],
    ['an unknown hive', { name: 'reg enum key', path: 'HKXX\\Software' }],
    ['a value without a name', { name: 'reg query value', path: 'HKLM' }],
    ['an unknown value type', { name: 'reg set value', path: 'HKLM\\a\\b', value_type: 'REG_LINK', value_data: 'x' }],
    ['no value data', { name: 'reg set value', path: 'HKLM\\a\\b', value_type: 'REG_SZ' }],
    ['value data of the wrong type', { name: 'reg set value', path: 'HKLM\\a\\b', value_type: 'REG_SZ', value_data: {} }],
  ])('refuses %s', async (_, body) => {
    const test = open()
    const answer = await test.send('POST', `${await test.session()}/commands`, body)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ success: false, message: expect.any(String), error_code: 'BadRequest' })
    expect(test.endpoints.ran).toEqual([])
  })

  it('accepts a request of 10 KB, but not a larger one', async () => {
    const test = open()
    const session = await test.session()
    const sized = (bytes: number) => {
      const body = { name: 'create process', path: '' }
      return { ...body, path: 'x'.repeat(bytes - JSON.stringify(body).length) }
    }
    expect((await test.send('POST', `${session}/commands`, sized(10_240))).status).toBe(201)
    const refused = await test.send('POST', `${session}/commands`, sized(10_241))
    expect([refused.status, refused.body['error_code']]).toEqual([400, 'BadRequest'])
    expect(refused.body['message']).toContain('10240')
    await test.end(session, 0)
    expect(test.endpoints.ran).toHaveLength(1)
  })

  it('refuses a command that the endpoint does not support', async () => {
    const test = open()
    test.endpoints.supportedCommands = ['process list']
    const session = await test.session()
    expect((await test.send('POST', `${session}/commands`, { name: 'memdump', path: 'C:\\x' })).status).toBe(400)
    expect((await test.send('POST', `${session}/commands`, PS)).status).toBe(201)
  })

  it.each([
    ['HKEY_LOCAL_MACHINE\\A\\B', 'pbHKEY_LOCAL_MACHINE', 'A', 'B'],
    ['hkcu\\A\\B\\', 'pbHKEY_CURRENT_USER', 'A\\B', ''],
    ['HKU\\B', 'pbHKEY_USERS', '', 'B'],
    ['HKCR\\.txt\\x', 'pbHKEY_CLASSES_ROOT', '.txt', 'x'],
  ])('splits the registry path %s', async (path, hive, key, value_name) => {
    const test = open()
    const { input } = await test.issue(await test.session(), { name: 'reg query value', path })
    expect(input).toEqual({ hive, name: 'reg query value', key, value_name, object: path })
  })
})
