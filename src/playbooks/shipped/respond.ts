/** A program is ended, secured and removed. */
export const CONTAIN_PROCESS = String.raw`
name: contain-process
description: Ends a program, brings its file home, deletes it there, and removes the value that starts it again.
inputs:
  path:
    description: the whole path of the program
  evidence:
    default: .
    description: the folder on this computer for its file, which must be there
  key:
    required: false
    description: the registry key that starts it, if there is one
  value:
    required: false
    description: the value of that key
steps:
  - name: where it runs
    run: ps --filter {{ inputs.path }}
    register: running
  - name: end it
    run: kill {{ inputs.path }}
    when: inputs.path in steps.running.rows[*].process_path
  - name: what it is
    run: hash {{ inputs.path }}
  - name: bring it home
    run: get {{ inputs.path }} {{ inputs.evidence }}
    register: secured
  - name: delete it
    run: rm {{ inputs.path }}
    when: steps.secured.ok
  - name: what starts it again
    run: reg query {{ inputs.key }} -v {{ inputs.value }}
    when: inputs.key and inputs.value
    register: start
  - name: remove that
    run: reg delete {{ inputs.key }} -v {{ inputs.value }}
    when: steps.start.ok
  - name: it is gone
    run: ps --filter {{ inputs.path }}
`

/** Where users went on the web. */
export const BROWSER_HISTORY = String.raw`
name: browser-history
description: Brings home the history databases of all browsers of all users. Changes nothing.
steps:
  - name: Windows
    collect: WindowsBrowserHistory
    when: os == "windows"
  - name: Linux
    collect: LinuxBrowserHistory
    when: os == "linux"
  - name: macOS
    collect: MacOSBrowserHistory
    when: os == "macos"
`

/** Which USB devices were there. */
export const USB_HISTORY = String.raw`
name: usb-history
description: Which USB devices a Windows computer has seen, and when; compare with cbc usb device list --endpoint NAME. Changes nothing.
steps:
  - name: storage
    run: reg query HKLM\SYSTEM\CurrentControlSet\Enum\USBSTOR -s
    when: os == "windows"
    register: storage
    on_error: continue
  - name: all devices
    run: reg query HKLM\SYSTEM\CurrentControlSet\Enum\USB -s
    when: os == "windows"
    on_error: continue
  - name: the letters that they got
    run: reg query HKLM\SYSTEM\MountedDevices
    when: os == "windows"
    on_error: continue
  - name: files that tell of them
    collect: WindowsUsbDevices
    when: os == "windows"
`
