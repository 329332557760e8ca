import { isIPv4 } from 'node:net'
import { imageName } from '../processes/table.ts'
import { macAddress } from '../../mac-address.ts'
import type { Profile } from '../seed/profile.ts'
import { ATTACKER } from '../seed/profiles.ts'
import { lines, usDate } from './format.ts'
import type { Program } from '../processes/run.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
/** Pads a name with dots up to the colon. */
const row = (name: string, value: string) => `   ${name}${'. '.repeat(17).slice(name.length)}: ${value}\n`

export const ipconfig: Program = async run => {
  const { name, network, dnsSuffix, booted } = run.machine.seed.profile
  const option = run.args[0]?.toLowerCase()
  if (option === '/flushdns') {
    run.print('\nWindows IP Configuration\n\nSuccessfully flushed the DNS Resolver Cache.\n')
    return 0
  }
  if (option !== undefined && option !== '/all') {
    run.print(`\nError: unrecognized or incomplete command line.\n`)
    return 1
  }
  const all = option === '/all'
  run.print('\nWindows IP Configuration\n\n')
  if (all) {
    run.print(row('Host Name', name) + row('Primary Dns Suffix', dnsSuffix) + row('Node Type', 'Hybrid') + row('IP Routing Enabled', 'No'))
    run.print(`${row('WINS Proxy Enabled', 'No')}${row('DNS Suffix Search List', dnsSuffix)}\n`)
  }
  run.print(`Ethernet adapter Ethernet:\n\n${row('Connection-specific DNS Suffix', dnsSuffix)}`)
  if (all) {
    run.print(row('Description', network.adapter) + row('Physical Address', network.mac))
    run.print(row('DHCP Enabled', 'Yes') + row('Autoconfiguration Enabled', 'Yes'))
  }
  run.print(row('IPv4 Address', all ? `${network.ip}(Preferred)` : network.ip) + row('Subnet Mask', network.mask))
  if (all) run.print(row('Lease Obtained', `${DAYS[new Date(booted).getUTCDay()]}, ${usDate(booted)}`))
  run.print(row('Default Gateway', network.gateway))
  if (all)
    run.print(
      network.dns.map((server, at) => (at === 0 ? row('DNS Servers', server) : `${' '.repeat(37)}${server}\n`)).join('') +
        row('NetBIOS over Tcpip', 'Enabled'),
    )
  return 0
}

/** netstat with -a (also listening sockets), -n, -o (pids), -b (programs), -p TCP|UDP. */
export const netstat: Program = async run => {
  const flags = run.args
    .filter(arg => /^[-/]/.test(arg))
    .join('')
    .toLowerCase()
  const protocol = run.args[run.args.findIndex(arg => /^[-/]p$/i.test(arg)) + 1]?.toUpperCase()
  const only = /p/.test(flags) ? protocol : undefined
  const processes = await run.machine.look(view => new Map(view.processes.list().map(process => [process.pid, process])))
  const withPid = flags.includes('o')
  run.print(`\nActive Connections\n\n  Proto  Local Address          Foreign Address        State${withPid ? '           PID' : ''}\n`)
  for (const { protocol: kind, local, remote, state, pid } of run.machine.seed.profile.connections) {
    const owner = processes.get(pid)
    if (owner === undefined || (only !== undefined && only !== kind)) continue
    if (!flags.includes('a') && (state === '' || state === 'LISTENING')) continue
    run.print(`  ${kind.padEnd(6)} ${local.padEnd(22)} ${remote.padEnd(22)} ${withPid ? `${state.padEnd(15)} ${pid}` : state}\n`)
    if (flags.includes('b')) run.print(` [${imageName(owner.path)}]\n`)
  }
  return 0
}

/** The domain of the name server and of the servers in its zone. */
const ZONE = 'corp.example'

/** Returns the name server's answer. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'srv-dc-01': '10.20.0.10',
    'srv-file-02': '10.20.0.22',
    'srv-sql-01': '10.20.0.31',
    'files.secure-invoices.example': ATTACKER,
  }),
)

/** arp -a: the neighbours that were contacted, with the gateway first. */
export const arp: Program = async run => {
  if (!run.args.some(arg => /^[-/][ag]$/i.test(arg))) {
    run.complain(
      lines(
        '',
        'Displays and modifies the IP-to-Physical address translation tables used by',
        'address resolution protocol (ARP).',
        '',
        'ARP -a [inet_addr]',
        '',
      ),
    )
    return 1
  }
  const { ip, gateway } = run.machine.seed.profile.network
  const entry = (address: string, physical: string, kind: string) => `  ${address.padEnd(21)} ${physical.padEnd(21)} ${kind}`
  const subnet = ip.replace(/\d+$/, '')
  run.print(
    lines(
      '',
      `Interface: ${ip} --- 0xb`,
      '  Internet Address      Physical Address      Type',
      entry(gateway, macAddress(gateway).join('-').toLowerCase(), 'dynamic'),
      entry(`${subnet}255`, 'ff-ff-ff-ff-ff-ff', 'static'),
      entry('224.0.0.22', '01-00-5e-00-00-16', 'static'),
    ),
  )
  return 0
}

