import type { Source } from '../source.ts'
import { FIND_FILE, PERSISTENCE_HUNT } from './hunt.ts'
import { BROWSER_HISTORY, CONTAIN_PROCESS, USB_HISTORY } from './respond.ts'
import { LINUX_TRIAGE, WINDOWS_TRIAGE } from './triage.ts'

/** The playbooks that ship with the program. */
export const SHIPPED: readonly Source[] = [
  { name: 'windows-triage', text: WINDOWS_TRIAGE },
  { name: 'linux-triage', text: LINUX_TRIAGE },
  { name: 'persistence-hunt', text: PERSISTENCE_HUNT },
  { name: 'find-file', text: FIND_FILE },
  { name: 'contain-process', text: CONTAIN_PROCESS },
  { name: 'browser-history', text: BROWSER_HISTORY },
  { name: 'usb-history', text: USB_HISTORY },
].map(({ name, text }) => ({ name, text: text.trimStart() }))
