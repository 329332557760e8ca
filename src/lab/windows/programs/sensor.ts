import type { Program } from '../processes/run.ts'
import type { Profile } from '../seed/profile.ts'
import { lines } from './format.ts'

/**
 * RepCLI, the sensor's own program: `status` agrees with the inventory. Commands that would change the sensor need a code that nobody has.
 */
export const repcli: Program = async run => {
  const [verb = ''] = run.args.map(arg => arg.toLowerCase())
  if (verb === 'version') {
    run.print(lines(`RepCLI Version [${run.machine.seed.profile.sensor.version}]`))
    return 0
  }
  if (verb === 'status') {
    run.print(status(run.machine.seed.profile))
    return 0
  }
  if (PROTECTED.has(verb)) {
    run.complain(lines('Error: command requires authentication: run as a member of the RepCLI group of the policy, or unlock first'))
    return 5
  }
  run.complain(
    lines(`Unknown command: ${run.args[0] ?? ''}`, 'Usage: repcli [status | version | capture | bypass | updateconfig | cloud | unlock]'),
  )
  return 1
}

const PROTECTED = new Set(['capture', 'bypass', 'updateconfig', 'cloud', 'unlock', 'ondemandscan', 'deletefile', 'registerprotectedsvcs'])

function status({ sensor, os, network, name, joined, domain, booted }: Profile): string {
  const row = (title: string, value: string) => `\t${title}[${value}]`
  return lines(
    'General Info:',
    row('Sensor Version', sensor.version),
    row('Sensor State', 'Enabled'),
    row('Details', 'LiveResponse:Session, LiveResponse:NoKillSwitch, LiveResponse:Enabled, SvcStable'),
    row('DeviceID', String(sensor.id)),
    row('Device Name', joined ? `${domain}\\${name}` : name),
    row('OS Version', `10.0.${os.build}.${os.revision}`),
    row('Internal IP', network.ip),
    row('Kernel File Filter', 'Connected'),
    row('Kernel Status', 'Enabled'),
    row('Last Reset', 'not set'),
    'Cloud Status:',
    row('Registered', 'Yes'),
    row('Server Address', 'https://lab.conferdeploy.net'),
    row('Next Check-in', '25 seconds'),
    row('Private Logging', 'Disabled'),
    row('Policy Name', sensor.policy),
    row('Connected Since', new Date(booted).toISOString()),
    'Rules Status:',
    row('Policy Timestamp', new Date(booted).toISOString()),
    row('Endpoint Standard Product', 'Enabled'),
    row('Device Control Product', 'Enabled'),
  )
}
