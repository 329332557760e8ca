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
  /convertto-securestring\s/i,
  /\b(chpasswd|htpasswd)\b/i,
  // Authorization headers, user:password@host, and keys that are known by their shape
  /\bauthorization["']?\s*:/i,
  /\bbearer\s+[\w+/=.~-]{8,}/i,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i,
  /\b[A-Z0-9]{20,}\/[A-Z0-9]{8,}\b/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abpr]-\w{8,}|\beyJ[\w-]{10,}\.[\w-]{10,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
]

/** Whether a command line looks as if it held a password, a token or the like. */
export function holdsSecret(line: string): boolean {
  return SECRETS.some(secret => secret.test(line))
}
