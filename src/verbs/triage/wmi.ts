import { commandFacts, withFolders } from './commands.ts'
import type { Gathered, Item } from './item.ts'

/** What the script below prints: what WMI does when something happens, and the accounts of this machine alone. */
interface Printed {
  consumers: unknown
  accounts: unknown
}

const CONSUMERS =
  'Get-CimInstance -Namespace root/subscription -ClassName __EventConsumer | Select-Object Name,CommandLineTemplate,ExecutablePath,ScriptFileName,ScriptText'
const ACCOUNTS = "Get-CimInstance Win32_UserAccount -Filter 'LocalAccount=TRUE' | Select-Object Name,SID,Disabled"

/** A script of PowerShell, without double quotes, so that it can stand between some. */
export const WMI_SCRIPT = `@{consumers=@(${CONSUMERS});accounts=@(${ACCOUNTS})} | ConvertTo-Json -Depth 3 -Compress`

/** Accounts that Windows makes have lower numbers at the ends of their SIDs. */
const FIRST_MADE = 1000

/** Reads what `WMI_SCRIPT` prints. @param missed is told when PowerShell did not run it */
export function wmiItems(text: string, missed: Gathered['missed']): Item[] {
  const printed = read(text)
  if (printed === undefined) {
    const [why = ''] = text.trim().split(/\r?\n/)
    missed.push({ what: 'WMI event subscriptions and local accounts', why: why === '' ? 'PowerShell printed nothing' : why })
    return []
  }
  return [...rowsOf(printed.consumers).flatMap(consumerItem), ...rowsOf(printed.accounts).flatMap(accountItem)]
}

function read(text: string): Printed | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'consumers' in value && 'accounts' in value ? value : undefined
  } catch {
    return undefined
  }
}

function rowsOf(value: unknown): Record<string, unknown>[] {
  return [value].flat().filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null)
}

/** A consumer that runs something; the others only write to a log, or send mail. */
function consumerItem({ Name, CommandLineTemplate, ExecutablePath, ScriptFileName, ScriptText }: Record<string, unknown>): Item[] {
  const [command] = [CommandLineTemplate, ExecutablePath, ScriptFileName, ScriptText].filter(
    (text): text is string => typeof text === 'string' && text !== '',
  )
  if (command === undefined) return []
  const name = String(Name)
  const { facts, ...more } = commandFacts(withFolders(command), true)
  return [{ kind: 'subscription', subject: `the WMI event consumer ${name}`, value: name, ...more, facts: { ...facts, consumer: name } }]
}

function accountItem({ Name, SID, Disabled }: Record<string, unknown>): Item[] {
  const [name, sid] = [String(Name), String(SID)]
  const isMade = Number(sid.slice(sid.lastIndexOf('-') + 1)) >= FIRST_MADE
  return [
    {
      kind: 'account',
      subject: `the local account ${name}`,
      user: name,
      facts: { name, sid, made: isMade ? 'yes' : 'no', enabled: Disabled === true ? 'no' : 'yes' },
    },
  ]
}
