/** Evidence of macOS. */
export const MACOS = String.raw`
name: MacOSLaunchItems
doc: Programs that launchd starts, for the machine and for each user.
sources:
- type: FILE
  attributes:
    paths:
    - '/Library/LaunchDaemons/*.plist'
    - '/Library/LaunchAgents/*.plist'
    - '%%users.homedir%%/Library/LaunchAgents/*.plist'
    - '/System/Library/LaunchDaemons/*.plist'
supported_os: [Darwin]
---
name: MacOSLoginItems
doc: Programs that start when somebody logs on.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/Library/Preferences/com.apple.loginitems.plist'
    - '/private/var/db/com.apple.backgroundtaskmanagement/*.btm'
supported_os: [Darwin]
---
name: MacOSSystemLogs
doc: Logs of the system.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/system.log*'
    - '/var/log/install.log*'
    - '/private/var/log/asl/*.asl'
supported_os: [Darwin]
---
name: MacOSUnifiedLogs
doc: The unified log.
sources:
- type: FILE
  attributes:
    paths:
    - '/private/var/db/diagnostics/**'
    - '/private/var/db/uuidtext/*/*'
supported_os: [Darwin]
---
name: MacOSQuarantine
doc: Files that were downloaded, and from where.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/Library/Preferences/com.apple.LaunchServices.QuarantineEventsV2'
supported_os: [Darwin]
---
name: MacOSShellHistory
doc: Lines that users typed.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/.zsh_history'
    - '%%users.homedir%%/.zsh_sessions/*'
    - '%%users.homedir%%/.bash_history'
    - '%%users.homedir%%/.bash_sessions/*'
supported_os: [Darwin]
---
name: MacOSSsh
doc: Keys that may log on, and hosts that are known.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/.ssh/authorized_keys*'
    - '%%users.homedir%%/.ssh/known_hosts'
    - '/etc/ssh/sshd_config'
supported_os: [Darwin]
---
name: MacOSBrowserHistory
doc: History of Safari, Chrome, Edge and Firefox.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/Library/Safari/History.db*'
    - '%%users.homedir%%/Library/Safari/Downloads.plist'
    - '%%users.homedir%%/Library/Application Support/Google/Chrome/*/History'
    - '%%users.homedir%%/Library/Application Support/Microsoft Edge/*/History'
    - '%%users.homedir%%/Library/Application Support/Firefox/Profiles/*/places.sqlite'
supported_os: [Darwin]
---
name: MacOSKnowledge
doc: What was used when, by each user.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/Library/Application Support/Knowledge/knowledgeC.db*'
    - '/private/var/db/CoreDuet/Knowledge/knowledgeC.db*'
supported_os: [Darwin]
---
name: MacOSPrivacyDecisions
doc: What programs were allowed to see (TCC).
sources:
- type: FILE
  attributes:
    paths:
    - '/Library/Application Support/com.apple.TCC/TCC.db'
    - '%%users.homedir%%/Library/Application Support/com.apple.TCC/TCC.db'
supported_os: [Darwin]
---
name: MacOSFileEvents
doc: Changes of files, as the system noted them.
sources:
- type: FILE
  attributes:
    paths:
    - '/.fseventsd/*'
supported_os: [Darwin]
---
name: MacOSCron
doc: Jobs that run at set times.
sources:
- type: FILE
  attributes:
    paths:
    - '/etc/crontab'
    - '/usr/lib/cron/tabs/*'
    - '/private/var/at/tabs/*'
supported_os: [Darwin]
---
name: MacOSTriage
doc: What an investigation of a Mac begins with.
sources:
- type: ARTIFACT_GROUP
  attributes:
    names:
    - MacOSLaunchItems
    - MacOSLoginItems
    - MacOSSystemLogs
    - MacOSQuarantine
    - MacOSShellHistory
    - MacOSSsh
    - MacOSBrowserHistory
    - MacOSKnowledge
    - MacOSPrivacyDecisions
    - MacOSCron
supported_os: [Darwin]
`
