import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { platform, userInfo } from 'node:os'
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

/** What a program printed. */
async function output(session: string, line: string): Promise<string> {
  const path = 'C:\\Windows\\Temp\\output.txt'
  await carryOut(session, { name: 'create process', path: line, wait: true, output_file: path })
  const { file_details } = await carryOut(session, { name: 'get file', path })
  return (await test.send('GET', `${session}/files/${(file_details as { file_id: string }).file_id}/content`)).text
}

describe('the endpoints of the roster', () => {
  it.each([11412673, 11412690, 11412760])('%i is a Windows machine', async deviceId => {
    const session = await test.session(deviceId)
    expect((await test.send('GET', session)).body).toMatchObject({
      status: 'ACTIVE',
      supported_commands: expect.arrayContaining(['reg enum key', 'memdump']),
    })
    expect(await carryOut(session, { name: 'directory list', path: 'C:\\' })).toMatchObject({ status: 'COMPLETE' })
    const { id } = await test.upload(session, 'hello.txt', 'Hello!')
    expect(await carryOut(session, { name: 'put file', path: 'C:\\Windows\\Temp\\hello.txt', file_id: id })).toMatchObject({
      status: 'COMPLETE',
    })
    const { file_details } = await carryOut(session, { name: 'get file', path: 'C:\\Windows\\Temp\\hello.txt' })
    expect(file_details).toMatchObject({ offset: 0, count: 6 })
    expect((await test.send('GET', `${session}/files/${(file_details as { file_id: string }).file_id}/content`)).text).toBe('Hello!')
    expect(await carryOut(session, { name: 'get file', path: 'C:\\no such file' })).toMatchObject({
      status: 'ERROR',
      result_code: 0x80070002,
    })
  })

  it.each([11412673, 11412690, 11412702, 11412746, 11412760, 11412761])('%i describes itself as the inventory does', async deviceId => {
    const device = (await test.send('GET', `${ORG}/devices/${deviceId}`)).body as Record<string, string>
    const session = await test.session(deviceId)
    const ask = (line: string) => output(session, line)
    const [computer, [authority = '', user = '']] = [device['name']?.split('\\').at(-1) ?? '', device['login_user_name']?.split('\\') ?? []]
    const [ipconfig, info, sensor] = [
      await ask('ipconfig /all'),
      await ask('systeminfo'),
      await ask('"C:\\Program Files\\Confer\\RepCLI.exe" status'),
    ]
    expect(ipconfig).toMatch(new RegExp(`Host Name[ .]*: ${computer}\\r`))
    expect(ipconfig).toContain(`: ${device['last_internal_ip_address']}(Preferred)`)
    expect(/Physical Address[ .]*: (\S+)/.exec(ipconfig)?.[1]?.replaceAll('-', '').toLowerCase()).toBe(device['mac_address'])
    expect(info).toMatch(new RegExp(`OS Name: +Microsoft ${device['os_version']?.replace(' x64', '')}`))
    expect(info).toMatch(new RegExp(`Domain: +${authority === computer ? 'WORKGROUP' : `${authority.toLowerCase()}.example`}\\r`))
    expect(await ask('cmd /c ver')).toContain(`[Version 10.0.${/Build (\d+)/.exec(info)?.[1]}.`)
    for (const fact of [`DeviceID[${deviceId}]`, `Sensor Version[${device['sensor_version']}]`, `Policy Name[${device['policy_name']}]`])
      expect(sensor).toContain(fact)
    expect(
      await ask('reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\LogonUI /v LastLoggedOnUser'),
    ).toContain(`${authority}\\${user}\r`)
    if (!computer.startsWith('SRV')) expect(await ask('quser')).toContain(`\n ${user} `)
  })

  it.skipIf(platform() === 'win32')('LNX-LAB-01 is this machine, with its user and system in the inventory', async () => {
    const device = (await test.send('GET', `${ORG}/devices/11412801`)).body
    expect(device['login_user_name']).toBe(userInfo().username)
    if (existsSync('/etc/os-release')) expect(readFileSync('/etc/os-release', 'utf8')).toContain(String(device['os_version']).split(' ')[0])
    const session = await test.session(11412801)
    const { files } = await carryOut(session, { name: 'directory list', path: '/' })
    expect((files as { filename: string }[]).map(({ filename }) => filename)).toContain('note.txt')
    expect((await test.send('POST', `${session}/commands`, { name: 'reg enum key', path: 'HKLM' })).status).toBe(400)
  })
})
