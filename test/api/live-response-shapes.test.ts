import { describe, expect, it } from 'vitest'
import { command, session } from '../../src/api/live-response-shapes.ts'

const read = (over: Record<string, unknown>) => command({ id: 1, name: 'kill', status: 'complete', ...over })

describe('the result code of a command', () => {
  it.each([
    [0, 0],
    ['0', 0],
    ['2147942405', 2147942405],
    [-2147024891, -2147024891],
    [null, 0],
  ])('is read from %j', (sent, code) => expect(read({ result_code: sent }).result_code).toBe(code))

  it.each(['', ' ', 'x', 1.5, true, [], {}])('is never guessed from %j', sent => {
    expect(() => read({ result_code: sent })).toThrow('has a result_code that is not a number')
  })

  it('is not added where the answer has none', () => expect(read({})).not.toHaveProperty('result_code'))
})

describe('a field of another form than documented', () => {
  it.each(['files', 'processes', 'values', 'sub_keys'])('is an error where the result is read from it: %s', field => {
    for (const sent of ['x', 1, {}, [1], [null]]) expect(() => read({ [field]: sent })).toThrow(`has ${field} of another form`)
    for (const sent of [null, []]) expect(() => read({ [field]: sent })).not.toThrow()
  })

  it('is left out where it only describes', () => {
    const opened = session({ id: '1:2', device_id: 2, status: 'active', supported_commands: ['kill', 7, null], drives: 'C:' })
    expect(opened).toMatchObject({ status: 'ACTIVE', supported_commands: ['kill'], drives: null })
    expect(read({ process_details: { pid: 'x', return_code: 3 } }).process_details).toEqual({ return_code: 3 })
  })

  it.each([
    ['completed', 'COMPLETE'],
    ['Canceled', 'CANCELLED'],
    ['in progress', 'IN_PROGRESS'],
    [7, ''],
  ])('is the status %j, read as %s', (status, known) => expect(read({ status }).status).toBe(known))
})