/** nslookup NAME [server]: the name server's answer; the hosts file isn't consulted. */
export const nslookup: Program = async run => {
  const {
    network: {
      ip,
      dns: [server = ''],
    },
    name,
    dnsSuffix,
  } = run.machine.seed.profile
  const target = run.args.find(arg => !arg.startsWith('-'))?.toLowerCase()
  run.print(lines(`Server:  srv-dc-01.${ZONE}`, `Address:  ${server}`, ''))
  if (target === undefined) return 0
  const full = (host: string, zone: string) => (host.includes('.') || zone === '' ? host : `${host}.${zone}`)
  const names = new Map([...NAMES].map(([host, address]) => [full(host, ZONE), address]))
  if (dnsSuffix !== '') names.set(full(name.toLowerCase(), dnsSuffix), ip)
  const found = isIPv4(target)
    ? [...names].find(([, one]) => one === target)?.[0]
    : [target, full(target, dnsSuffix)].find(one => names.has(one))
  const address = names.get(found ?? '')
  if (address === undefined || found === undefined) {
    run.complain(`*** srv-dc-01.${ZONE} can't find ${target}: Non-existent domain\n`)
    return 1
  }
  run.print(lines(`Name:    ${found}`, `Address:  ${address}`, ''))
  return 0
}

export const getmac: Program = async run => {
  const { mac } = run.machine.seed.profile.network
  run.print(
    lines(
      '',
      'Physical Address    Transport Name',
      '=================== ==========================================================',
      `${mac.padEnd(19)} \\Device\\Tcpip_{6E0A1A4C-2F64-4F0B-9C1D-1B5C8E3F7A21}`,
    ),
  )
  return 0
}

interface Host {
  address: string
  /** Round trip in milliseconds; undefined when nothing answers. */
  time: number | undefined
  ttl: number
}

/** ping: one echo per second, `-n COUNT`, `-t` until it is killed, `-w MS`, `-l BYTES`. */
export const ping: Program = async run => {
  const option = (letter: string) =>
    run.args[run.args.findIndex(arg => arg.toLowerCase() === `-${letter}` || arg.toLowerCase() === `/${letter}`) + 1]
  const given = (letter: string) => run.args.some(arg => arg.toLowerCase() === `-${letter}` || arg.toLowerCase() === `/${letter}`)
  const target = run.args.filter((arg, at) => !/^[-/]/.test(arg) && !/^[-/][nwli]$/i.test(run.args[at - 1] ?? '')).at(-1)
  if (target === undefined) {
    run.print('IP address must be specified.\n')
    return 1
  }
  const count = given('t') ? Infinity : given('n') ? Number(option('n')) : 4
  if (!(count >= 1)) {
    run.print(`Bad value for option -n, valid range is from 1 to 4294967295.\n`)
    return 1
  }
  const hosts = await run.machine
    .look(({ files }) => files.read('C:\\Windows\\System32\\drivers\\etc\\hosts'))
    .then(body => (body.kind === 'text' ? Buffer.from(body.base64, 'base64').toString() : ''))
  const host = resolve(target, run.machine.seed.profile, hosts)
  if (host === undefined) {
    run.print(`Ping request could not find host ${target}. Please check the name and try again.\n`)
    return 1
  }
  const bytes = given('l') ? Number(option('l')) || 32 : 32
  const named = host.address === target ? host.address : `${target} [${host.address}]`
  run.print(`\nPinging ${named} with ${bytes} bytes of data:\n`)
  for (let sent = 0; sent < count; sent++) {
    if (sent > 0) await run.sleep(1000)
    const { address, time, ttl } = host
    if (time === undefined) await run.sleep(given('w') ? Number(option('w')) || 1000 : 4000)
    run.print(
      time === undefined
        ? 'Request timed out.\n'
        : `Reply from ${address}: bytes=${bytes} time${time < 1 ? '<1ms' : `=${time}ms`} TTL=${ttl}\n`,
    )
  }
  run.print(statistics(host, count))
  return host.time === undefined ? 1 : 0
}

function statistics({ address, time }: Host, count: number): string {
  const lost = time === undefined ? count : 0
  const counts = `    Packets: Sent = ${count}, Received = ${count - lost}, Lost = ${lost} (${lost === 0 ? 0 : 100}% loss),`
  const head = lines('', `Ping statistics for ${address}:`, counts)
  if (time === undefined) return head
  return head + lines('Approximate round trip times in milli-seconds:', `    Minimum = ${time}ms, Maximum = ${time}ms, Average = ${time}ms`)
}

/**
 * The hosts that the endpoint can reach: itself, its subnet's gateway and servers, and those in its hosts file; nothing outside answers.
 */
function resolve(target: string, { name, network, dnsSuffix }: Profile, hosts: string): Host | undefined {
  const lower = target.toLowerCase()
  const local = ['localhost', name.toLowerCase(), `${name.toLowerCase()}.${dnsSuffix}`]
  const listed = hosts
    .split(/\r?\n/)
    .map(line => line.replace(/#.*/, '').trim().split(/\s+/))
    .find(([, ...names]) => names.some(one => one.toLowerCase() === lower))?.[0]
  const known =
    lower === 'localhost' ? '127.0.0.1' : local.includes(lower) ? network.ip : (NAMES.get(lower.replace(`.${dnsSuffix}`, '')) ?? listed)
  const address = known ?? target
  if (!isIPv4(address)) return undefined
  if (address.startsWith('127.') || address === network.ip) return { address, time: 0, ttl: 128 }
  if (address === network.gateway) return { address, time: 1, ttl: 64 }
  return { address, time: network.dns.includes(address) ? 2 : undefined, ttl: 127 }
}
