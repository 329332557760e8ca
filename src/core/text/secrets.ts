/** Characters of a line. Nobody looks through a longer one for secrets, and the expressions here would take long. */
const MAX_LINE_CHARS = 4096

/**
 * What a line looks like that holds a secret and must not be kept. Each is a regular expression on the whole line: to know
 * another kind, add it here. Better a harmless line lost than a password kept.
 */
const SECRETS: readonly RegExp[] = [
  // password=… token: … "api_key": … PGPASSWORD=… DefaultPassword /d …
  /(pass(word|wd|phrase|code)?|pwd|secret|credentials?|token|api[-_]?key|access[-_]?key|private[-_]?key)["']?\s*[=:]\s*["']?[^\s"'=]/i,
  /pass(word|wd|phrase)\b.*\s(-d|--data|\/d)\s*\S/i,
  // --token X, -Password X, /password X; X-Auth-Token X
  /(^|\s)(--?|\/)[\w-]*(pass(word|wd|phrase|code)?|pwd|secret|token|credentials?|api-?key)[\s:=]\s*\S/i,
  /\btoken\s+\S/i,
  // /p:X and its like: runas, psexec, wmic, schtasks, cmdkey
  /(^|\s)\/(p|pw|rp|pass|pwd):\S/i,
  /(^|\s)\/rp\s+\S/i,
  /\bpsexec\S*\s.*[-/]p\s*\S/i,
  // net user X PASS, net use … PASS /user:X
  /\bnet1?(\.exe)?["']?\s+user\s+("[^"]*"|\S+)\s+[^\s/*]/i,
  /\bnet1?(\.exe)?["']?\s+use\s.*\/u(ser)?:/i,
  /\b(sshpass\s+-p|mysql\S*\s.*-p|curl\s.*(-u|--user)\s*\S+:|sqlcmd\s.*-P)\s*\S/,
  /\bnet1?(\.exe)?["']?\s+use\s+(\S:\s+|\*\s+)?["']?\\\\\S+\s+[^\s/*]/i,
  /convertto-securestring\s/i,
  /\b(chpasswd|htpasswd)\b/i,
  // Variables and settings whose name says it: PGPASSWORD=… AWS_SECRET_ACCESS_KEY=… MYSQL_PWD=…, but not a key of the registry
  /(pass|pwd|secret|token|key|auth|cred)\w*=(?!["']?HK(LM|CU|CR|CC|U|EY_\w+)\\)\S/i,
  // What PowerShell takes passwords by
  /\b(pscredential|networkcredential|get-credential)\b|-(asplaintext|accountpassword|newpassword|oldpassword)\b/i,
  // A password that is piped or handed into what asks for one
  /\becho\b[^|]*\|\s*["']?\S*(sudo|su|runas|kinit|passwd|net1?|openssl|gpg2?|cryptsetup|docker|smbpasswd|psexec\w*|winexe|plink|ssh)(\.exe)?["']?(\s|$)/i,
  /<<<\s*\S/,
  /\b(sekurlsa|lsadump)::/i,
  // Authorization headers, user:password@host, and keys that are known by their shape
  /\bauthorization["']?\s*:/i,
  /\bbearer\s+[\w+/=.~-]{8,}/i,
  /[a-z0-9+.-]:\/\/[^\s/@:]*:[^\s/@]+@/i,
  /[^\s/@:]:[^\s@\\/][^\s@]*@[\w.[]/,
  /\b[A-Z0-9]{20,}\/[A-Z0-9]{8,}\b/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abpr]-\w{8,}|\beyJ[\w-]{10,}\.[\w-]{10,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
]

/**
 * Tools that take a password in an option whose name alone doesn't tell, or as one of their words; the rest of the line, option by option.
 */
const TOOLS: readonly { tools: RegExp; holds: RegExp }[] = [
  { tools: tool('plink|pscp|psftp|putty|kitty|winscp'), holds: /\s-pw\S*\s*\S|\s[/-]password/i },
  { tools: tool('7z[arg]?|7zip|rar|unrar|winrar|arj|arc'), holds: /\s-h?p\S/i },
  { tools: tool('zip|unzip|zipcloak|funzip|makecab|bandizip|peazip'), holds: /\s-\w*[Pp]\s*\S/ },
  {
    tools: tool(
      'winexe|smb\\w+|rpcclient|pth-\\w+|wmic|net|crackmapexec|cme|nxc|netexec|evil-winrm|[wx]freerdp|rdesktop|hydra|medusa|impacket-\\w+',
    ),
    holds:
      /\s([-/]+(u|U|user|username|p|P|pass|password|H|hashes)\b[\s:=]*\S*[%:]\S|[-/]+(p|P|H|pass|password|hashes)\b[\s:=]*\S|-U\s*\S|-[pP]\S)/,
  },
  {
    tools: tool('(ldap|ds)\\w+|netdom|adfind|admod|csvde|ldifde'),
    holds: /\s(-[wWyb]|[-/](p|pd|up|pwd|password\w*|b|simple|newpwd))\s*:?\s*\S/,
  },
  { tools: tool('openssl'), holds: /\s-(k|K|kfile|pass|passin|passout|passwd)\b|\bpasswd\b/ },
  {
    tools: tool('gpg2?|cryptsetup|keytool|jarsigner|signtool|certutil|certreq|pvk2pfx'),
    holds: /\s[-/]+(p|pi|po|passphrase\w*|storepass|keypass|importpfx|exportpfx|f)\b/i,
  },
  {
    tools: tool(
      'ps(exec|kill|list|info|service|loglist|file|getsid|shutdown|suspend|passwd)(64)?|paexec|schtasks|at|sc|winrs|winrm|cmdkey|autologon\\w*|bitsadmin|runas|remcom',
    ),
    holds: /\s[-/](p|rp|u:?\S+\s+[-/]p|pass|password|pw)\b[\s:=]*\S|password\s*=|\/setcredentials|\/savecred/i,
  },
  {
    tools: tool('mysql\\w*|mariadb\\w*|mongo\\w*|redis-cli|sqlcmd|osql|isql|bcp|psql|tsql|sqlplus|impdp|expdp|rman'),
    holds: /\s-+(p|P|a|pass|password)\s*=?\s*\S|\S\/\S+@/,
  },
  {
    tools: tool('curl|wget|https?|xh|aria2c|bitsadmin'),
    holds: /\s(-[uUaE]|--(proxy-)?user|--auth|--cert|--pass)[\s=]*\S+:\S|\s--(http-|ftp-|proxy-)?passw\w*/,
  },
  { tools: tool('sshpass|ftp|lftp|ncftp\\w*|tnftp|rsync|curlftpfs'), holds: /\s-(p|u)\s*\S/ },
  { tools: tool('docker|podman|az|aws|gcloud|oc|vault|rclone|restic|borg|bw|op|helm'), holds: /\blogin\b|\bconfigure\s+set\b|\s-p\s*\S/ },
  {
    tools: tool(
      'manage-bde|veracrypt|truecrypt|dislocker\\S*|bdemount|security|dscl|sysadminctl|dsenableroot|useradd|usermod|ssh-keygen|qpdf|pdftk|msoffcrypto-tool',
    ),
    holds: /\s[-/](p|pw|rp|r|u|w|N|P|passwd|password\w*)(\s*\S|$)|_pw\s/,
  },
  {
    tools: /mimikatz|rubeus|secretsdump|(wmi|smb|at|dcom)exec(\.py)?\b|getTGT|GetUserSPNs/i,
    holds: /\/?(password|ntlm|rc4|aes\d*|hash\w*)\s*:|-hashes|\S\/\S+:\S/i,
  },
]

/** Tools by name, with or without a path before it and an extension behind it. */
function tool(names: string): RegExp {
  return new RegExp(`(^|[\\s\\\\/"'!|&;(=])(${names})(\\.\\w{2,3})?["']?\\s`, 'i')
}

/** Whether a command line looks as if it held a password, a token or the like. */
export function holdsSecret(line: string): boolean {
  return line.length > MAX_LINE_CHARS || secretsIn(line).next().done !== true
}

/** A line without what may be a secret in it, and the words that were probably that. */
export interface WithoutSecrets {
  line: string
  secrets: string[]
}

/**
 * Removes from a command line what may be a secret, and all that follows: too much rather than too little.
 * @param from where the arguments begin; what stands before is kept
 */
export function withoutSecrets(line: string, from = 0): WithoutSecrets {
  const found: Found[] = []
  // A longer line is looked through in parts that overlap.
  for (let at = from; at === from || at + MAX_LINE_CHARS / 2 < line.length; at += MAX_LINE_CHARS / 2)
    for (const { start, end } of secretsIn(line.slice(at, at + MAX_LINE_CHARS))) found.push({ start: start + at, end: end + at })
  if (found.length === 0) return { line, secrets: [] }
  const first = found.reduce((least, { start }) => Math.min(least, start), line.length)
  // What is handed on by a pipe stands before it.
  const cut = line.slice(from, first).includes('|') ? from : first
  return {
    line: [line.slice(0, cut).replace(/\S+$/, '').trimEnd(), HIDDEN].filter(part => part !== '').join(' '),
    secrets: [...new Set(found.map(({ end }) => wordAt(line, end - 1)))].filter(word => word.length >= MIN_WORD_CHARS),
  }
}

/** What stands in place of a secret. */
export const HIDDEN = '***'
/** A shorter word occurs in any text. */
const MIN_WORD_CHARS = 4

/** Where an expression found something: up to the first character of the secret, or to its end. */
interface Found {
  start: number
  end: number
}

function* secretsIn(line: string): Generator<Found> {
  for (const secret of SECRETS) yield* where(secret, line)
  for (const { tools, holds } of TOOLS) if (tools.test(line)) yield* where(holds, line)
}

function* where(pattern: RegExp, line: string): Generator<Found> {
  const found = pattern.exec(line)
  if (found !== null) yield { start: found.index, end: found.index + found[0].length }
}

/** The word around a character, without quotes. */
function wordAt(line: string, at: number): string {
  const before = /[^\s"'=:]*$/.exec(line.slice(0, at))?.[0] ?? ''
  return before + (/^[^\s"']*/.exec(line.slice(at))?.[0] ?? '')
}
