import type { MacProcess } from '../processes.ts'
import type { Program, Run } from '../run.ts'
import { ATTACKER, HELPER_PID } from '../seed/story.ts'

interface Connection {
  pid: number
  local: string
  remote: string
  state: string
}

const LISTENING = 'LISTEN'

/** Returns the connections of the processes that run. */
async function connections(run: Run): Promise<(Connection & { process: MacProcess })[]> {
  const { address } = run.profile
  const all: Connection[] = [
    { pid: 98, local: '*:5353', remote: '*:*', state: '' },
    { pid: 655, local: `${address}:51502`, remote: '192.0.2.44:443', state: 'ESTABLISHED' },
    { pid: 744, local: `${address}:51377`, remote: '198.51.100.61:443', state: 'ESTABLISHED' },
    { pid: HELPER_PID, local: `${address}:51844`, remote: `${ATTACKER}:443`, state: 'ESTABLISHED' },
    { pid: 210, local: `${address}:49201`, remote: '192.0.2.80:443', state: 'ESTABLISHED' },
    { pid: 1, local: '*:22', remote: '*:*', state: LISTENING },
  ]
  const running = await run.machine.look(({ processes }) => processes.list())
  return all.flatMap(one => {
    const process = running.find(({ pid }) => pid === one.pid)
    return process === undefined ? [] : [{ ...one, process }]
  })
}

/** `netstat -an`, and with `-v` the processes. Addresses end in a dot and the port, as on a Mac. */
export const netstat: Program = async run => {
  const dotted = (address: string) => address.replace(/:(?=[^:]*$)/, '.')
  run.print('Active Internet connections (including servers)')
  run.print(`Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    ${run.has('v') ? '   pid' : ''}`.trimEnd())
  for (const { local, remote, state, pid } of await connections(run))
    run.print(
      `${state === '' ? 'udp4 ' : 'tcp4 '}      0      0  ${dotted(local).padEnd(22)} ${dotted(remote).padEnd(22)} ${state.padEnd(11)}${run.has('v') ? String(pid).padStart(6) : ''}`.trimEnd(),
    )
  return 0
}

/** `lsof -nP -i`. */
export const lsof: Program = async run => {
  run.print('COMMAND     PID     USER   FD   TYPE             DEVICE SIZE/OFF NODE NAME')
  for (const { process, local, remote, state } of await connections(run)) {
    const name = process.path
      .slice(process.path.lastIndexOf('/') + 1)
      .slice(0, 9)
      .replaceAll(' ', '\\x20')
    const where = state === 'ESTABLISHED' ? `${local}->${remote} (ESTABLISHED)` : `${local}${state === '' ? '' : ` (${state})`}`
    run.print(
      `${name.padEnd(9)} ${String(process.pid).padStart(5)} ${process.user.padStart(8)}    8u  IPv4 0x6f1c2d3e4a5b6c7d      0t0  ${state === '' ? 'UDP' : 'TCP'} ${where}`,
    )
  }
  return 0
}

export const ifconfig: Program = run => {
  run.print('lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384', '\tinet 127.0.0.1 netmask 0xff000000')
  run.print(
    'en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500',
    `\tinet ${run.profile.address} netmask 0xffffff00 broadcast ${run.profile.address.replace(/\d+$/, '255')}`,
    '\tstatus: active',
  )
  return 0
}
