/** What Windows starts and logs, in the format of ForensicArtifacts. */
export const WINDOWS_SYSTEM = String.raw`
name: WindowsEventLogs
doc: Event logs of Windows and of all its components.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\winevt\Logs\*.evtx'
    separator: '\'
supported_os: [Windows]
---
name: WindowsRegistryHives
doc: The registry of the machine, with the logs that complete it. The hives are in use all the time.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\config\SYSTEM'
    - '%%environ_systemroot%%\System32\config\SYSTEM.LOG1'
    - '%%environ_systemroot%%\System32\config\SYSTEM.LOG2'
    - '%%environ_systemroot%%\System32\config\SOFTWARE'
    - '%%environ_systemroot%%\System32\config\SOFTWARE.LOG1'
    - '%%environ_systemroot%%\System32\config\SOFTWARE.LOG2'
    - '%%environ_systemroot%%\System32\config\SAM'
    - '%%environ_systemroot%%\System32\config\SAM.LOG1'
    - '%%environ_systemroot%%\System32\config\SAM.LOG2'
    - '%%environ_systemroot%%\System32\config\SECURITY'
    - '%%environ_systemroot%%\System32\config\SECURITY.LOG1'
    - '%%environ_systemroot%%\System32\config\SECURITY.LOG2'
    - '%%environ_systemroot%%\System32\config\DEFAULT'
    - '%%environ_systemroot%%\System32\config\DEFAULT.LOG1'
    - '%%environ_systemroot%%\System32\config\DEFAULT.LOG2'
    separator: '\'
supported_os: [Windows]
---
name: WindowsUserRegistryHives
doc: The part of the registry that each user has. It is in use while the user is logged on.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.userprofile%%\NTUSER.DAT'
    - '%%users.userprofile%%\NTUSER.DAT.LOG1'
    - '%%users.userprofile%%\NTUSER.DAT.LOG2'
    - '%%users.localappdata%%\Microsoft\Windows\UsrClass.dat'
    - '%%users.localappdata%%\Microsoft\Windows\UsrClass.dat.LOG1'
    - '%%users.localappdata%%\Microsoft\Windows\UsrClass.dat.LOG2'
    separator: '\'
supported_os: [Windows]
---
name: WindowsAmcache
doc: Programs that were run or installed, with their SHA-1.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\AppCompat\Programs\Amcache.hve'
    - '%%environ_systemroot%%\AppCompat\Programs\Amcache.hve.LOG1'
    - '%%environ_systemroot%%\AppCompat\Programs\Amcache.hve.LOG2'
    separator: '\'
supported_os: [Windows]
---
name: WindowsPrefetch
doc: What was run, when, how often, and the files that it opened first.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\Prefetch\*.pf'
    separator: '\'
supported_os: [Windows]
---
name: WindowsSrum
doc: What each program used of network and processor, by the hour.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\sru\SRUDB.dat'
    - '%%environ_systemroot%%\System32\sru\SRU*.log'
    - '%%environ_systemroot%%\System32\sru\SRU.chk'
    separator: '\'
supported_os: [Windows]
---
name: WindowsShimCache
doc: Programs that Windows has seen, from the cache of application compatibility.
sources:
- type: REGISTRY_VALUE
  attributes:
    key_value_pairs:
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Session Manager\AppCompatCache', value: 'AppCompatCache'}
supported_os: [Windows]
---
name: WindowsBackgroundActivity
doc: Programs that ran in the session of each user, and when last (BAM).
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Services\bam\State\UserSettings\*'
    - 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Services\bam\UserSettings\*'
supported_os: [Windows]
---
name: WindowsScheduledTasks
doc: Definitions of scheduled tasks.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\Tasks\**10'
    - '%%environ_systemroot%%\SysWOW64\Tasks\**10'
    - '%%environ_systemroot%%\Tasks\*.job'
    separator: '\'
supported_os: [Windows]
---
name: WindowsServices
doc: Services and drivers as the registry has them.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Services\*'
- type: REGISTRY_VALUE
  attributes:
    key_value_pairs:
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Services\*\Parameters', value: 'ServiceDll'}
supported_os: [Windows]
---
name: WindowsRunKeys
doc: Programs that start when somebody logs on, for all users and for each.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\Run'
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\RunOnce'
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\RunOnceEx'
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\RunServices'
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\Policies\Explorer\Run'
    - 'HKEY_LOCAL_MACHINE\Software\Wow6432Node\Microsoft\Windows\CurrentVersion\Run'
    - 'HKEY_LOCAL_MACHINE\Software\Wow6432Node\Microsoft\Windows\CurrentVersion\RunOnce'
    - 'HKEY_LOCAL_MACHINE\Software\Wow6432Node\Microsoft\Windows\CurrentVersion\RunOnceEx'
    - 'HKEY_LOCAL_MACHINE\Software\Wow6432Node\Microsoft\Windows\CurrentVersion\RunServices'
    - 'HKEY_LOCAL_MACHINE\Software\Wow6432Node\Microsoft\Windows\CurrentVersion\Policies\Explorer\Run'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Run'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\RunOnce'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\RunOnceEx'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\RunServices'
    - 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows\CurrentVersion\Policies\Explorer\Run'
supported_os: [Windows]
---
name: WindowsStartupFolders
doc: Programs and links in the startup folders.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_programdata%%\Microsoft\Windows\Start Menu\Programs\StartUp\*'
    - '%%users.appdata%%\Microsoft\Windows\Start Menu\Programs\Startup\*'
    separator: '\'
supported_os: [Windows]
---
name: WindowsWinlogon
doc: 'What Winlogon starts: the shell, userinit, and notification packages.'
sources:
- type: REGISTRY_VALUE
  attributes:
    key_value_pairs:
    - {key: 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'Shell'}
    - {key: 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'Userinit'}
    - {key: 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'Taskman'}
    - {key: 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'System'}
    - {key: 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'Shell'}
    - {key: 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'Userinit'}
    - {key: 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'Taskman'}
    - {key: 'HKEY_USERS\%%users.sid%%\Software\Microsoft\Windows NT\CurrentVersion\Winlogon', value: 'System'}
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Winlogon\Notify\*'
supported_os: [Windows]
---
name: WindowsImageHijacks
doc: Programs that are started instead of others, and when others end (IFEO).
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\*'
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\SilentProcessExit\*'
supported_os: [Windows]
---
name: WindowsLoadedLibraries
doc: Libraries that Windows loads into every process, and into those that are authenticated.
sources:
- type: REGISTRY_VALUE
  attributes:
    key_value_pairs:
    - {key: 'HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Windows', value: 'AppInit_DLLs'}
    - {key: 'HKEY_LOCAL_MACHINE\Software\Wow6432Node\Microsoft\Windows NT\CurrentVersion\Windows', value: 'AppInit_DLLs'}
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Lsa', value: 'Security Packages'}
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Lsa', value: 'Authentication Packages'}
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Lsa', value: 'Notification Packages'}
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Session Manager\AppCertDLLs'
supported_os: [Windows]
---
name: WindowsUserComObjects
doc: COM objects of users, which take precedence over those of the machine.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_USERS\%%users.sid%%_Classes\CLSID\*\InprocServer32'
    - 'HKEY_USERS\%%users.sid%%_Classes\CLSID\*\LocalServer32'
supported_os: [Windows]
---
name: WindowsActiveSetup
doc: Commands that run once for each user at logon.
sources:
- type: REGISTRY_KEY
  attributes:
    keys:
    - 'HKEY_LOCAL_MACHINE\Software\Microsoft\Active Setup\Installed Components\*'
supported_os: [Windows]
---
name: WindowsBootExecute
doc: Programs that run before Windows has started.
sources:
- type: REGISTRY_VALUE
  attributes:
    key_value_pairs:
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Session Manager', value: 'BootExecute'}
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Session Manager', value: 'SetupExecute'}
    - {key: 'HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Session Manager', value: 'PendingFileRenameOperations'}
supported_os: [Windows]
---
name: WindowsWmiSubscriptions
doc: Event consumers of WMI, which start programs.
sources:
- type: WMI
  attributes:
    query: 'SELECT * FROM CommandLineEventConsumer'
    base_object: 'winmgmts:\root\subscription'
- type: WMI
  attributes:
    query: 'SELECT * FROM ActiveScriptEventConsumer'
    base_object: 'winmgmts:\root\subscription'
- type: WMI
  attributes:
    query: 'SELECT * FROM __FilterToConsumerBinding'
    base_object: 'winmgmts:\root\subscription'
supported_os: [Windows]
---
name: WindowsWmiRepository
doc: The database of WMI, in which event consumers are stored.
sources:
- type: FILE
  attributes:
    paths:
    - '%%environ_systemroot%%\System32\wbem\Repository\OBJECTS.DATA'
    - '%%environ_systemroot%%\System32\wbem\Repository\INDEX.BTR'
    - '%%environ_systemroot%%\System32\wbem\Repository\MAPPING[1-3].MAP'
    separator: '\'
supported_os: [Windows]
`
