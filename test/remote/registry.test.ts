import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/api/live-response.ts'
import { enumKey, enumKeyIfThere, isMissing, queryValue, queryValueIfThere, valueAt } from '../../src/remote/registry.ts'
import { kill, noProcess, processes } from '../../src/remote/processes.ts'
import { failure } from '../api/support.ts'
import { DEVICE } from '../support/service.ts'
import { bench, NEVER } from './support.ts'

const AT = { signal: NEVER }
const RUN = 'HKLM\\SOFTWARE\\Run'

async function endpoint(answers: Record<string, Partial<Command>>) {
  const b = bench({
    run: request => ({
      result: answers[`${request.name} ${'path' in request ? request.path : 'pid' in request ? request.pid : ''}`.trim()] ?? {
        result_code: 2147942402,
      },
    }),
  })
  return { b, session: await b.open() }
}

describe('a registry key', () => {
  it('has its sub keys, and its values in the documented form', async () => {
    const { b, session } = await endpoint({
      [`reg enum key ${RUN}`]: {
        sub_keys: ['A', 'B'],
        values: [
          { registry_name: 'x', registry_type: 'pbREG_SZ', registry_data: 'y' },
          { value_name: '', value_type: 'REG_DWORD', value_data: 5 },
        ],
      },
    })
    expect(await b.run(enumKey(session, RUN, AT))).toEqual({
      path: RUN,
      sub_keys: ['A', 'B'],
      values: [
        { registry_name: 'x', registry_type: 'REG_SZ', registry_data: 'y' },
        { registry_name: '', registry_type: 'REG_DWORD', registry_data: 5 },
      ],
    })
  })

  it('may be empty', async () => {
    const { b, session } = await endpoint({ [`reg enum key ${RUN}`]: { sub_keys: null, values: null } })
    expect(await b.run(enumKey(session, RUN, AT))).toEqual({ path: RUN, sub_keys: [], values: [] })
  })

  it.each([
    [2147942402, 'no such key or value (0x80070002)', true],
    [2147942403, 'no such key or value (0x80070003)', true],
    [2147942405, 'access denied (0x80070005)', false],
  ])('that does not exist is missing, and one that may not be read is not: %i', async (result_code, message, missing) => {
    const { b, session } = await endpoint({ [`reg enum key ${RUN}`]: { result_code } })
    const error = await b.run(failure(enumKey(session, RUN, AT)))
    expect(error).toMatchObject({ message: `${RUN}: ${message}`, facts: { device_id: DEVICE } })
    expect([isMissing(error), isMissing(new Error('x'))]).toEqual([missing, false])
    expect(await b.run(enumKeyIfThere(session, RUN, AT).catch((thrown: Error) => thrown.message))).toBe(missing ? undefined : error.message)
  })
})

describe('a registry value', () => {
  const sent = { registry_name: 'x', registry_type: 'pbREG_MULTI_SZ', registry_data: ['a', 'b'] }
  const value = { registry_name: 'x', registry_type: 'REG_MULTI_SZ', registry_data: ['a', 'b'] }

  it.each([
    ['value', { value: sent }],
    ['values, as the document has it', { values: [sent] }],
    ['the other spelling', { value: { value_name: 'x', value_type: 'REG_MULTI_SZ', value_data: ['a', 'b'] } }],
    ['no name', { value: { registry_type: 'REG_MULTI_SZ', registry_data: ['a', 'b'] } }],
  ])('is read from %s', async (_, answer) => {
    const { b, session } = await endpoint({ [`reg query value ${RUN}\\x`]: answer })
    expect(await b.run(queryValue(session, RUN, 'x', AT))).toEqual(value)
  })

  it('without a name is read from its key', async () => {
    const { b, session } = await endpoint({ [`reg enum key ${RUN}`]: { values: [sent, { ...sent, registry_name: '' }] } })
    expect(await b.run(queryValue(session, RUN, '', AT))).toEqual({ ...value, registry_name: '' })
    expect(b.service.issued).toEqual(['reg enum key'])
  })

  it.each([
    ['x', { [`reg query value ${RUN}\\x`]: { value: null, values: [] } }, `${RUN}: no value "x"`],
    ['x', { [`reg query value ${RUN}\\x`]: { value: null, values: null } }, `${RUN}: no value "x"`],
    ['x', {}, `${RUN}\\x: no such key or value (0x80070002)`],
    ['', { [`reg enum key ${RUN}`]: { values: [sent] } }, `${RUN}: no value (Default)`],
  ])('%j that does not exist is not found', async (name, answers, message) => {
    const { b, session } = await endpoint(answers)
    expect(await b.run(failure(queryValue(session, RUN, name, AT)))).toMatchObject({
      code: 'not_found',
      message,
      facts: { device_id: DEVICE },
    })
    expect(await b.run(queryValueIfThere(session, RUN, name, AT))).toBeUndefined()
  })

  it('that may not be read is not reported as missing', async () => {
    const { b, session } = await endpoint({ [`reg query value ${RUN}\\x`]: { result_code: 2147942405 } })
    expect(await b.run(failure(queryValueIfThere(session, RUN, 'x', AT)))).toMatchObject({
      code: 'remote',
      message: `${RUN}\\x: access denied (0x80070005)`,
    })
  })
})

