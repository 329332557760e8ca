/** What a Windows endpoint of the lab is. */
export type WindowsRole = 'finance-compromised' | 'workstation' | 'server'
