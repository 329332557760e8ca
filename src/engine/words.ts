import { CMD_ONLY } from '../remote/shell-builtins.ts'

/**
 * Words that users know from other shells and tools, from the console, and from the endpoint itself. This is the only table of them: help,
 * completion and the hints of errors use it.
 */

/** Words that are aliases of our commands. */
export const ALIASES: Readonly<Record<string, readonly string[]>> = {
  ls: ['dir'],
  rm: ['del', 'erase', 'delete', 'rd', 'rmdir'],
  cat: ['type'],
  mkdir: ['md'],
  get: ['download', 'mget'],
  put: ['upload', 'mput'],
  exec: ['execfg'],
  'reg query': ['enum', 'list'],
  'reg add': ['set', 'create', 'createkey', 'setval'],
  'reg delete': ['del', 'deletekey', 'deleteval'],
  cd: ['chdir'],
  clear: ['cls'],
  help: ['?', 'man'],
  exit: ['quit', 'bye', 'q', 'logout'],
}

/** The meaning of a word that is not one of our commands. */
export type Meaning =
  /** A program of the endpoint. `usual` is what is usually typed after its name; `ours` names a similar command of ours. */
  | { kind: 'program'; usual?: string; ours?: string }
  /** A command of cmd.exe, which only runs in its shell; `ours` as above. */
  | { kind: 'cmd'; ours?: string }
  /** A subcommand that only reg.exe has. */
  | { kind: 'reg' }
  /** A command of the program that needs no session. */
  | { kind: 'outside' }
  /** Something else, or more than one thing. */
  | { kind: 'says'; hint: string }

const program = (usual?: string, ours?: string): Meaning => ({
  kind: 'program',
  ...(usual === undefined ? {} : { usual }),
  ...(ours === undefined ? {} : { ours }),
})
const cmd = (ours?: string): Meaning => ({ kind: 'cmd', ...(ours === undefined ? {} : { ours }) })
const says = (hint: string): Meaning => ({ kind: 'says', hint })

const COPY = '`get` and `put` copy from the endpoint and to it'
const READ = '`cat FILE` prints a file, with --head, --tail or --pager a part of it'

const WORDS: readonly [words: string, meaning: Meaning][] = [
  ['netstat', program('-ano')],
  ['ipconfig', program('/all')],
  ['ping tracert traceroute nslookup arp route netsh nbtstat net net1 nltest getmac pathping ss ip ifconfig', program()],
  ['whoami', program('/all')],
  ['hostname quser qwinsta logoff klist id who w last uptime', program()],
  ['tasklist', program(undefined, '`ps` lists processes')],
  ['top htop pslist', says('`ps` lists processes, `ps --tree` draws who started whom')],
  ['taskkill pkill killall', program(undefined, '`kill` ends a process, by its pid or its name')],
  ['systeminfo', program(undefined, '`info` shows the device and the session')],
  ['uname ver', says('`info` shows the device and its system')],
  ['sc', program('query')],
  ['services', says('a list of services: exec sc query; on Linux: exec systemctl list-units')],
  ['schtasks', program('/query /fo LIST /v')],
  ['wevtutil', program('el')],
  ['wmic powershell pwsh cscript mshta rundll32 regsvr32 certutil bitsadmin msiexec', program()],
  ['cmd', program('/c ver')],
  ['bash sh python python3 perl', program()],
  [
    'driverquery fsutil vssadmin bcdedit gpresult auditpol cipher icacls cacls takeown attrib where findstr fc cmdkey w32tm label diskpart shutdown systemctl journalctl dpkg rpm crontab lsof lsmod mount df du chmod chown grep touch',
    program(),
  ],
  [CMD_ONLY.join(' '), cmd()],
  ['copy', cmd(COPY)],
  ['xcopy robocopy', program(undefined, COPY)],
  ['cp', program(undefined, COPY)],
  ['mv ln', program()],
  ['more less head tail', says(READ)],
  ['vi vim nano edit notepad', says('nothing is edited on the endpoint: get the file, change it, and `put --force` brings it back')],
  ['sha256sum sha1sum md5sum filehash', says('`hash FILE` shows SHA-256, SHA-1 and MD5')],
  ['scp mirror', says('`get -r` brings a directory from the endpoint, `put -r` takes one there')],
  ['sftp ssh open', says('`connect NAME` goes to another endpoint')],
  ['disconnect close', says('`exit` closes the session, `detach` leaves it open')],
  [
    'archive',
    says('there is no archive of a session: `!cbc lr file list DEVICE` lists its files in the cloud, and `get` keeps what it fetches'),
  ],
  ['files', says('the files of a session in the cloud: `!cbc lr file list DEVICE`')],
  ['menu commands', says('`help` lists the commands')],
  ['bg', says('`jobs` lists what runs in the background, `wait N` waits for it and shows what it wrote')],
  ['unset alias env printenv', says('the shell has no variables: `exec --shell set` shows those of the endpoint')],
  ['sudo su runas', says('the sensor runs commands as SYSTEM or root')],
  ['cbc usb device devices config doctor lab completion api', { kind: 'outside' }],
]

const REG = ['save', 'load', 'unload', 'restore', 'copy', 'compare', 'import', 'flags']

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  WORDS.flatMap(([words, meaning]) => words.split(' ').map(word => [word, meaning] as const)),
)

/** Words that are programs of the endpoint, which `exec` runs. */
export const PROGRAMS: readonly string[] = [...MEANINGS].filter(([, { kind }]) => kind === 'program').map(([word]) => word)

/** All words with a meaning that are not commands; those below `reg` are separate. */
export const HINTED: { readonly top: readonly string[]; readonly reg: readonly string[] } = { top: [...MEANINGS.keys()], reg: REG }

/** Returns the aliases of a command. */
export function aliasesOf(name: string): readonly string[] {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? []) : []
}

/** Returns the meaning of a word in the place of a command's name. @param group the group that it was typed below, `reg` */
export function meaningOf(word: string, group: string): Meaning | undefined {
  const name = word.toLowerCase()
  if (group === 'reg') return REG.includes(name) ? { kind: 'reg' } : undefined
  const known = MEANINGS.get(name) ?? MEANINGS.get(name.replace(/\.(exe|com)$/, ''))
  if (known !== undefined) return known
  if (/\.(exe|com|bat|cmd)$/.test(name)) return program()
  return /^([a-z]:)?[\\/]/.test(name) ? says('`cd` goes to a directory, `exec` runs a program') : undefined
}

/** Inserts the blank that cmd.exe does not need: `cd..`, `cd\\Users`. A drive alone becomes `cd` to it. */
export function withBlank(words: string[]): string[] {
  const [first = '', ...rest] = words
  if (/^[a-z]:[\\/]?$/i.test(first) && rest.length === 0) return ['cd', first.toUpperCase()]
  const [, name, path] = /^(cd|chdir|dir)((?:\.\.?(?=$|[\\/])|[\\/]).*)$/i.exec(first) ?? []
  return name === undefined || path === undefined ? words : [name.toLowerCase(), path, ...rest]
}
