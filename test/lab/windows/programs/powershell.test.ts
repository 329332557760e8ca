import { describe, expect, test } from 'vitest'
import { openLab, type Lab } from '../support.ts'

/** For scripts that change nothing outside themselves. */
const known = openLab()

/** Runs a script as `-EncodedCommand`, which avoids quoting. */
async function ps(script: string, lab: Lab = known): Promise<{ output: string; code: number }> {
  const { output, code } = await lab.exec(`powershell -NoProfile -EncodedCommand ${Buffer.from(script, 'utf16le').toString('base64')}`)
  return { output: output.replaceAll('\r\n', '\n'), code }
}

describe('typical pipelines of incident response scripts', () => {
  test.each<[string, string]>([
    [
      'Get-Process | Where-Object { $_.Path -like "C:\\Users\\*" } | Select-Object Id, ProcessName | ConvertTo-Json',
      '{\n    "Id":  7312,\n    "ProcessName":  "svchost"\n}\n',
    ],
    ["Get-Process | ? Path -notlike 'C:\\*' | sort Id -Descending | % ProcessName", 'Registry\nSystem\n'],
    ['Get-Process chrome | Measure-Object WS -Sum | Select-Object Count', '\nCount\n-----\n    4\n\n'],
    ['(Get-Process winword).Id', '6532\n'],
    [
      'Get-Process -Id (Get-NetTCPConnection -RemoteAddress 203.0.113.66 -State Established).OwningProcess | select -ExpandProperty Path',
      'C:\\Users\\Public\\svchost.exe\n',
    ],
    ['Get-Service | where Name -eq CbDefense | fl Name,Status', '\n\nName   : CbDefense\nStatus : Running\n\n\n'],
    [
      'Get-ScheduledTask -TaskName OneDrive* | ForEach-Object { "$($_.TaskPath)$($_.TaskName): $($_.Actions.Execute)" }',
      '\\OneDriveSyncTask: C:\\Users\\j.moreau\\AppData\\Roaming\\Microsoft\\OneDriveSync\\OneDriveSync.exe\n',
    ],
    [
      'Get-CimInstance Win32_Process -Filter "Name=\'WINWORD.EXE\'" | Select-Object ProcessId,ParentProcessId | ConvertTo-Csv -NoTypeInformation',
      '"ProcessId","ParentProcessId"\n"6532","6044"\n',
    ],
    ['gwmi -Query "SELECT * FROM Win32_Service WHERE Name LIKE \'Cb%\'" | % PathName', '"C:\\Program Files\\Confer\\RepMgr.exe"\n'],
    ['Get-WmiObject Win32_ComputerSystem | % { $_.Domain + "/" + $_.UserName }', 'corp.example/CORP\\j.moreau\n'],
    ['Get-WinEvent -FilterHashtable @{LogName="Security"; ID=4720,4732} | Sort-Object Id | % Id', '4720\n4732\n'],
    ['(Get-WinEvent -LogName Microsoft-Windows-PowerShell/Operational -MaxEvents 1).Message -match "DownloadString"', 'True\n'],
    [
      '(Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run).SecurityHealthUpdate',
      '"C:\\Users\\Public\\svchost.exe" -k netsvcs\n',
    ],
    ['Get-ItemPropertyValue "HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion" ProductName', 'Windows 10 Pro\n'],
    ['Get-ChildItem HKLM:\\SYSTEM\\CurrentControlSet\\Enum\\USBSTOR | % PSChildName', 'Disk&Ven_SanDisk&Prod_Ultra&Rev_1.00\n'],
    [
      'gci C:\\Users -Recurse -Force -Include *.docm,*.iso -ErrorAction SilentlyContinue | sort Name | % FullName',
      'C:\\Users\\j.moreau\\Downloads\\Invoice_8841.docm\nC:\\Users\\j.moreau\\Downloads\\Invoice_8841.iso\n',
    ],
    [
      'gci C:\\Users\\*\\Downloads\\*.iso | % Name; (gci C:\\Users\\*\\Downloads -Filter *.iso).Name',
      'Invoice_8841.iso\nInvoice_8841.iso\n',
    ],
    [
      '(gci C:\\Users\\Public -File).Count; (gci C:\\Users\\Public -File -Force | ? Name -eq svchost.exe).Attributes',
      '0\nHidden, System, Archive\n',
    ],
    ['Get-Item C:\\Users\\j.moreau\\Downloads\\Invoice_8841.iso -Stream * | % Stream', ':$DATA\nZone.Identifier\n'],
    ['Get-Content C:\\Users\\j.moreau\\Downloads\\Invoice_8841.iso -Stream Zone.Identifier | Select-String ZoneId', 'ZoneId=3\n'],
    [
      '(Get-FileHash C:\\Users\\Public\\svchost.exe).Hash -eq (Get-FileHash C:\\Users\\j.moreau\\AppData\\Roaming\\Microsoft\\OneDriveSync\\OneDriveSync.exe).Hash',
      'True\n',
    ],
    ['ipconfig | Select-String "IPv4"', '   IPv4 Address. . . . . . . . . . . : 10.20.4.37\n'],
    ['netstat -ano | Where-Object { $_ -match "203\\.0\\.113\\.66:443" } | ForEach-Object { ($_ -split "\\s+")[-1] }', '7312\n'],
    ['Get-LocalGroupMember Administrators | % Name', 'WIN-FIN-01\\Administrator\nCORP\\Domain Admins\nWIN-FIN-01\\updsvc\n'],
    ['Get-Process | group { $_.Path -like "C:\\Users\\*" } -NoElement | ? Name -eq True | % Count', '1\n'],
    [
      '[pscustomobject]@{ Host = $env:COMPUTERNAME; Count = @(Get-Process chrome).Count } | ConvertTo-Json -Compress',
      '{"Host":"WIN-FIN-01","Count":4}\n',
    ],
  ])('%s', async (script, said) => {
    expect(await ps(script)).toEqual({ output: said, code: 0 })
  })
})

