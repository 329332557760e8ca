/** The state of Device Control. Times are ms since 1970. */
export interface UsbState {
  /** The numbers of the next approval and the next block. */
  nextApproval: number
  nextBlock: number
  approvals: Approval[]
  blocks: Block[]
}

/** The fields of an approval that can be changed ("These are the only mutable properties" of "Update Approval"). Empty: not given. */
export interface ApprovalFields {
  /** Hexadecimal, `0x` and four digits in lower case. */
  vendor_id: string
  product_id: string
  serial_number: string
  approval_name: string
  notes: string
}

export interface Approval extends ApprovalFields {
  id: string
  created: number
  updated: number
  /** The name of the key that changed it last. */
  updated_by: string
}

/** What approved devices may do on the endpoints of a policy (the permissions that the service has had since December 2023). */
export interface Permissions {
  allow_write?: boolean
  allow_execute?: boolean
}

/** The fields of a block that a client sends. */
export interface BlockFields {
  policy_id: string
  /** What approved devices may do; absent: never set, and the answer is as in the document. */
  permissions?: Permissions
}

export interface Block extends BlockFields {
  id: number
  created: number
  updated: number
}

/** Returns the initial state: no approvals and no blocks. The first of each gets its id from the document's examples. */
export function newUsb(): UsbState {
  return { nextApproval: 10373, nextBlock: 55, approvals: [], blocks: [] }
}
