import { describe, expect, test } from 'vitest'
import { holdsSecret, withoutSecrets } from '../../../src/core/text/secrets.ts'

describe('a secret', () => {
  test.each([
    'exec app.exe password=Hunter2',
    'exec app.exe --password Hunter2',
    'exec app.exe --db-password=x',
    'exec app.exe -Password x',
    'exec runas /user:admin /p:Hunter2',
    'exec psexec \\\\host -u admin -p Hunter2 cmd',
    'exec schtasks /create /tn x /rp Hunter2',
    'exec net user admin Hunter2',
    'exec net.exe user "John Doe" Hunter2 /add',
    'exec net use \\\\srv\\c$ Hunter2 /user:admin',
    'exec cmdkey /add:srv /user:x /pass:Hunter2',
    'exec sc config svc obj= .\\x password= Hunter2',
    'exec app --token abcdef',
    '!export CBC_TOKEN=abc',
    'token abcdef',
    '!curl -H "X-Auth-Token: ABC/DEF"',
    '!curl -H "Authorization: Basic eHg6eXk="',
    'exec app "Bearer abcdefghijkl"',
    '!curl https://user:Hunter2@host/x',
    '!curl -u user:Hunter2 https://host',
    '!sshpass -p x ssh host',
    'exec app ABCDEFGHIJKLMNOPQRSTUVWX/ABCDEFGHIJ',
    'exec app AKIAABCDEFGHIJKLMNOP',
    'exec app {"api_key":"abc"}',
    'exec plink -pw Hunter2 user@host',
    'exec C:\\Tools\\plink.exe user@host -pw Hunter2',
    'exec pscp -pw Hunter2 a b:',
    '!7z a -pHunter2 out.7z dir',
    'exec "C:\\Program Files\\7-Zip\\7z.exe" x -pHunter2 a.7z',
    '!rar a -hpHunter2 out.rar dir',
    'exec rar.exe a -pHunter2 out.rar dir',
    '!unzip -P Hunter2 a.zip',
    '!unzip -oP Hunter2 a.zip',
    '!zip -P Hunter2 a.zip b',
    '!winexe -U admin%Hunter2 //host cmd',
    '!winexe -U DOM/admin%Hunter2 //host cmd',
    '!smbclient -U admin%Hunter2 //host/c$',
    '!smbclient //host/c$ Hunter2 -U admin',
    '!smbclient //host/c$ --user=admin%Hunter2',
    '!rpcclient -Uadmin%Hunter2 host',
    '!ldapsearch -x -D cn=admin -w Hunter2 -b dc=x',
    '!ldapmodify -wHunter2',
    '!echo Hunter2 | runas /user:admin cmd',
    'ls | !echo Hunter2 | sudo -S ls',
    '!echo Hunter2|openssl enc -aes-256-cbc -pass stdin',
    '!openssl enc -aes-256-cbc -k Hunter2 -in a',
    '!openssl enc -K 00112233 -in a',
    '!openssl rsa -passin pass:Hunter2 -in a',
    'exec psexec64.exe \\\\host -u admin -p Hunter2 cmd',
    'exec schtasks /create /tn x /ru admin /rp Hunter2',
    'exec wmic /node:host /user:admin /password:Hunter2 process',
    'exec wmic.exe /password:"Hunter2" os',
    '!mysql -u root -pHunter2 db',
    '!mysqldump --password=Hunter2',
    '!sqlcmd -S host -U sa -P Hunter2',
    '!redis-cli -a Hunter2',
    'exec certutil -p Hunter2 -importpfx a.pfx',
    'exec certutil -f -p Hunter2 -exportpfx x a.pfx',
    '!PGPASSWORD=Hunter2 psql',
    '!export MYSQL_PWD=Hunter2',
    '!AWS_SECRET_ACCESS_KEY=abcd aws s3 ls',
    '!aws configure set aws_secret_access_key abcd',
    'exec powershell New-Object PSCredential("a", $p)',
    'exec powershell Set-ADAccountPassword x -NewPassword y',
    '!xfreerdp /u:admin /p:Hunter2 /v:host',
    '!crackmapexec smb host -u admin -p Hunter2',
    '!evil-winrm -i host -u admin -p Hunter2',
    '!secretsdump.py DOM/admin:Hunter2@host',
    '!wget --user=a --password=Hunter2 https://x',
    '!wget --http-password Hunter2 https://x',
    '!docker login -u a -p Hunter2',
    'exec bitsadmin /setcredentials job server basic a Hunter2',
    'exec netdom join host /domain:x /userd:admin /passwordd:Hunter2',
    'exec dsadd user cn=x -pwd Hunter2',
    'exec winrs -r:host -u:admin -p:Hunter2 cmd',
    'exec net user admin Hunter2 /add',
    '!gpg --passphrase Hunter2 -d a',
    '!keytool -storepass Hunter2 -list',
    '!curl --user admin:Hunter2 https://host',
    '!curl -uadmin:Hunter2 https://host',
    '!sudo -S ls <<< Hunter2',
    'exec mimikatz "sekurlsa::pth /user:a /ntlm:00"',
    'exec net use Z: \\\\srv\\share Hunter2',
    'exec net use \\\\srv\\c$ Hunter2',
    '!psexec.py DOM/admin:Hunter2@host',
    '!impacket-wmiexec admin:Hunter2@10.0.0.1',
    'exec manage-bde -unlock C: -rp 111111-222222',
    '!dislocker-fuse -V /dev/sda1 -uHunter2 /mnt',
    '!security add-generic-password -w Hunter2 -a x -s y',
    '!useradd -p Hunter2 x',
    `exec app ${'x'.repeat(5000)}`,
    'reg add HKLM\\Software\\Microsoft\\Winlogon -v DefaultPassword -d Hunter2',
    'exec powershell ConvertTo-SecureString x -AsPlainText',
  ])('is found in: %s', line => {
    expect(holdsSecret(line)).toBe(true)
  })

  test.each([
    'ls C:\\Users',
    'mkdir -p C:\\temp\\x',
    'pwd',
    'get C:\\Users\\x\\passwords.kdbx',
    'cat /etc/passwd',
    'rm -r C:\\tokens',
    'ps --filter token.exe',
    'exec net user',
    'exec net user admin',
    'exec net user admin /active:no',
    'exec net user admin *',
    'exec net use',
    'exec ping -n 3 host',
    'exec cmd.exe /c dir /p',
    'reg query HKLM\\Software\\Policies',
    'hash C:\\secret\\plan.doc',
    'reg add HKLM\\x -v Run -t REG_SZ -d calc.exe',
    'stat https://host/path',
    'exec sc query',
    'exec sc.exe stop wuauserv',
    'exec schtasks /query /tn x',
    'exec wmic process list',
    '!unzip a.zip',
    '!7z x a.7z',
    'exec certutil -hashfile a SHA256',
    '!curl https://host',
    'exec net view \\\\srv',
    '!echo hello | grep h',
    'ps --user SYSTEM',
    'exec psexec \\\\host cmd',
    '!mysql db',
    'hash C:\\x\\unzip.exe',
    '!wget https://host/x',
    'exec at',
    'get C:\\x -r',
    'exec at.exe',
    '!ssh host ls',
    'exec ipconfig /all',
    '!docker ps',
    'exec net use Z: \\\\srv\\share',
    'exec net use Z: \\\\srv\\share /delete',
    '!scp admin@host:/x y',
    'cat C:\\a@b.txt',
    'exec manage-bde -status',
    'find C:\\ --name *.exe | sort',
  ])('is not found in: %s', line => {
    expect(holdsSecret(line)).toBe(false)
  })
})

