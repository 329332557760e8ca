/** State, servers, browsers and collections of Windows. */
export const WINDOWS_MORE = String.raw`
name: WindowsNetworkConfiguration
doc: Addresses, name servers and the cache of names.
sources:
- type: COMMAND
  attributes:
    cmd: 'ipconfig.exe'
    args: ['/all']
- type: COMMAND
  attributes:
    cmd: 'ipconfig.exe'
    args: ['/displaydns']
- type: COMMAND
  attributes:
    cmd: 'arp.exe'
    args: ['-a']
supported_os: [Windows]
---
name: WindowsProcesses
doc: Processes with their command lines.
sources:
- type: WMI
  attributes:
    query: 'SELECT * FROM Win32_Process'
supported_os: [Windows]
---
name: WindowsLoggedOnUsers
doc: Who is logged on.
sources:
- type: COMMAND
  attributes:
    cmd: 'quser.exe'
    args: []
supported_os: [Windows]
---
name: WindowsIisLogs
doc: Access logs of the web server.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemdrive%%\inetpub\logs\LogFiles\W3SVC*\*.log'
    separator: '\'
supported_os: [Windows]
---
name: WindowsWebShellCandidates
doc: 'Scripts in the folders of the web server: only their entries.'
sources:
- type: PATH
  attributes:
    paths:
    - '%%environ_systemdrive%%\inetpub\wwwroot\**5\*.asp*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsSearchIndex
doc: The index of Windows Search.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_programdata%%\Microsoft\Search\Data\Applications\Windows\Windows.edb'
    - '%%environ_programdata%%\Microsoft\Search\Data\Applications\Windows\Windows.db'
    separator: '\'
supported_os: [Windows]
---
name: WindowsTemporaryExecutables
doc: 'Programs and scripts in temporary and public folders: only their entries.'
sources:
- type: PATH
  attributes:
    paths:
    - '%%environ_systemroot%%\Temp\*.exe'
    - '%%environ_systemroot%%\Temp\*.dll'
    - '%%environ_systemroot%%\Temp\*.ps1'
    - '%%environ_systemroot%%\Temp\*.bat'
    - '%%environ_systemroot%%\Temp\*.vbs'
    - '%%environ_systemroot%%\Temp\*.js'
    - '%%environ_systemroot%%\Temp\*.hta'
    - '%%users.temp%%\*.exe'
    - '%%users.temp%%\*.dll'
    - '%%users.temp%%\*.ps1'
    - '%%users.temp%%\*.bat'
    - '%%users.temp%%\*.vbs'
    - '%%users.temp%%\*.js'
    - '%%users.temp%%\*.hta'
    - '%%environ_systemdrive%%\Users\Public\*.exe'
    - '%%environ_systemdrive%%\Users\Public\*.dll'
    - '%%environ_systemdrive%%\Users\Public\*.ps1'
    - '%%environ_systemdrive%%\Users\Public\*.bat'
    - '%%environ_systemdrive%%\Users\Public\*.vbs'
    - '%%environ_systemdrive%%\Users\Public\*.js'
    - '%%environ_systemdrive%%\Users\Public\*.hta'
    - '%%environ_programdata%%\*.exe'
    - '%%environ_programdata%%\*.dll'
    - '%%environ_programdata%%\*.ps1'
    - '%%environ_programdata%%\*.bat'
    - '%%environ_programdata%%\*.vbs'
    - '%%environ_programdata%%\*.js'
    - '%%environ_programdata%%\*.hta'
    separator: '\'
supported_os: [Windows]
---
name: WindowsProfileList
doc: Users that have a profile on this computer.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\ProfileList\*'
supported_os: [Windows]
---
name: WindowsInstalledPrograms
doc: Programs that are installed.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\Uninstall\*'
    - 'HKEY_LOCAL_MACHINE\Software\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall\*'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Uninstall\*'
supported_os: [Windows]
---
name: WindowsRemoteTools
doc: Logs of programs for remote control that attackers bring along.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_programdata%%\AnyDesk\*.trace'
    - '%%users.appdata%%\AnyDesk\*.trace'
    - '%%environ_programfiles%%\TeamViewer\*.log'
    - '%%environ_programfilesx86%%\TeamViewer\*.log'
    - '%%environ_programdata%%\ScreenConnect Client*\*'
    - '%%users.appdata%%\rclone\rclone.conf'
    separator: '\'
supported_os: [Windows]
---
name: WindowsChromiumHistory
doc: History, downloads and settings of Chrome, Edge and Brave.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.localappdata%%\Google\Chrome\User Data\*\History'
    - '%%users.localappdata%%\Google\Chrome\User Data\*\Preferences'
    - '%%users.localappdata%%\Google\Chrome\User Data\*\Bookmarks'
    - '%%users.localappdata%%\Google\Chrome\User Data\*\Web Data'
    - '%%users.localappdata%%\Google\Chrome\User Data\*\Network\Cookies'
    - '%%users.localappdata%%\Google\Chrome\User Data\*\Login Data'
    - '%%users.localappdata%%\Microsoft\Edge\User Data\*\History'
    - '%%users.localappdata%%\Microsoft\Edge\User Data\*\Preferences'
    - '%%users.localappdata%%\Microsoft\Edge\User Data\*\Bookmarks'
    - '%%users.localappdata%%\Microsoft\Edge\User Data\*\Web Data'
    - '%%users.localappdata%%\Microsoft\Edge\User Data\*\Network\Cookies'
    - '%%users.localappdata%%\Microsoft\Edge\User Data\*\Login Data'
    - '%%users.localappdata%%\BraveSoftware\Brave-Browser\User Data\*\History'
    - '%%users.localappdata%%\BraveSoftware\Brave-Browser\User Data\*\Preferences'
    - '%%users.localappdata%%\BraveSoftware\Brave-Browser\User Data\*\Bookmarks'
    - '%%users.localappdata%%\BraveSoftware\Brave-Browser\User Data\*\Web Data'
    - '%%users.localappdata%%\BraveSoftware\Brave-Browser\User Data\*\Network\Cookies'
    - '%%users.localappdata%%\BraveSoftware\Brave-Browser\User Data\*\Login Data'
    separator: '\'
supported_os: [Windows]
---
name: WindowsFirefoxHistory
doc: History, downloads and sessions of Firefox.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.appdata%%\Mozilla\Firefox\Profiles\*\places.sqlite'
    - '%%users.appdata%%\Mozilla\Firefox\Profiles\*\cookies.sqlite'
    - '%%users.appdata%%\Mozilla\Firefox\Profiles\*\formhistory.sqlite'
    - '%%users.appdata%%\Mozilla\Firefox\Profiles\*\sessionstore*'
    - '%%users.appdata%%\Mozilla\Firefox\Profiles\*\logins.json'
    - '%%users.appdata%%\Mozilla\Firefox\Profiles\*\extensions.json'
    separator: '\'
supported_os: [Windows]
---
name: WindowsBrowserHistory
doc: What users did with browsers.
sources:
- type: ARTIFACT_GROUP
  attributes:
    names:
    - WindowsChromiumHistory
    - WindowsFirefoxHistory
supported_os: [Windows]
---
name: WindowsAutostarts
doc: Everything that starts by itself.
sources:
- type: ARTIFACT_GROUP
  attributes:
    names:
    - WindowsRunKeys
    - WindowsStartupFolders
    - WindowsScheduledTasks
    - WindowsServices
    - WindowsWinlogon
    - WindowsImageHijacks
    - WindowsLoadedLibraries
    - WindowsUserComObjects
    - WindowsActiveSetup
    - WindowsBootExecute
    - WindowsWmiRepository
supported_os: [Windows]
---
name: WindowsExecution
doc: Traces of programs that were run.
sources:
- type: ARTIFACT_GROUP
  attributes:
    names:
    - WindowsPrefetch
    - WindowsAmcache
    - WindowsShimCache
    - WindowsBackgroundActivity
    - WindowsUserAssist
    - WindowsSrum
supported_os: [Windows]
---
name: WindowsTriage
doc: What an investigation of a Windows computer begins with.
sources:
- type: ARTIFACT_GROUP
  attributes:
    names:
    - WindowsEventLogs
    - WindowsRegistryHives
    - WindowsUserRegistryHives
    - WindowsAutostarts
    - WindowsExecution
    - WindowsBrowserHistory
    - WindowsPowerShellHistory
    - WindowsRecentFiles
    - WindowsRecycleBin
    - WindowsUsbDevices
    - WindowsHostsFile
    - WindowsDefenderLogs
supported_os: [Windows]
`
