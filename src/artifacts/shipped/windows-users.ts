/** What users did on Windows, and what is connected to it. */
export const WINDOWS_USERS = String.raw`
name: WindowsBits
doc: 'Background transfers: downloads that survive a restart.'
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_programdata%%\Microsoft\Network\Downloader\qmgr*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsPowerShellHistory
doc: Lines that users typed into PowerShell.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.appdata%%\Microsoft\Windows\PowerShell\PSReadLine\*_history.txt'
    separator: '\'
supported_os: [Windows]
---
name: WindowsPowerShellProfiles
doc: Scripts that PowerShell runs at its start.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\WindowsPowerShell\v1.0\*profile.ps1'
    - '%%users.userprofile%%\Documents\WindowsPowerShell\*profile.ps1'
    - '%%users.userprofile%%\Documents\PowerShell\*profile.ps1'
    separator: '\'
supported_os: [Windows]
---
name: WindowsPowerShellTranscripts
doc: Transcripts of PowerShell where they usually are.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.userprofile%%\Documents\20*\PowerShell_transcript.*.txt'
    - '%%users.userprofile%%\Documents\PowerShell_transcript.*.txt'
    separator: '\'
supported_os: [Windows]
---
name: WindowsRecentFiles
doc: Links to what users opened, and the jump lists of programs.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.appdata%%\Microsoft\Windows\Recent\*.lnk'
    - '%%users.appdata%%\Microsoft\Windows\Recent\AutomaticDestinations\*'
    - '%%users.appdata%%\Microsoft\Windows\Recent\CustomDestinations\*'
    - '%%users.appdata%%\Microsoft\Office\Recent\*.lnk'
    separator: '\'
supported_os: [Windows]
---
name: WindowsRecycleBin
doc: 'What was deleted, by whom and when: the records, not the content.'
sources:
- type: FILE
  attributes:
    paths:
    - '\$Recycle.Bin\*\$I*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsUserAssist
doc: Programs that users started from the desktop, with counts and times.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Explorer\UserAssist\*\Count'
supported_os: [Windows]
---
name: WindowsTypedPaths
doc: 'Paths and commands that users typed: in Explorer, and with Windows+R.'
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Explorer\TypedPaths'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Explorer\RunMRU'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Explorer\WordWheelQuery'
supported_os: [Windows]
---
name: WindowsRemoteDesktopClient
doc: Servers that users connected to with Remote Desktop, and bitmaps of what they saw.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Terminal Server Client\Default'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Terminal Server Client\Servers\*'
- type: FILE
  attributes:
    paths:
    - '%%users.localappdata%%\Microsoft\Terminal Server Client\Cache\*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsTimeline
doc: Activities of users across programs.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.localappdata%%\ConnectedDevicesPlatform\*\ActivitiesCache.db*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsNotifications
doc: Notifications that users got, with their text.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.localappdata%%\Microsoft\Windows\Notifications\wpndatabase.db*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsThumbnails
doc: Small pictures of files that users looked at, which stay when the files are gone.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.localappdata%%\Microsoft\Windows\Explorer\thumbcache_*.db'
    - '%%users.localappdata%%\Microsoft\Windows\Explorer\iconcache_*.db'
    separator: '\'
supported_os: [Windows]
---
name: WindowsUsbDevices
doc: USB devices that were connected, with the log of their first time.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Enum\USBSTOR\*\*'
    - 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Enum\USB\*\*'
    - 'HKEY_LOCAL_MACHINE\System\MountedDevices'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2\*'
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\INF\setupapi.dev*.log'
    separator: '\'
supported_os: [Windows]
---
name: WindowsDefenderLogs
doc: What Defender found and did, and what it was told to leave alone.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_programdata%%\Microsoft\Windows Defender\Support\MPLog-*.log'
    - '%%environ_programdata%%\Microsoft\Windows Defender\Scans\History\Service\DetectionHistory\**'
    separator: '\'
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows Defender\Exclusions\*'
    - 'HKEY_LOCAL_MACHINE\Software\Policies\Microsoft\Windows Defender'
supported_os: [Windows]
---
name: WindowsErrorReports
doc: Reports of programs that crashed.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_programdata%%\Microsoft\Windows\WER\ReportArchive\*\*.wer'
    - '%%environ_programdata%%\Microsoft\Windows\WER\ReportQueue\*\*.wer'
    - '%%users.localappdata%%\CrashDumps\*.dmp'
    separator: '\'
supported_os: [Windows]
---
name: WindowsFirewallLog
doc: What the firewall let through and dropped, where it is told to log.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\LogFiles\Firewall\pfirewall.log*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsFirewallRules
doc: Rules of the firewall.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules'
supported_os: [Windows]
---
name: WindowsHostsFile
doc: Names that this computer resolves by itself. Malware sends updates and virus scanners astray here.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\drivers\etc\hosts'
    separator: '\'
supported_os: [Windows]
---
name: WindowsNetworkProfiles
doc: Networks that the computer was in.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\NetworkList\Profiles\*'
supported_os: [Windows]
---
name: WindowsNetworkConnections
doc: Connections and listening ports, with the ids of their processes.
sources:
- type: COMMAND
  attributes:
    cmd: 'netstat.exe'
    args: ['-ano']
supported_os: [Windows]
`
