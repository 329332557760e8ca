import { rmSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { ORG, TestLab } from './cloud/support.ts'

const folder = testFolder()
writeFileSync(join(folder, 'note.txt'), 'on this machine')
const test = new TestLab({ openEndpoint: undefined, local: folder })
afterAll(async () => {
  await test.lab.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Issues a command and waits for its end. */
async function carryOut(session: string, command: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { id } = await test.issue(session, command)
  return test.end(session, id)
}

describe('the endpoints of the roster', () => {
  it.each([11412673, 11412690, 11412760])('%i is a Windows machine', async deviceId => {
    const session = await test.session(deviceId)
    expect((await test.send('GET', session)).body).toMatchObject({ status: 'ACTIVE', supported_commands: expect.arrayContaining(['reg enum key', 'memdump']) })
    expect(await carryOut(session, { name: 'directory list', path: 'C:\\' })).toMatchObject({ status: 'COMPLETE' })
    const { id } = await test.upload(session, 'hello.txt', 'Hello!')
    expect(await carryOut(session, { name: 'put file', path: 'C:\\Windows\\Temp\\hello.txt', file_id: id })).toMatchObject({ status: 'COMPLETE' })
    const { file_details } = await carryOut(session, { name: 'get file', path: 'C:\\Windows\\Temp\\hello.txt' })
    expect(file_details).toMatchObject({ offset: 0, count: 6 })
    expect((await test.send('GET', `${session}/files/${(file_details as { file_id: string }).file_id}/content`)).text).toBe('Hello!')
    expect(await carryOut(session, { name: 'get file', path: 'C:\\no such file' })).toMatchObject({ status: 'ERROR', result_code: 0x80070002 })
  })

  it.each([11412673, 11412690, 11412745, 11412761])('%i has the name and the addresses that the inventory has', async deviceId => {
    const device = (await test.send('GET', `${ORG}/devices/${deviceId}`)).body as { name: string, last_internal_ip_address: string, mac_address: string }
    const session = await test.session(deviceId)
    const path = 'C:\\Windows\\Temp\\ipconfig.txt'
    await carryOut(session, { name: 'create process', path: 'ipconfig /all', wait: true, output_file: path })
    const { file_details } = await carryOut(session, { name: 'get file', path })
    const { text } = await test.send('GET', `${session}/files/${(file_details as { file_id: string }).file_id}/content`)
    expect(text).toMatch(new RegExp(`Host Name[ .]*: ${device.name.split('\\').at(-1) ?? ''}\\r`))
    expect(text).toContain(`: ${device.last_internal_ip_address}(Preferred)`)
    expect(/Physical Address[ .]*: (\S+)/.exec(text)?.[1]?.replaceAll('-', '').toLowerCase()).toBe(device.mac_address)
  })

  it.skipIf(platform() === 'win32')('LNX-LAB-01 is this machine', async () => {
    const session = await test.session(11412801)
    const { files } = await carryOut(session, { name: 'directory list', path: '/' })
    expect((files as { filename: string }[]).map(({ filename }) => filename)).toContain('note.txt')
    expect((await test.send('POST', `${session}/commands`, { name: 'reg enum key', path: 'HKLM' })).status).toBe(400)
  })
})
