/** The role of a Windows endpoint of the lab. */
export type WindowsRole = 'finance-compromised' | 'workstation' | 'server'