describe('a value whose name holds backslashes', () => {
  const value = (registry_name: string) => ({ registry_name, registry_type: 'REG_SZ', registry_data: registry_name })

  it('is found by its whole path in the key above it, in any case', async () => {
    const { b, session } = await endpoint({ [`reg enum key ${RUN}`]: { values: [value('C:\\x\\y.exe'), value('y.exe')] } })
    expect(await b.run(valueAt(session, `${RUN}\\c:\\X\\y.exe`, AT))).toEqual({ key: RUN, value: value('C:\\x\\y.exe') })
  })

  it('is not taken from a key further up than the nearest one', async () => {
    const { b, session } = await endpoint({
      [`reg enum key ${RUN}`]: { values: [value('a\\b\\c')] },
      [`reg enum key ${RUN}\\a`]: { values: [value('c')] },
    })
    expect(await b.run(valueAt(session, `${RUN}\\a\\b\\c`, AT))).toBeUndefined()
  })
})

describe('a process', () => {
  it('is listed in the documented form', async () => {
    const { b, session } = await endpoint({
      'process list': { processes: [{ process_pid: 4, process_path: 'System', process_create_time: 1634920906 }, { process_pid: null }] },
    })
    expect(await b.run(processes(session, AT))).toMatchObject([
      { process_pid: 4, process_path: 'System', process_create_time: '2021-10-22T16:41:46Z', sid: null },
      { process_pid: null, process_path: null },
    ])
  })

  it('list may be empty', async () => {
    const { b, session } = await endpoint({ 'process list': { processes: null } })
    expect(await b.run(processes(session, AT))).toEqual([])
  })

  it('is ended by its pid', async () => {
    const { b, session } = await endpoint({ 'kill 9380': {} })
    await b.run(kill(session, 9380, AT))
    expect(b.service.seen.find(({ path }) => path.endsWith('/commands'))?.body).toEqual({ name: 'kill', pid: 9380 })
  })

  it.each([0, -1, 1.5, NaN, 2 ** 32])('is not ended by %j, which is not a pid', async pid => {
    const { b, session } = await endpoint({})
    expect(await b.run(failure(kill(session, pid, AT)))).toMatchObject({ code: 'refused' })
    expect(b.service.issued).toEqual([])
  })

  it.each([2147942487, 2147942487 - 2 ** 32])('that does not exist is not found (%i)', async result_code => {
    const { b, session } = await endpoint({ 'kill 1': { result_code } })
    expect(await b.run(failure(kill(session, 1, AT)))).toMatchObject({
      code: 'not_found',
      message: 'kill 1: no such process on WIN-FIN-01',
      facts: { hint: 'see `ps`', device_id: DEVICE },
    })
    expect(noProcess(session, 'a.exe').message).toBe('kill a.exe: no such process on WIN-FIN-01')
  })

  it("that may not be ended reports the endpoint's error", async () => {
    const { b, session } = await endpoint({ 'kill 4': { result_code: 2147942405 } })
    expect(await b.run(failure(kill(session, 4, AT)))).toMatchObject({ code: 'remote', message: 'kill 4: access denied (0x80070005)' })
  })
})
