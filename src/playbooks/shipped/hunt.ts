/** What starts by itself. */
export const PERSISTENCE_HUNT = String.raw`
name: persistence-hunt
description: What starts by itself on a Windows computer. Changes nothing; WMI event subscriptions, which only a program shows, are in triage.
steps:
  - name: Run
    run: reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run
    when: os == "windows"
    on_error: continue
  - name: RunOnce
    run: reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce
    when: os == "windows"
    on_error: continue
  - name: Run of 32-bit programs
    run: reg query HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Run
    when: os == "windows"
    on_error: continue
  - name: logon
    run: reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
    when: os == "windows"
    on_error: continue
  - name: debuggers that start in place of programs
    run: reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options" -s
    when: os == "windows"
    on_error: continue
  - name: startup folders
    run: ls "C:\Users\*\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup\*"
    when: os == "windows"
    on_error: continue
  - name: tasks
    run: find C:\Windows\System32\Tasks --type f
    when: os == "windows"
    on_error: continue
  - name: services with something from folders of users
    run: reg query HKLM\SYSTEM\CurrentControlSet\Services -s -f :\Users\ -d
    when: os == "windows"
    on_error: continue
  - name: keys of users, tasks and folders, judged
    run: triage --no-exec --all
    when: os == "windows"
`

/** A file that is known by its name or its content. */
export const FIND_FILE = String.raw`
name: find-file
description: Finds a file by its name, and tells whether one of them has a certain content. Changes nothing.
inputs:
  name:
    description: its name, which may be a pattern
  below:
    default: C:\Users
    description: the folder to look in; on Linux and macOS it has to be given
  sha256:
    required: false
    description: the SHA-256 of its content, where that is known
steps:
  - name: files of that name
    run: find {{ inputs.below }} --name {{ inputs.name }} --type f
    register: found
  - name: their content
    run: hash {{ inputs.below }}\**\{{ inputs.name }}
    when: steps.found.count > 0 and os == "windows"
    register: hashes
  - name: their content
    run: hash {{ inputs.below }}/**/{{ inputs.name }}
    when: steps.found.count > 0 and os != "windows"
    register: more
  - name: the content that was looked for is here
    run: ps --filter {{ inputs.name }}
    when: inputs.sha256 and (inputs.sha256 in steps.hashes.rows[*].sha256 or inputs.sha256 in steps.more.rows[*].sha256)
    register: match
`
