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

export interface Block {
  id: number
  policy_id: string
  created: number
  updated: number
}

/** Returns the initial state: no approvals and no blocks. The first of each gets its id from the document's examples. */
export function newUsb(): UsbState {
  return { nextApproval: 10373, nextBlock: 55, approvals: [], blocks: [] }
}
