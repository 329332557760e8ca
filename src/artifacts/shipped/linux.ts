/** Evidence of Linux. */
export const LINUX = String.raw`
name: LinuxAuthLogs
doc: Logins, and what was done with sudo.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/auth.log*'
    - '/var/log/secure*'
supported_os: [Linux]
---
name: LinuxLoginRecords
doc: Sessions, failed logins and the last login of each user.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/wtmp*'
    - '/var/log/btmp*'
    - '/var/log/lastlog'
    - '/var/run/utmp'
supported_os: [Linux]
---
name: LinuxSystemLogs
doc: Logs of the system.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/syslog*'
    - '/var/log/messages*'
    - '/var/log/kern.log*'
    - '/var/log/dmesg*'
supported_os: [Linux]
---
name: LinuxJournal
doc: The journal of systemd.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/journal/*/*.journal'
supported_os: [Linux]
---
name: LinuxAuditLogs
doc: Logs of the audit daemon.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/audit/audit.log*'
supported_os: [Linux]
---
name: LinuxAccounts
doc: Accounts, groups and who may become root.
sources:
- type: FILE
  attributes:
    paths:
    - '/etc/passwd'
    - '/etc/group'
    - '/etc/shadow'
    - '/etc/sudoers'
    - '/etc/sudoers.d/*'
supported_os: [Linux]
---
name: LinuxCron
doc: Jobs that run at set times.
sources:
- type: FILE
  attributes:
    paths:
    - '/etc/crontab'
    - '/etc/anacrontab'
    - '/etc/cron.d/*'
    - '/etc/cron.hourly/*'
    - '/etc/cron.daily/*'
    - '/etc/cron.weekly/*'
    - '/etc/cron.monthly/*'
    - '/var/spool/cron/**'
    - '/var/spool/at/*'
supported_os: [Linux]
---
name: LinuxSystemdUnits
doc: Services and timers.
sources:
- type: FILE
  attributes:
    paths:
    - '/etc/systemd/system/**'
    - '/usr/lib/systemd/system/*.service'
    - '/usr/lib/systemd/system/*.timer'
    - '%%users.homedir%%/.config/systemd/user/**'
supported_os: [Linux]
---
name: LinuxStartupScripts
doc: Scripts that run when the system starts.
sources:
- type: FILE
  attributes:
    paths:
    - '/etc/rc.local'
    - '/etc/init.d/*'
    - '/etc/profile'
    - '/etc/profile.d/*'
    - '/etc/bash.bashrc'
    - '/etc/environment'
supported_os: [Linux]
---
name: LinuxPreloadedLibraries
doc: Libraries that are loaded into every program.
sources:
- type: FILE
  attributes:
    paths:
    - '/etc/ld.so.preload'
    - '/etc/ld.so.conf'
    - '/etc/ld.so.conf.d/*'
supported_os: [Linux]
---
name: LinuxShellHistory
doc: Lines that users typed.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/.bash_history'
    - '%%users.homedir%%/.zsh_history'
    - '%%users.homedir%%/.sh_history'
    - '%%users.homedir%%/.python_history'
    - '%%users.homedir%%/.mysql_history'
    - '%%users.homedir%%/.psql_history'
    - '%%users.homedir%%/.viminfo'
    - '%%users.homedir%%/.lesshst'
    - '%%users.homedir%%/.wget-hsts'
supported_os: [Linux]
---
name: LinuxShellProfiles
doc: Scripts that run when users log on.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/.bashrc'
    - '%%users.homedir%%/.bash_profile'
    - '%%users.homedir%%/.bash_logout'
    - '%%users.homedir%%/.profile'
    - '%%users.homedir%%/.zshrc'
    - '%%users.homedir%%/.zshenv'
supported_os: [Linux]
---
name: LinuxSsh
doc: Keys that may log on, hosts that are known, and the settings of the server.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/.ssh/authorized_keys*'
    - '%%users.homedir%%/.ssh/known_hosts'
    - '%%users.homedir%%/.ssh/config'
    - '/etc/ssh/sshd_config'
    - '/etc/ssh/sshd_config.d/*'
supported_os: [Linux]
---
name: LinuxPackageLogs
doc: Packages that were installed and removed.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/dpkg.log*'
    - '/var/log/apt/history.log*'
    - '/var/log/yum.log*'
    - '/var/log/dnf.log*'
    - '/var/lib/dpkg/status'
supported_os: [Linux]
---
name: LinuxNetworkConfiguration
doc: Names, addresses and rules of the firewall.
sources:
- type: FILE
  attributes:
    paths:
    - '/etc/hosts'
    - '/etc/resolv.conf'
    - '/etc/network/interfaces'
    - '/etc/iptables/*'
    - '/etc/nftables.conf'
supported_os: [Linux]
---
name: LinuxWebServerLogs
doc: Access and error logs of web servers.
sources:
- type: FILE
  attributes:
    paths:
    - '/var/log/apache2/*.log*'
    - '/var/log/httpd/*log*'
    - '/var/log/nginx/*.log*'
supported_os: [Linux]
---
name: LinuxTemporaryFiles
doc: 'What lies in temporary folders: only the entries.'
sources:
- type: PATH
  attributes:
    paths:
    - '/tmp/**'
    - '/var/tmp/**'
    - '/dev/shm/**'
supported_os: [Linux]
---
name: LinuxBrowserHistory
doc: History of Chrome, Chromium and Firefox.
sources:
- type: FILE
  attributes:
    paths:
    - '%%users.homedir%%/.config/google-chrome/*/History'
    - '%%users.homedir%%/.config/chromium/*/History'
    - '%%users.homedir%%/.mozilla/firefox/*/places.sqlite'
    - '%%users.homedir%%/snap/firefox/common/.mozilla/firefox/*/places.sqlite'
supported_os: [Linux]
---
name: LinuxProcesses
doc: Processes with their parents and command lines.
sources:
- type: COMMAND
  attributes:
    cmd: '/bin/ps'
    args: ['-eo', 'pid,ppid,user,lstart,args']
supported_os: [Linux]
---
name: LinuxTriage
doc: What an investigation of a Linux computer begins with.
sources:
- type: ARTIFACT_GROUP
  attributes:
    names:
    - LinuxAuthLogs
    - LinuxLoginRecords
    - LinuxSystemLogs
    - LinuxAuditLogs
    - LinuxAccounts
    - LinuxCron
    - LinuxSystemdUnits
    - LinuxStartupScripts
    - LinuxPreloadedLibraries
    - LinuxShellHistory
    - LinuxShellProfiles
    - LinuxSsh
    - LinuxPackageLogs
    - LinuxNetworkConfiguration
    - LinuxTemporaryFiles
supported_os: [Linux]
`
