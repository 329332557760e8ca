import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Lab, openLab } from '../support.ts'

const run = async (line: string, lab: Lab = openLab()) => {
  const { output, code } = await lab.exec(line)
  return { output: output.replaceAll('\r\n', '\n'), code }
}
const output = async (line: string, lab?: Lab) => (await run(line, lab)).output
const HELLO = 'C:\\Users\\Public\\hello.txt'

describe('programs that show user and machine', () => {
  test('whoami, hostname', async () => {
    expect(await run('whoami')).toEqual({ output: 'nt authority\\system\n', code: 0 })
    expect(await output('whoami /all')).toMatch(/S-1-5-18[^]*BUILTIN\\Administrators[^]*SeDebugPrivilege/)
    expect((await run('whoami /nonsense')).code).toBe(1)
    expect(await output('hostname')).toBe('WIN-FIN-01\n')
  })

  test('ipconfig', async () => {
    expect(await output('ipconfig')).toContain('   IPv4 Address. . . . . . . . . . . : 10.20.4.37\n')
    expect(await output('ipconfig /all')).toContain('   Host Name . . . . . . . . . . . . : WIN-FIN-01\n')
    expect((await run('ipconfig /nonsense')).code).toBe(1)
  })

  test('systeminfo agrees with the registry', async () => {
    const lab = openLab()
    const { value } = await lab.run('reg query value', { path: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\CurrentBuild' })
    expect(await output('systeminfo', lab)).toContain(`Build ${String(value?.registry_data)}`)
  })
})

describe('the network is described consistently', () => {
  test('the neighbours, the name server and the card agree with ipconfig', async () => {
    const lab = openLab()
    const all = await output('ipconfig /all', lab)
    const mac = /Physical Address[ .]*: (\S+)/.exec(all)?.[1] ?? 'none'
    expect(await output('getmac', lab)).toContain(mac)
    expect(await output('arp -a', lab)).toMatch(/Interface: 10\.20\.4\.37 [^]* {2}10\.20\.4\.1 +8c-04-ba-[0-9a-f-]+ +dynamic\n/)
    expect((await run('arp', lab)).code).toBe(1)
    expect(all).toMatch(/DNS Servers[ .]*: 10\.20\.0\.10\n/)
    expect(await run('nslookup SRV-DC-01', lab)).toEqual({
      output: 'Server:  srv-dc-01.corp.example\nAddress:  10.20.0.10\n\nName:    srv-dc-01.corp.example\nAddress:  10.20.0.10\n\n',
      code: 0,
    })
    expect(await output('nslookup 10.20.0.22', lab)).toContain('Name:    srv-file-02.corp.example')
    expect(await output('nslookup files.secure-invoices.example', lab)).toContain('203.0.113.66')
    expect(await run('nslookup update.onedrivesync.example', lab)).toMatchObject({
      code: 1,
      output: expect.stringContaining('Non-existent domain'),
    })
    expect(await output('ping -n 1 srv-dc-01', lab)).toContain('Reply from 10.20.0.10')
  })

  test('quser and query user show who is logged in', async () => {
    for (const line of ['quser', 'query user']) expect(await output(line)).toMatch(/USERNAME[^]*\n j\.moreau +console +1 +Active/)
    expect(await run('quser', openLab('server'))).toMatchObject({ code: 1, output: expect.stringContaining('No User exists') })
  })
})

describe('ping', () => {
  test('matches the document', async () => {
    const { output: text } = await openLab().exec('cmd.exe /c "ping 127.0.0.1"')
    expect(text).toBe(
      '\r\nPinging 127.0.0.1 with 32 bytes of data:\r\nReply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\nReply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\nReply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\nReply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\n\r\nPing statistics for 127.0.0.1:\r\n    Packets: Sent = 4, Received = 4, Lost = 0 (0% loss),\r\nApproximate round trip times in milli-seconds:\r\n    Minimum = 0ms, Maximum = 0ms, Average = 0ms\r\n',
    )
  })

  test('takes a second per echo, resolves names, and has limits', async () => {
    const lab = openLab()
    const before = lab.clock.now()
    expect((await run('ping -n 6 localhost', lab)).code).toBe(0)
    expect(lab.clock.now() - before).toBe(5000)
    expect(await run('ping -n 1 nosuchhost')).toEqual({
      output: 'Ping request could not find host nosuchhost. Please check the name and try again.\n',
      code: 1,
    })
    expect(await run('ping -n 1 8.8.8.8')).toMatchObject({ output: expect.stringContaining('Request timed out.\n'), code: 1 })
    expect(await output('ping -n 1 update.onedrivesync.example')).toContain('[203.0.113.66]')
    expect((await run('ping -n x localhost')).code).toBe(1)
    expect((await run('ping')).code).toBe(1)
  })
})

describe('programs for processes', () => {
  test('tasklist as a table, as CSV, filtered', async () => {
    expect(await output('tasklist')).toContain('chrome.exe                    2712 Console                    1')
    expect(await output('tasklist /fo csv /nh /fi "PID eq 4"')).toBe('"System","4","Services","0","144 K"\n')
    expect(await output('tasklist /svc /fi "IMAGENAME eq svch*"')).toContain(
      'BITS, gpsvc, iphlpsvc, ProfSvc, Schedule, SENS, Themes, Winmgmt, wuauserv',
    )
    expect(await output('tasklist /v /fo list /fi "PID eq 7312"')).toContain('User Name:    CORP\\j.moreau')
    expect(await output('tasklist /fi "PID eq 3"')).toBe('INFO: No tasks are running which match the specified criteria.\n')
    expect((await run('tasklist /fi nonsense')).code).toBe(1)
    expect((await run('tasklist /nonsense')).code).toBe(1)
  })

  test('taskkill by pid, by name, with children', async () => {
    const lab = openLab()
    expect(await run('taskkill /pid 9380 /f', lab)).toEqual({
      output: 'SUCCESS: The process with PID 9380 has been terminated.\n',
      code: 0,
    })
    expect((await run('taskkill /f /t /im winword.exe', lab)).output.match(/SUCCESS/g)).toHaveLength(4)
    expect(await run('taskkill /pid 9380', lab)).toEqual({ output: 'ERROR: The process "9380" not found.\n', code: 128 })
    expect(await run('taskkill /f /pid 4', lab)).toMatchObject({ code: 1, output: expect.stringContaining('Access is denied.') })
    expect((await lab.run('process list')).processes?.map(({ process_pid }) => process_pid)).not.toContain(7312)
  })

  test('a service stops with its process', async () => {
    const lab = openLab()
    expect(await output('sc query WSearch', lab)).toContain('RUNNING')
    expect(await output('net start', lab)).toContain('   Windows Search\n')
    await lab.run('kill', { pid: 3340 })
    expect(await output('sc query WSearch', lab)).toContain('STOPPED')
    expect(await output('net start', lab)).not.toContain('Windows Search')
    expect((await run('sc query none', lab)).code).toBe(1060)
    expect((await run('sc nonsense', lab)).code).toBe(1639)
  })

  test('timeout takes the time it is given', async () => {
    const lab = openLab()
    const before = lab.clock.now()
    expect((await run('timeout /t 30', lab)).code).toBe(0)
    expect(lab.clock.now() - before).toBe(30_000)
    expect((await run('timeout /t x', lab)).code).toBe(1)
  })
})

describe('programs for files', () => {
  test('certutil prints the digests of the bytes', async () => {
    const lab = openLab()
    await lab.put(HELLO, 'Hello!')
    const sha256 = createHash('sha256').update('Hello!').digest('hex')
    expect(await output(`certutil -hashfile ${HELLO} SHA256`, lab)).toBe(
      `SHA256 hash of ${HELLO}:\n${sha256}\nCertUtil: -hashfile command completed successfully.\n`,
    )
    expect(await output(`powershell Get-FileHash ${HELLO}`, lab)).toContain(sha256.toUpperCase())
    expect(await run('certutil -hashfile C:\\none', lab)).toMatchObject({
      code: 0x80070002 | 0,
      output: expect.stringContaining('cannot find the file'),
    })
  })

  test('find and findstr', async () => {
    const lab = openLab()
    await lab.put(HELLO, 'one\r\nTwo\r\nthree\r\n')
    expect(await output(`find /i "two" ${HELLO}`, lab)).toBe(`\n---------- ${HELLO.toUpperCase()}\nTwo\n`)
    expect(await output(`find /c /v "e" ${HELLO}`, lab)).toBe(`\n---------- ${HELLO.toUpperCase()}: 1\n`)
    expect(await output(`findstr /n "one three" ${HELLO}`, lab)).toBe('1:one\n3:three\n')
    expect(await output(`findstr /r "^t.*e$" ${HELLO}`, lab)).toBe('three\n')
    expect(await output(`findstr /v /i /c:"two" ${HELLO}`, lab)).toBe('one\nthree\n')
    expect(await output('findstr /s /m /i "ZoneTransfer" D:\\*.csv', lab)).toBe('')
    expect(await output('findstr /s /m account D:\\*.csv', lab)).toBe('D:\\Finance\\bank-export.csv\n')
    expect((await run('findstr', lab)).code).toBe(2)
    expect((await run('find x', lab)).code).toBe(2)
  })

  test('attrib, where, and more with a stream', async () => {
    const lab = openLab()
    await lab.put(HELLO, 'x')
    await output(`attrib +h -a ${HELLO}`, lab)
    expect((await lab.run('directory list', { path: HELLO })).files).toMatchObject([{ attributes: ['HIDDEN'] }])
    expect(await output('where cmd', lab)).toBe('C:\\Windows\\System32\\cmd.exe\n')
    expect((await run('where none', lab)).code).toBe(1)
    expect(await output('cmd /c more < C:\\Users\\j.moreau\\Downloads\\Invoice_8841.iso:Zone.Identifier', lab)).toContain('ZoneId=3')
  })
})

describe('programs for registry and tasks', () => {
  test("reg works on the endpoint's registry", async () => {
    const lab = openLab()
    expect(await output('reg add HKLM\\SOFTWARE\\Demo /v Count /t REG_DWORD /d 16', lab)).toBe('The operation completed successfully.\n')
    expect(await output('reg query HKLM\\SOFTWARE\\Demo', lab)).toBe(
      '\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Demo\n    Count    REG_DWORD    0x10\n\n',
    )
    expect((await lab.run('reg query value', { path: 'HKLM\\SOFTWARE\\Demo\\Count' })).value?.registry_data).toBe('16')
    expect((await run('reg add HKLM\\SOFTWARE\\Demo /v Count /t REG_DWORD /d 17', lab)).code).toBe(1)
    expect((await run('reg add HKLM\\SOFTWARE\\Demo\\Sub /f', lab)).code).toBe(0)
    expect((await run('reg delete HKLM\\SOFTWARE\\Demo /f', lab)).code).toBe(0)
    expect(await run('reg query HKLM\\SOFTWARE\\Demo', lab)).toEqual({
      output: 'ERROR: The system was unable to find the specified registry key or value.\n',
      code: 1,
    })
    expect(await output('reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run /v SecurityHealthUpdate', lab)).toContain(
      'svchost.exe',
    )
    expect((await run('reg nonsense', lab)).code).toBe(1)
  })

  test('schtasks reads the files of the tasks', async () => {
    const lab = openLab()
    expect(await output('schtasks /query /tn OneDriveSyncTask /v /fo list', lab)).toMatch(
      /Author: +WIN-PC\\updsvc\n.*OneDriveSync\.exe \/background/,
    )
    await lab.run('delete file', { path: 'C:\\Windows\\System32\\Tasks\\OneDriveSyncTask' })
    expect((await run('schtasks /query /tn OneDriveSyncTask', lab)).code).toBe(1)
    expect(await output('schtasks /query', lab)).toContain('Folder: \\Microsoft\\Windows\\Defrag')
    expect((await run('schtasks /create', lab)).code).toBe(1)
  })

  test('net, netstat', async () => {
    const lab = openLab()
    expect(await output('net localgroup administrators', lab)).toContain('\nupdsvc\n')
    expect(await output('net user updsvc', lab)).toContain('*Administrators')
    expect((await run('net user nobody', lab)).code).toBe(2)
    expect(await output('net share', lab)).toContain('ADMIN$')
    expect((await run('net nonsense', lab)).code).toBe(1)
    expect(await output('netstat -ano', lab)).toMatch(/203\.0\.113\.66:443 +ESTABLISHED +7312\n/)
    expect(await output('netstat -n', lab)).not.toContain('LISTENING')
  })
})

describe('powershell', () => {
  test('runs cmdlets one after the other, encoded too', async () => {
    const encoded = Buffer.from('Write-Output "hi there"; Get-Process -Id 7312', 'utf16le').toString('base64')
    expect(await output(`powershell.exe -NoProfile -ExecutionPolicy Bypass -enc ${encoded}`)).toMatch(/^hi there\n[^]*7312 +1 svchost\n/)
    expect(await output('powershell -Command "Write-Output \'a b\'"')).toBe('a b\n')
  })

  test('sleeps, runs scripts, and refuses what it does not support', async () => {
    const lab = openLab()
    await lab.put('C:\\Users\\Public\\s.ps1', '# a script\r\nStart-Sleep -Seconds 20\r\nTest-Path C:\\Users\r\n')
    const before = lab.clock.now()
    expect(await output('powershell -File C:\\Users\\Public\\s.ps1', lab)).toBe('True\n')
    expect(lab.clock.now() - before).toBe(20_000)
    expect(await run('powershell Get-Nonsense', lab)).toMatchObject({
      code: 1,
      output: expect.stringContaining('is not recognized as the name of a cmdlet'),
    })
    expect(await run('powershell Get-FileHash C:\\none', lab)).toMatchObject({ code: 1 })
  })
})
