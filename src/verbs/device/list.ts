import { devicesNamed } from '../../api/device-names.ts'
import type { PagingOptions } from '../../api/device-control.ts'
import type { Device, DeviceSearch } from '../../api/devices.ts'
import type { Page } from '../../api/pages.ts'
import { usage } from '../../core/errors.ts'
import { fieldsOf, type Row } from '../../core/result.ts'
import { value, values, type Option } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { checkExtent, extentOf, listOf } from '../shared/paging-options.ts'
import { DEVICE_FIELDS, deviceForm, listColumns } from './form.ts'
import { policyTest, type PolicyTest } from './policy.ts'

const SYSTEMS = ['WINDOWS', 'LINUX', 'MAC'] as const
/** The statuses that the service accepts: those of a sensor, and some that combine several. */
const STATUSES = [
  'ACTIVE',
  'ALL',
  'BYPASS',
  'BYPASS_ON',
  'DEREGISTERED',
  'ERROR',
  'INACTIVE',
  'PENDING',
  'QUARANTINE',
  'REGISTERED',
  'SENSOR_OUTOFDATE',
  'UNINSTALLED',
] as const
/** How many devices are shown without --limit and --all. */
const DEFAULT_LIMIT = 1000

/** An option that filters by one or more of the `known` values. */
function anyOf(flags: string, summary: string, known: readonly string[]): Option<string[]> {
  const name = flags.split(' ')[0] ?? flags
  return { flags, summary, kind: 'text', choices: known, repeat: true, parse: text => oneOf(text, name, known) }
}

const OPTIONS = {
  os: anyOf('--os <system>', 'with this operating system: windows, linux, mac; separate several with commas, or repeat', SYSTEMS),
  status: anyOf(
    '--status <status>',
    'with this status; separate several with commas, or repeat; default: all registered devices',
    STATUSES,
  ),
  policy: values('--policy <policy>', 'with this policy, by id or name; may be repeated'),
  name: value('--name <pattern>', "with a name that matches: 'WIN-FIN-*'"),
  query: value('--query <search>', "that match a search of the service: 'last_internal_ip_address:10.20.*'"),
  sort: value('--sort <field>', 'sort by a field of the API; field:desc reverses the order; default: name', { parse: parseSort }),
  ...extentOf(DEFAULT_LIMIT),
}

export const deviceList = defineOrganizationVerb({
  name: 'list',
  summary: "list the organization's devices",
  details:
    'A device has to meet all the conditions given. The state is "online" if the sensor made contact in the last 15 minutes, "disabled" if Live Response is switched off in the policy or the sensor, and otherwise "offline".',
  examples: [
    { line: 'list', does: 'all devices, sorted by name' },
    {
      line: 'list --os windows --policy Standard --sort last_contact_time:desc',
      does: 'the Windows machines of one policy, the latest contact first',
    },
    { line: 'list --name "WIN-FIN-*" --all', does: 'all devices whose names match a pattern' },
  ],
  effect: 'read',
  fields: [...fieldsOf(listColumns(0)), ...DEVICE_FIELDS],
  arguments: {},
  options: OPTIONS,
  check: checkExtent,
  async run(input, context) {
    const policy = input.policy.length === 0 ? undefined : await policyTest(input.policy, context)
    const { start, all, limit = all ? undefined : DEFAULT_LIMIT } = input
    return listOf(
      paging => forms(found(input, policy, paging, context)),
      { start, limit, all },
      listColumns(context.clock.now()),
      context,
      'no devices',
    )
  },
})

interface Filters {
  os: readonly string[]
  status: readonly string[]
  name?: string | undefined
  query?: string | undefined
  sort?: DeviceSearch['sort'] | undefined
}

/** Lets the service filter what it can, and checks here again what services are known to treat differently. */
async function* found(
  { os, status, name, query, sort }: Filters,
  policy: PolicyTest | undefined,
  paging: PagingOptions,
  { devices, signal }: OrganizationContext,
): AsyncGenerator<Device> {
  const search: DeviceSearch = {
    criteria: {
      ...(os.length === 0 ? {} : { os: [...new Set(os)] }),
      ...(status.length === 0 ? {} : { status: [...new Set(status)] }),
      ...policy?.criteria,
    },
    ...(query === undefined ? {} : { query }),
    ...(sort === undefined ? {} : { sort }),
  }
  const isOfSystem = (device: Device) => os.length === 0 || device.os === undefined || os.includes(String(device.os).toUpperCase())
  if (name === undefined && policy === undefined) {
    const { onPage, ...more } = paging
    const reportPage = ({ results, num_found }: Page<Device>) => onPage?.({ results, num_found, num_available: num_found })
    for await (const device of devices.all(search, { ...more, onPage: reportPage })) if (isOfSystem(device)) yield device
    return
  }
  const all = name === undefined ? devices.all(search, { signal }) : devicesNamed(devices, name, search, { signal })
  yield* counted(all, device => isOfSystem(device) && policy?.fits(device) !== false, paging)
}

/** Counts the devices that fit, which only this side can tell. The total is reported before the last wanted device is yielded. */
async function* counted(
  devices: AsyncIterable<Device>,
  fits: (device: Device) => boolean,
  { start = 0, limit = Infinity, onPage }: PagingOptions,
): AsyncGenerator<Device> {
  let num_found = 0
  let last: Device | undefined
  for await (const device of devices) {
    if (!fits(device)) continue
    num_found += 1
    if (num_found <= start) continue
    if (num_found < start + limit) yield device
    else last ??= device
  }
  onPage?.({ results: [], num_found, num_available: num_found })
  if (last !== undefined) yield last
}

async function* forms(devices: AsyncIterable<Device>): AsyncGenerator<Row> {
  for await (const device of devices) yield deviceForm(device)
}

/** @throws CbcError usage */
function oneOf(text: string, option: string, known: readonly string[]): string[] {
  const typed = text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
  const wanted = typed.map(part => part.toUpperCase())
  const unknown = typed.find(part => !known.includes(part.toUpperCase()))
  if (unknown !== undefined || wanted.length === 0) {
    const confused =
      option === '--status' && /^(?:online|offline|disabled)$/i.test(unknown ?? '')
        ? 'that is a value of the state column, not a status: '
        : ''
    throw usage(
      `${option}: "${unknown ?? text}" is not one of the choices`,
      `${confused}choose from ${known.map(one => one.toLowerCase()).join(', ')}`,
    )
  }
  return wanted
}

/** @throws CbcError usage */
function parseSort(text: string): { field: string; order: 'ASC' | 'DESC' }[] {
  return text.split(',').map(part => {
    const [, field, order = 'asc'] = /^\s*([a-z_]+)\s*(?::\s*(asc|desc)\s*)?$/i.exec(part) ?? []
    if (field === undefined) throw usage(`--sort: "${text}" is not a sort order`, 'write last_contact_time:desc')
    return { field, order: order.toUpperCase() as 'ASC' | 'DESC' }
  })
}
