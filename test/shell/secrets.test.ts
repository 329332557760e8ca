import { describe, expect, test } from 'vitest'
import { holdsSecret } from '../../src/shell/secrets.ts'

describe('secrets', () => {
  test.each([
    'exec app.exe password=Hunter2', 'exec app.exe --password Hunter2', 'exec app.exe --db-password=x', 'exec app.exe -Password x',
    'exec runas /user:admin /p:Hunter2', 'exec psexec \\\\host -u admin -p Hunter2 cmd', 'exec schtasks /create /tn x /rp Hunter2',
    'exec net user admin Hunter2', 'exec net.exe user "John Doe" Hunter2 /add', 'exec net use \\\\srv\\c$ Hunter2 /user:admin',
    'exec cmdkey /add:srv /user:x /pass:Hunter2', 'exec sc config svc obj= .\\x password= Hunter2',
    'exec app --token abcdef', '!export CBC_TOKEN=abc', 'token abcdef', '!curl -H "X-Auth-Token: ABC/DEF"', '!curl -H "Authorization: Basic eHg6eXk="',
    'exec app "Bearer abcdefghijkl"', '!curl https://user:Hunter2@host/x', '!curl -u user:Hunter2 https://host', '!sshpass -p x ssh host',
    'exec app ABCDEFGHIJKLMNOPQRSTUVWX/ABCDEFGHIJ', 'exec app AKIAABCDEFGHIJKLMNOP', 'exec app {"api_key":"abc"}',
    'reg add HKLM\\Software\\Microsoft\\Winlogon -v DefaultPassword -d Hunter2', 'exec powershell ConvertTo-SecureString x -AsPlainText',
  ])('%s', line => {
    expect(holdsSecret(line)).toBe(true)
  })

  test.each([
    'ls C:\\Users', 'mkdir -p C:\\temp\\x', 'pwd', 'get C:\\Users\\x\\passwords.kdbx', 'cat /etc/passwd', 'rm -r C:\\tokens', 'ps --filter token.exe',
    'exec net user', 'exec net user admin', 'exec net user admin /active:no', 'exec net user admin *', 'exec net use', 'exec ping -n 3 host',
    'exec cmd.exe /c dir /p', 'reg query HKLM\\Software\\Policies', 'hash C:\\secret\\plan.doc', 'reg add HKLM\\x -v Run -t REG_SZ -d calc.exe',
    'stat https://host/path', 'find C:\\ --name *.exe | sort',
  ])('%s is none', line => {
    expect(holdsSecret(line)).toBe(false)
  })
})
