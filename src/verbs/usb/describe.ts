import type { Approval } from '../../api/device-control.ts'

/** Describes USB devices: `SanDisk (0x0781) Ultra (0x5581) 4C531001331122115172`. */
export function devicesInWords({ vendor_id, vendor_name, product_id, product_name, serial_number }: Omit<Approval, 'id'>): string {
  return [named(vendor_name, vendor_id), named(product_name, product_id), serial_number].filter(text => text).join(' ')
}

/** Describes an approval in one line: `10373 "For the board": SanDisk (0x0781)`. */
export function approvalInWords(approval: Approval): string {
  return `${approval.id}${approval.approval_name ? ` "${approval.approval_name}"` : ''}: ${devicesInWords(approval)}`
}

function named(name: string | undefined, id: string | undefined): string | undefined {
  return name && id ? `${name} (${id})` : id
}