describe('what is left of a line with a secret', () => {
  test.each([
    ['exec net user bob Passw0rd /add', 'exec ***', 'Passw0rd'],
    ['reg add HKCU\\X -v DefaultPassword -d hunter22 -f', 'reg add HKCU\\X -v ***', 'hunter22'],
    ['exec --shell echo Passw0rd | runas /user:x cmd', 'exec ***', ''],
    ['exec curl -u bob:Passw0rd https://host', 'exec ***', 'Passw0rd'],
  ])('%s is %s', (typed, line, secret) => {
    const left = withoutSecrets(typed, typed.indexOf(' '))
    expect(left.line.startsWith(line.slice(0, -3))).toBe(true)
    expect(left.line).toMatch(/ \*\*\*$/)
    expect(left.line).not.toMatch(/Passw0rd|hunter/)
    if (secret !== '') expect(left.secrets.join()).toContain(secret)
  })

  test('does not depend on how long the line is', () => {
    const long = `exec powershell -enc ${'QUJD '.repeat(4000)}`
    expect(withoutSecrets(long)).toEqual({ line: long, secrets: [] })
    expect(withoutSecrets(`${long} net user bob Passw0rd`).line).not.toContain('Passw0rd')
  })

  test('is the line itself where there is none', () => {
    expect(withoutSecrets('get C:\\x -r')).toEqual({ line: 'get C:\\x -r', secrets: [] })
  })
})
