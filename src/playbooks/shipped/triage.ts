/** The first look at a Windows computer. */
export const WINDOWS_TRIAGE = String.raw`
name: windows-triage
description: The first look at a Windows computer. Changes nothing.
inputs:
  newer:
    default: 7d
    description: how long ago a file may have been written to be looked at
steps:
  - name: the computer
    run: info
    when: os == "windows"
  - name: what stands out
    run: triage --no-exec --since {{ inputs.newer }}
    when: os == "windows"
  - name: processes, and who started them
    run: ps --tree --decode
    when: os == "windows"
  - name: programs that came into folders of users
    run: find C:\Users --name *.exe --newer {{ inputs.newer }} --max-depth 6
    when: os == "windows"
    on_error: continue
  - name: where names lead
    run: cat C:\Windows\System32\drivers\etc\hosts
    when: os == "windows"
    on_error: continue
  - name: what Defender is told to leave alone
    run: reg query "HKLM\SOFTWARE\Microsoft\Windows Defender\Exclusions" -s
    when: os == "windows"
    on_error: continue
`

/** The first look at a Linux computer. */
export const LINUX_TRIAGE = String.raw`
name: linux-triage
description: The first look at a Linux computer. Changes nothing.
inputs:
  newer:
    default: 7d
    description: how long ago a file may have been written to be looked at
steps:
  - name: the computer
    run: info
    when: os == "linux"
  - name: what stands out
    run: triage --no-exec --since {{ inputs.newer }}
    when: os == "linux"
  - name: processes, and who started them
    run: ps --tree
    when: os == "linux"
  - name: files in folders for temporary files
    run: find /tmp --type f --newer {{ inputs.newer }} --max-depth 3
    when: os == "linux"
    on_error: continue
  - name: jobs
    run: ls -l /etc/cron.d
    when: os == "linux"
    on_error: continue
  - name: services of this computer's own
    run: ls -l /etc/systemd/system
    when: os == "linux"
    on_error: continue
  - name: libraries that every program loads
    run: cat /etc/ld.so.preload
    when: os == "linux"
    on_error: continue
  - name: accounts
    run: cat /etc/passwd
    when: os == "linux"
    on_error: continue
`
