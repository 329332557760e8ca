import { afterAll, expect, it } from 'vitest'
import { ORG, TestLab } from './support.ts'
import { expectError } from './usb-support.ts'

const test = new TestLab({ local: '/nowhere' })
afterAll(() => test.lab.close())

const act = (body: unknown) => test.send('POST', `${ORG}/device_actions`, body)
const cutOff = async () => {
  const { text } = await test.send('POST', `${ORG}/devices/_search`, { criteria: { status: ['QUARANTINE'] }, rows: 100 })
  return (JSON.parse(text) as { results: { name: string; quarantined: boolean }[] }).results.map(
    ({ name, quarantined }) => `${name} ${quarantined}`,
  )
}

it('quarantines devices and releases them, in whatever form their ids are', async () => {
  expect(await act({ action_type: 'QUARANTINE', device_id: [11412673, '11412674'], options: { toggle: 'ON' } })).toMatchObject({
    status: 204,
    text: '',
  })
  expect(await cutOff()).toEqual(['WIN-FIN-01 true', 'WIN-FIN-02 true'])
  expect(await act({ action_type: 'QUARANTINE', device_id: ['11412673'], options: { toggle: 'OFF' } })).toMatchObject({ status: 204 })
  expect(await cutOff()).toEqual(['WIN-FIN-02 true'])
  expect(await act({ action_type: 'QUARANTINE', device_id: ['11412674'], options: { toggle: 'OFF' } })).toMatchObject({ status: 204 })
})

it.each([
  ['an unknown action', 400, { action_type: 'REBOOT', device_id: [11412673] }],
  ['no devices', 400, { action_type: 'QUARANTINE', device_id: [], options: { toggle: 'ON' } }],
  ['devices that are not a list', 400, { action_type: 'QUARANTINE', device_id: 11412673, options: { toggle: 'ON' } }],
  ['no options', 400, { action_type: 'QUARANTINE', device_id: [11412673] }],
  ['a toggle that is neither on nor off', 400, { action_type: 'QUARANTINE', device_id: [11412673], options: { toggle: true } }],
  [
    'a device that does not exist, beside one that does',
    404,
    { action_type: 'QUARANTINE', device_id: [11412673, 4711], options: { toggle: 'ON' } },
  ],
])('refuses %s, and does nothing', async (_what, status, body) => {
  expectError(await act(body), status, status === 404 ? 'NotFound' : 'BadRequest')
  expect(await cutOff()).toEqual([])
})
