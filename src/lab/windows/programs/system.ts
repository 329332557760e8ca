import { codePageNamed } from '../../../core/text/code-pages.ts'
import type { Program } from '../processes/run.ts'
import { grouped, usDate, usTime } from './format.ts'

const MIB = 1024 ** 2

export const systeminfo: Program = async run => {
  const { name, domain, joined, os, model, memory, installed, booted, network, dnsSuffix, user } = run.machine.seed.profile
  const used = await run.machine.look(({ processes }) => processes.list().reduce((sum, process) => sum + process.memory, 0) / 1024)
  const when = (ms: number) => `${usDate(ms)}, ${usTime(ms, true)}`
  const rows: [string, string][] = [
    ['Host Name', name],
    ['OS Name', os.caption],
    ['OS Version', `10.0.${os.build} N/A Build ${os.build}`],
    ['OS Manufacturer', 'Microsoft Corporation'],
    ['OS Configuration', `${joined ? 'Member' : 'Standalone'} ${os.edition.startsWith('Server') ? 'Server' : 'Workstation'}`],
    ['OS Build Type', 'Multiprocessor Free'],
    ['Registered Owner', user.name],
    ['Original Install Date', when(installed)],
    ['System Boot Time', when(booted)],
    ['System Manufacturer', model.maker],
    ['System Model', model.name],
    ['System Type', 'x64-based PC'],
    [
      'Processor(s)',
      '1 Processor(s) Installed.\n                           [01]: Intel64 Family 6 Model 140 Stepping 1 GenuineIntel ~2611 Mhz',
    ],
    ['BIOS Version', model.bios],
    ['Windows Directory', 'C:\\Windows'],
    ['System Directory', 'C:\\Windows\\system32'],
    ['Boot Device', '\\Device\\HarddiskVolume1'],
    ['Time Zone', '(UTC) Coordinated Universal Time'],
    ['Total Physical Memory', `${grouped(memory / MIB)} MB`],
    ['Available Physical Memory', `${grouped(memory / MIB - 1400 - used)} MB`],
    ['Domain', joined ? dnsSuffix : domain],
    ['Logon Server', joined ? `\\\\SRV-DC-01 (${domain})` : `\\\\${name}`],
    [
      'Network Card(s)',
      [
        '1 NIC(s) Installed.',
        `${' '.repeat(27)}[01]: ${network.adapter}`,
        `${' '.repeat(33)}IP address(es)`,
        `${' '.repeat(33)}[01]: ${network.ip}`,
      ].join('\n'),
    ],
  ]
  run.print(`\n${rows.map(([title, value]) => `${`${title}:`.padEnd(27)}${value}\n`).join('')}`)
  return 0
}

/** timeout: waits some seconds; there is nobody to press a key. */
export const timeout: Program = async run => {
  const seconds = Number(run.args.find(arg => /^-?\d+$/.test(arg)) ?? Number.NaN)
  if (!(seconds >= -1 && seconds <= 99_999)) {
    run.complain('ERROR: Invalid value for timeout (/T) specified. Valid range is -1 to 99999 seconds.\n')
    return 1
  }
  if (seconds === -1) return run.stay()
  run.print(`\nWaiting for ${seconds} seconds, press a key to continue ...\n`)
  await run.sleep(seconds * 1000)
  return 0
}

/** chcp: the code page in which programs write to the console; a number sets it. */
export const chcp: Program = async run => {
  const { console } = run.streams.out
  const [wanted] = run.args
  if (wanted !== undefined) {
    const page = /^\d+$/.test(wanted) ? codePageNamed(wanted) : undefined
    if (page === undefined || page === 1200 || page === 1201) {
      run.complain(/^\d+$/.test(wanted) ? 'Invalid code page\n' : `Parameter format not correct - ${wanted}\n`)
      return 1
    }
    console.page = page
  }
  run.print(`Active code page: ${console.page}\n`)
  return 0
}
