import type { Device } from '../../api/devices.ts'
import { presenceOf } from '../../api/presence.ts'
import { fieldsOf, type Column, type Row } from '../../core/result.ts'
import { isoTime } from '../../core/time.ts'

/** Returns a device in the documented form: the API's own fields, with times in ISO 8601. */
export function deviceForm(device: Device | Row): Row {
  return Object.fromEntries(Object.entries(device).map(([key, value]) => [key, key.endsWith('_time') ? isoTime(value) : value]))
}

/** Shown to the second. JSON has the full precision. */
const CONTACT: Column = {
  key: 'last_contact_time',
  title: 'last contact',
  kind: 'time',
  priority: 5,
  text: row => String(row['last_contact_time'] ?? '').replace(/\.\d+Z$/, 'Z'),
}

/** Whether Live Response can reach the device now. @param now milliseconds since 1970 */
const reachable = (now: number, title: string): Column => ({
  key: 'live_response',
  title,
  text: row => presenceOf(row as unknown as Device, now),
})

/** Removes the domain from a user name. */
function withoutDomain(user: unknown): string {
  return String(user ?? '').replace(/^.*\\/, '')
}

/** The columns of a list of devices. @param now milliseconds since 1970 */
export function listColumns(now: number): Column[] {
  return [
    { key: 'name' },
    { key: 'id' },
    { ...reachable(now, 'state'), priority: 6 },
    { key: 'os', priority: 1 },
    { key: 'policy_name', title: 'policy', flexible: true, priority: 3 },
    { key: 'login_user_name', title: 'user', flexible: true, priority: 2, shorter: row => withoutDomain(row['login_user_name']) },
    CONTACT,
  ]
}

/** The columns of a single device: the most wanted facts first, then every other field of the answer. @param now milliseconds since 1970 */
export function objectColumns(now: number, device: Row): Column[] {
  const first: Column[] = [
    { key: 'id' },
    { key: 'name' },
    reachable(now, 'live response'),
    { key: 'os' },
    { key: 'os_version' },
    { key: 'policy_name' },
    { key: 'policy_id' },
    { key: 'login_user_name' },
    { key: 'last_internal_ip_address' },
    { key: 'last_contact_time' },
    { key: 'sensor_version' },
    { key: 'status' },
    { key: 'sensor_states' },
  ]
  const known = new Set(first.map(({ key }) => key))
  return [
    ...first,
    ...Object.keys(device)
      .filter(key => !known.has(key))
      .map(key => ({ key })),
  ].map(column => (column.key.endsWith('_time') ? { ...column, kind: 'time' } : column))
}

/** What `--columns` accepts for devices besides their usual columns: the known fields of the Devices API. */
export const DEVICE_FIELDS = [
  ...fieldsOf(objectColumns(0, {})),
  'activation_code',
  'activation_code_expiry_time',
  'ad_group_id',
  'appliance_name',
  'appliance_uuid',
  'asset_group',
  'auto_scaling_group_name',
  'av_ave_version',
  'av_engine',
  'av_last_scan_time',
  'av_master',
  'av_pack_version',
  'av_product_version',
  'av_status',
  'av_update_servers',
  'av_vdf_version',
  'base_device',
  'cloud_provider_account_id',
  'cloud_provider_resource_id',
  'cloud_provider_tags',
  'cluster_name',
  'compliance_status',
  'current_sensor_policy_name',
  'datacenter_name',
  'deployment_type',
  'deregistered_time',
  'device_group',
  'device_id',
  'device_meta_data_item_list',
  'device_owner_id',
  'email',
  'encoded_activation_code',
  'esx_host_name',
  'esx_host_uuid',
  'first_name',
  'golden_device',
  'golden_device_id',
  'golden_device_status',
  'groups',
  'host_based_firewall_failure_reason',
  'host_based_firewall_status',
  'infrastructure_provider',
  'last_device_policy_changed_time',
  'last_device_policy_requested_time',
  'last_external_ip_address',
  'last_location',
  'last_name',
  'last_policy_updated_time',
  'last_reported_time',
  'last_reset_time',
  'last_shutdown_time',
  'last_user',
  'linux_kernel_version',
  'login_user_name',
  'mac_address',
  'middle_name',
  'nsx_distributed_firewall_policy',
  'nsx_enabled',
  'organization_id',
  'organization_name',
  'passive_mode',
  'policy_override',
  'quarantined',
  'registered_time',
  'scan_last_action_time',
  'scan_last_complete_time',
  'scan_status',
  'sensor_gateway_url',
  'sensor_gateway_uuid',
  'sensor_kit_type',
  'sensor_out_of_date',
  'sensor_pending_update',
  'subnet',
  'target_priority',
  'target_priority_type',
  'uninstall_code',
  'vcenter_host_url',
  'vcenter_name',
  'vcenter_uuid',
  'vdi_base_device',
  'vdi_provider',
  'virtual_machine',
  'virtual_private_cloud_id',
  'virtualization_provider',
  'vm_ip',
  'vm_name',
  'vm_uuid',
  'vulnerability_score',
  'vulnerability_severity',
  'windows_platform',
]