describe('the PowerShell language', () => {
  test.each<[string, string]>([
    ['$env:COMPUTERNAME; "$env:TEMP\\x.txt"', 'WIN-FIN-01\nC:\\Windows\\TEMP\\x.txt\n'],
    ['"a`tb $(1 + 2) `$x $($env:OS.ToLower()) ""q"""', 'a\tb 3 $x windows_nt "q"\n'],
    ["'as $it is'", 'as $it is\n'],
    ['$x = 1, 2, 3; $x += 4; "$x"; $x[-1]; $x.Count; $x -contains 2', '1 2 3 4\n4\n4\nTrue\n'],
    ['$h = @{ a = 1; b = "two" }; $h.b; $h["a"]; $h.c = 3; $h.Keys -join ","', 'two\n1\na,b,c\n'],
    ['if (Test-Path C:\\none) { "there" } elseif (1 -gt 2) { "odd" } else { "not there" }', 'not there\n'],
    ['foreach ($n in 1..5) { if ($n -eq 2) { continue }; if ($n -eq 4) { break }; $n }', '1\n3\n'],
    ['$i = 0; while ($i -lt 3) { $i += 1 }; $i', '3\n'],
    ['for ($i = 0; $i -lt 3; $i++) { $i }; $i--; $i', '0\n1\n2\n2\n'],
    ['[math]::Round(10 / 4, 1); "abcdef".Substring(1, 2); @(1, 2).Count; [string]::Join("-", (1, 2))', '2.5\nbc\n2\n1-2\n'],
    ['if ($true) { "said"; if (1) { "too"; exit 7 } }; "never"', 'said\ntoo\n'],
    ['Get-Process nosuch 2>$null; $?; Get-Process -Id 4 | Out-Null; $?', 'False\nTrue\n'],
    [
      'try { Get-Item C:\\none -ErrorAction Stop } catch { "caught $($_.Exception.Message)" } finally { "done" }',
      "done\ncaught Cannot find path 'C:\\none' because it does not exist.\n",
    ],
    ['function Twice($n, $by = 2) { return $n * 2 }; Twice 21; Twice -n 4', '42\n8\n'],
    ['"{0,-6}|{1:N1}|{2:X}" -f "ab", 1234.56, 255', 'ab    |1,234.6|FF\n'],
    ['"Invoice_8841.iso" -match "_(\\d+)\\." | Out-Null; $Matches[1]', '8841\n'],
    ['"a,b;c" -split "[,;]" -join "-"; "abc" -replace "b", "x"; 10MB / 1KB', 'a-b-c\naxc\n10240\n'],
    [
      '[Text.Encoding]::Unicode.GetString([Convert]::FromBase64String("aABpAA==")); [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("hi"))',
      'hi\naGk=\n',
    ],
    [
      '(Get-Date "2025-11-04 15:30").AddHours(-2).ToString("yyyy-MM-dd HH:mm"); ([datetime]"2025-11-04" - [datetime]"2025-11-01").Days',
      '2025-11-04 13:30\n3\n',
    ],
    ['& { param($a) "got $a" } 5; & "C:\\Windows\\System32\\hostname.exe"', 'got 5\nWIN-FIN-01\n'],
    [
      '# a comment\n<# and\nmore #> Get-Process |\n  Where-Object { $_.Id -eq 4 } |\n  ForEach-Object {\n    $_.ProcessName\n  }',
      'System\n',
    ],
    ['@"\nhost $env:COMPUTERNAME\n"@', 'host WIN-FIN-01\n'],
    [
      '"x" | Set-Content C:\\a.txt; "y" | Add-Content C:\\a.txt; (Get-Content C:\\a.txt) -join "+"; Remove-Item C:\\a.txt; Test-Path C:\\a.txt',
      'x+y\nFalse\n',
    ],
  ])('%s', async (script, said) => {
    expect((await ps(script)).output).toBe(said)
  })
})

