/**
 * The logs of the example disk. They tell one story: two days before the lab was created, an intruder uploads a web shell to the shop,
 * looks around with it, logs in as mara with a guessed password, and leaves an SSH key, a user and a cron job that calls home every five
 * minutes. Addresses are from the ranges reserved for documentation.
 */

export const INTRUDER = '203.0.113.77'
/** The web shell, below the shop's root. */
export const SHELL_URL = '/uploads/.thumb_cache.php'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const VISITORS = ['198.51.100.14', '198.51.100.23', '198.51.100.87', '192.0.2.5', '192.0.2.199']
const PAGES = ['/', '/?page=2', '/?page=3', '/uploads/logo.svg', '/cart', '/imprint']
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

interface Line {
  time: number
  text: string
}

/** Returns three days of nginx's combined log up to `born` (milliseconds since 1970 UTC). */
export function accessLog(born: number): string {
  const line = (time: number, from: string, request: string, status: number, bytes: number, agent = BROWSER): Line => ({
    time,
    text: `${from} - - [${common(time)}] "${request} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`,
  })
  const lines: Line[] = []
  for (let n = 0; n < 1_500; n++) {
    const [from, page] = [VISITORS[(n * 7 + (n % 3)) % VISITORS.length] ?? '', PAGES[(n * 31 + (n >> 3)) % PAGES.length] ?? '']
    lines.push(
      line(
        born - 3 * DAY_MS + Math.floor((n * (3 * DAY_MS - MINUTE_MS)) / 1_500),
        from,
        `GET ${page}`,
        page === '/cart' ? 302 : 200,
        310 + (n % 97),
      ),
    )
  }
  const broken = born - 2 * DAY_MS
  for (let n = 0; n < 40; n++)
    lines.push(
      line(
        broken - 20 * MINUTE_MS + n * 900,
        INTRUDER,
        `GET /${['admin', 'phpmyadmin', 'backup', '.git/config'][n % 4]}${n}`,
        404,
        153,
        'curl/8.5.0',
      ),
    )
  lines.push(line(broken, INTRUDER, 'POST /?upload', 200, 64, 'curl/8.5.0'))
  for (let n = 1; n <= 12; n++) lines.push(line(broken + n * 35_000, INTRUDER, `POST ${SHELL_URL}`, 200, 40 + n * 13, 'curl/8.5.0'))
  return joined(lines)
}

/** Returns the messages of sshd and sudo. */
export function authLog(born: number, name: string): string {
  const broken = born - 2 * DAY_MS
  const line = (time: number, who: string, text: string): Line => ({ time, text: `${precise(time)} ${name.toLowerCase()} ${who}: ${text}` })
  const lines = [
    line(broken - 2 * HOUR_MS, 'sshd[2210]', 'Accepted publickey for mara from 198.51.100.14 port 50114 ssh2: ED25519'),
    line(broken - HOUR_MS, 'sudo', 'mara : TTY=pts/0 ; PWD=/home/mara ; USER=root ; COMMAND=/usr/bin/systemctl reload nginx'),
    line(broken + 12 * MINUTE_MS, 'sshd[3391]', `Accepted password for mara from ${INTRUDER} port 41230 ssh2`),
    line(
      broken + 14 * MINUTE_MS,
      'sudo',
      'mara : TTY=pts/1 ; PWD=/home/mara ; USER=root ; COMMAND=/usr/sbin/useradd -o -u 0 -g 1001 -s /bin/bash support',
    ),
    line(broken + 14 * MINUTE_MS + 800, 'useradd[3420]', 'new user: name=support, UID=0, GID=1001, home=/home/support, shell=/bin/bash'),
    line(broken + 21 * MINUTE_MS, 'sshd[3391]', 'pam_unix(sshd:session): session closed for user mara'),
  ]
  for (let n = 0; n < 60; n++) {
    lines.push(
      line(
        broken + n * 11_000,
        `sshd[${3300 + n}]`,
        `Failed password for ${n % 5 === 0 ? 'invalid user admin' : 'mara'} from ${INTRUDER} port ${40100 + n * 17} ssh2`,
      ),
    )
  }
  return joined(lines)
}

