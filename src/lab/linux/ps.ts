import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Identity, Processes } from './processes.ts'

/** A line of `ps`, with the columns pid, parent, group, state, user, start (five words, UTC), command line. */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s?(.*)$/

interface Row extends Identity {
  parent: number
  user: string
  command: string
}

/** Returns the processes of a machine without /proc (macOS), read from `ps`. It doesn't show the environments of processes. */
export function psProcesses(): Processes {
  return {
    async list() {
      const rows = await ps('-ax')
      const created = new Map(rows.map(row => [row.pid, seconds(row.started)]))
      return rows.map(row => ({
        process_pid: row.pid,
        process_path: row.command.split(' ', 1)[0] ?? '',
        process_cmdline: row.command,
        process_username: row.user,
        parent_pid: row.parent,
        sid: '',
        process_create_time: seconds(row.started),
        parent_create_time: created.get(row.parent) ?? 0,
      }))
    },
    async identify(pid) {
      return (await ps('-p', `${pid}`))[0]
    },
    async variable() {
      return undefined
    },
  }
}

async function ps(...which: string[]): Promise<Row[]> {
  const columns = ['pid', 'ppid', 'pgid', 'state', 'user', 'lstart', 'command'].flatMap(name => ['-o', `${name}=`])
  // For an unknown pid `ps` prints nothing and exits with code 1.
  const { stdout } = await promisify(execFile)('ps', ['-ww', ...which, ...columns], {
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
    maxBuffer: 1 << 26,
  }).catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap(line => {
    const [all, pid, parent, group, state = '', user = '', started = '', command = ''] = LINE.exec(line) ?? []
    return all === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), group: Number(group), ended: state.startsWith('Z'), user, started, command }]
  })
}

/** Parses a time such as `Mon Jan  1 00:00:00 2024` (UTC) into epoch seconds. */
function seconds(started: string): number {
  return Math.floor(Date.parse(`${started} UTC`) / 1000)
}