describe("PowerShell's own error texts", () => {
  test.each<[string, string, number]>([
    ['Get-Nonsense', "The term 'Get-Nonsense' is not recognized as the name of a cmdlet, function, script file, or operable program.", 1],
    ['Get-Nonsense', '    + FullyQualifiedErrorId : CommandNotFoundException\n', 1],
    ['Get-Content C:\\none', "Get-Content : Cannot find path 'C:\\none' because it does not exist.", 1],
    ['Get-Process -Id 3', 'Cannot find a process with the process identifier 3.', 1],
    ['Get-Process nosuch -ErrorAction SilentlyContinue', '', 1],
    ['Get-Process nosuch 2>$null; "next"', 'next\n', 0],
    ['Get-Item C:\\none; "next"', 'next\n', 0],
    ['Stop-Process -Id 4', 'Cannot stop process "System (4)" because of the following error: Access is denied', 1],
    ['Get-Process -Nonsense 1', "A parameter cannot be found that matches parameter name 'Nonsense'.", 1],
    ['Get-ChildItem "C:\\System Volume Information"', 'is denied.', 1],
    ['Get-CimInstance Win32_Nonsense', 'Invalid class', 1],
    ['Get-WinEvent -LogName Nonsense', 'There is not an event log on the WIN-FIN-01 computer that matches "Nonsense".', 1],
    ['Get-Process | Where-Object { $_.Id -eq', "You must provide a value expression following the '-eq' operator.", 1],
    ['function f { f }; f', 'call depth overflow', 1],
    ['{ {', "Missing closing '}'", 1],
    ['throw "no good"; "never"', 'no good', 1],
    ['exit 42; "never"', '', 42],
    ['cmd /c exit 3; $LASTEXITCODE; exit $LASTEXITCODE', '3\n', 3],
    ['[Nonsense.Type]::Do()', 'Unable to find type [nonsense.type].', 1],
    ['Remove-Item C:\\Users\\Public', 'NonInteractive mode', 1],
  ])('%s', async (script, said, code) => {
    const answer = await ps(script)
    expect(answer).toEqual({ output: expect.stringContaining(said), code })
    expect(answer.output).not.toContain('never\n')
  })
})