/** Returns what cron ran in the last half day. */
export function cronLog(born: number, name: string): string {
  const lines = Array.from({ length: 144 }, (_, n): Line => {
    const time = born - (144 - n) * 5 * MINUTE_MS
    return {
      time,
      text: `${precise(time)} ${name.toLowerCase()} CRON[${9000 + n * 3}]: (root) CMD (/bin/sh -c '/var/tmp/.font-unix/update >/dev/null 2>&1')`,
    }
  })
  return joined(lines)
}

/** Returns the messages of the system since the day before the intruder came. */
export function systemLog(born: number, name: string): string {
  const broken = born - 2 * DAY_MS
  const line = (time: number, who: string, text: string): Line => ({ time, text: `${precise(time)} ${name.toLowerCase()} ${who}: ${text}` })
  const lines = [
    line(broken - HOUR_MS, 'systemd[1]', 'Reloading nginx.service - A high performance web server and a reverse proxy server...'),
    line(broken - HOUR_MS + 200, 'systemd[1]', 'Reloaded nginx.service - A high performance web server and a reverse proxy server.'),
    line(broken + 12 * MINUTE_MS + 50, 'systemd[1]', 'Started session-41.scope - Session 41 of User mara.'),
    line(broken + 21 * MINUTE_MS, 'systemd[1]', 'session-41.scope: Deactivated successfully.'),
  ]
  for (let hour = 0; hour < 72; hour++)
    lines.push(
      line(born - 3 * DAY_MS + hour * HOUR_MS, 'systemd[1]', 'Finished shop-report.service - Sums up the orders of the last hour.'),
    )
  return joined(lines)
}

/** Returns what dpkg has installed, as its own log says it. */
export function packageLog(installed: number): string {
  const packages = ['nginx 1.22.1-9', 'php8.2-fpm 8.2.20-1', 'cron 3.0pl1-162', 'openssh-server 1:9.2p1-2', 'curl 7.88.1-10']
  const lines = packages.flatMap((text, n) => {
    const [name, version] = text.split(' ')
    const time = new Date(installed + n * 4_000).toISOString().slice(0, 19).replace('T', ' ')
    return [`${time} install ${name}:amd64 <none> ${version}`, `${time} status installed ${name}:amd64 ${version}`]
  })
  return `${lines.join('\n')}\n`
}

/** The size of a record of wtmp, bytes (utmp(5)). */
const RECORD_BYTES = 384
/** The types of record for a start of the system and for a session of a user. */
const [BOOT_TIME, USER_PROCESS] = [2, 7]

/** Returns the login records that `last` reads: a start of the system, a session of mara's, and the intruder's. */
export function loginRecords(born: number): Uint8Array {
  const broken = born - 2 * DAY_MS
  return Buffer.concat([
    loginRecord(BOOT_TIME, { line: '~', user: 'reboot', from: '6.1.0-26-amd64', pid: 0, time: born - 21 * DAY_MS }),
    loginRecord(USER_PROCESS, { line: 'pts/0', user: 'mara', from: '198.51.100.14', pid: 2210, time: broken - 2 * HOUR_MS }),
    loginRecord(USER_PROCESS, { line: 'pts/1', user: 'mara', from: INTRUDER, pid: 3391, time: broken + 12 * MINUTE_MS }),
  ])
}

function loginRecord(
  type: number,
  { line, user, from, pid, time }: Record<'line' | 'user' | 'from', string> & Record<'pid' | 'time', number>,
) {
  const record = Buffer.alloc(RECORD_BYTES)
  record.writeInt16LE(type, 0)
  record.writeInt32LE(pid, 4)
  record.write(line, 8, 32)
  record.write(user, 44, 32)
  record.write(from, 76, 256)
  record.writeInt32LE(Math.floor(time / 1000), 340)
  return record
}

function joined(lines: Line[]): string {
  return lines
    .sort((a, b) => a.time - b.time)
    .map(({ text }) => `${text}\n`)
    .join('')
}

/** Formats a time as rsyslog does: `2026-03-01T10:00:00.000Z`. */
function precise(time: number): string {
  return new Date(time).toISOString()
}

/** Formats a time as web servers do: `01/Mar/2026:10:00:00 +0000`. */
function common(time: number): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time).toUTCString()) ?? []
  return `${day}/${month}/${year}:${clock} +0000`
}