test('files have the encodings of Windows PowerShell', async () => {
  const lab = openLab()
  await ps(
    '"é" | Out-File C:\\a.txt; "é" > C:\\b.txt; Get-Process -Id 4 | select Id | Export-Csv C:\\c.csv -NoTypeInformation; "é" | Set-Content C:\\d.txt -Encoding UTF8; "é" | Out-File C:\\e.txt -Encoding ascii',
    lab,
  )
  expect((await lab.get('C:\\a.txt')).toString('hex')).toBe('fffee9000d000a00')
  expect((await lab.get('C:\\b.txt')).toString('hex')).toBe('fffee9000d000a00')
  expect((await lab.get('C:\\c.csv')).toString()).toBe('"Id"\r\n"4"\r\n')
  expect((await lab.get('C:\\d.txt')).toString('hex')).toBe('efbbbfc3a90d0a')
  expect((await lab.get('C:\\e.txt')).toString()).toBe('?\r\n')
})

test('changes are made on the endpoint', async () => {
  const lab = openLab()
  const script = `
    Get-Process | Where-Object { $_.Path -eq 'C:\\Users\\Public\\svchost.exe' } | Stop-Process -Force
    Unregister-ScheduledTask -TaskName OneDriveSyncTask -Confirm:$false
    Remove-ItemProperty -Path HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run -Name SecurityHealthUpdate
    Get-ChildItem C:\\Users\\Public -Force -Filter svchost.exe | Remove-Item -Force
    New-Item HKLM:\\SOFTWARE\\IR -Force | Out-Null
    New-ItemProperty HKLM:\\SOFTWARE\\IR -Name Case -Value 8841 -PropertyType DWord | Out-Null
    New-Item -ItemType Directory C:\\IR | Out-Null
    Copy-Item C:\\Windows\\win.ini C:\\IR\\`
  expect(await ps(script, lab)).toEqual({ output: '', code: 0 })
  expect((await lab.run('process list')).processes?.map(({ process_pid }) => process_pid)).not.toContain(7312)
  expect((await lab.run('directory list', { path: 'C:\\IR\\' })).files?.map(({ filename }) => filename)).toContain('win.ini')
  expect((await lab.run('reg query value', { path: 'HKLM\\SOFTWARE\\IR\\Case' })).value).toMatchObject({
    registry_type: expect.stringMatching(/REG_DWORD/),
    registry_data: '8841',
  })
  expect((await ps('Test-Path C:\\Users\\Public\\svchost.exe, C:\\Windows\\System32\\Tasks\\OneDriveSyncTask', lab)).output).toBe(
    'False\nFalse\n',
  )
})

test('-File takes parameters, -Command a command line, and Start-Sleep takes time', async () => {
  const lab = openLab()
  await lab.put('C:\\s.ps1', '\ufeffparam([string]$Name, $Count = 1)\r\nStart-Sleep -Seconds 20\r\n"$Name x $Count"\r\nGet-Nonsense\r\n')
  const before = lab.clock.now()
  expect(await lab.exec('powershell -NoProfile -ExecutionPolicy Bypass -File C:\\s.ps1 -Name eve 3')).toEqual({
    output: expect.stringMatching(/^eve x 3\r\nGet-Nonsense : /),
    code: 0,
  })
  expect(lab.clock.now() - before).toBe(20_000)
  expect(
    (await lab.exec('powershell.exe -Command "& {Get-Process | Select-Object -First 1 | ForEach-Object { $_.ProcessName }}"')).output,
  ).toBe('chrome\r\n')
  expect((await lab.exec('cmd /c powershell -c "Get-Process -Id 4 | Format-Table -HideTableHeaders Id"')).output).toContain('4\r\n')
})
