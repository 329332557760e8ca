import type { SharedDocument } from '../../store/shared-document.ts'
import type { Cloud } from '../cloud.ts'
import { HttpError } from '../http.ts'
import { hasPolicy } from '../policies.ts'
import { approvalKey } from './approval.ts'
import { makeInventory, type UsbDevice } from './inventory.ts'
import { newUsb, type Approval, type ApprovalFields, type Block, type BlockFields, type UsbState } from './state.ts'

/** The state of Device Control, and the USB devices that were seen. */
export class DeviceControl {
  readonly #cloud: Cloud
  readonly #state: SharedDocument<UsbState>
  #devices: readonly UsbDevice[] | undefined

  constructor(cloud: Cloud) {
    this.#cloud = cloud
    this.#state = cloud.store.document('usb', newUsb)
  }

  /** All USB devices that were seen. They are generated on first use. */
  get devices(): readonly UsbDevice[] {
    return (this.#devices ??= makeInventory(this.#cloud.devices.values()))
  }

  /** @throws HttpError 404 */
  device(id: string): UsbDevice {
    const device = this.devices.find(device => String(device.id) === id)
    if (device === undefined) throw new HttpError(404, `USB device ${id} not found`)
    return device
  }

  /** Returns all approvals, ordered by id. */
  approvals(): Promise<Approval[]> {
    return this.#state.read(({ approvals }) => structuredClone(approvals))
  }

  /** @throws HttpError 404 */
  async approval(id: string): Promise<Approval> {
    return found(await this.#state.read(({ approvals }) => structuredClone(approvals.find(approval => approval.id === id))), id)
  }

  /**
   * Creates these approvals. An existing one for the same devices keeps its id and time of creation, and gets the new name and notes: the
   * example of "Bulk Create Approvals" returns an approval that was updated days after it was created.
   */
  async approve(wanted: readonly ApprovalFields[], by: string): Promise<Approval[]> {
    const now = this.#cloud.clock.now()
    return this.#state.update(state => {
      const known = new Map(state.approvals.map(approval => [approvalKey(approval), approval]))
      const approved = wanted.map(fields => {
        const before = known.get(approvalKey(fields))
        if (before !== undefined) return Object.assign(before, fields, { updated: now, updated_by: by })
        const approval = { id: String(state.nextApproval++), ...fields, created: now, updated: now, updated_by: by }
        known.set(approvalKey(approval), approval)
        state.approvals.push(approval)
        return approval
      })
      return structuredClone(approved)
    })
  }

  /**
   * Changes an approval.
   * @param change returns the new fields
   * @throws HttpError 404; 409: another approval is for the same devices; and whatever `change` throws
   */
  async updateApproval(id: string, change: (before: Approval) => ApprovalFields, by: string): Promise<Approval> {
    const now = this.#cloud.clock.now()
    return this.#state.update(({ approvals }) => {
      const approval = found(
        approvals.find(approval => approval.id === id),
        id,
      )
      const fields = change(approval)
      const other = approvals.find(other => other !== approval && approvalKey(other) === approvalKey(fields))
      if (other !== undefined) {
        throw new HttpError(409, `Approval ${other.id} exists with this serial number, vendor id, and product id combination`)
      }
      return structuredClone(Object.assign(approval, fields, { updated: now, updated_by: by }))
    })
  }

  /** @throws HttpError 404 */
  async deleteApproval(id: string): Promise<void> {
    await this.#state.update(({ approvals }) => {
      approvals.splice(
        approvals.indexOf(
          found(
            approvals.find(approval => approval.id === id),
            id,
          ),
        ),
        1,
      )
    })
  }

  /** Returns all blocks, ordered by id. */
  blocks(): Promise<Block[]> {
    return this.#state.read(({ blocks }) => structuredClone(blocks))
  }

  /** @throws HttpError 404 */
  async block(id: string): Promise<Block> {
    const block = (await this.blocks()).find(block => String(block.id) === id)
    if (block === undefined) throw noBlock(id)
    return block
  }

  /**
   * Turns blocking on for these policies; a policy that has a block keeps it as it is.
   * @throws HttpError 400: a policy doesn't exist
   */
  async blockPolicies(wanted: readonly BlockFields[]): Promise<Block[]> {
    const unknown = wanted.find(({ policy_id }) => !hasPolicy(this.#cloud, policy_id))
    if (unknown !== undefined) throw new HttpError(400, `Policy ${unknown.policy_id} does not exist`)
    const now = this.#cloud.clock.now()
    return this.#state.update(state =>
      structuredClone(
        wanted.map(fields => {
          const known = state.blocks.find(block => block.policy_id === fields.policy_id)
          if (known !== undefined) return known
          const block = { id: state.nextBlock++, ...fields, created: now, updated: now }
          state.blocks.push(block)
          return block
        }),
      ),
    )
  }

  /**
   * Replaces a block's fields: permissions that are left out are removed.
   * @throws HttpError 404; 400: it is the block of another policy
   */
  async updateBlock(id: string, { policy_id, permissions }: BlockFields): Promise<Block> {
    const now = this.#cloud.clock.now()
    return this.#state.update(({ blocks }) => {
      const block = blocks.find(block => String(block.id) === id)
      if (block === undefined) throw noBlock(id)
      if (block.policy_id !== policy_id) throw new HttpError(400, `Block ${id} belongs to policy ${block.policy_id}`)
      delete block.permissions
      return structuredClone(Object.assign(block, permissions === undefined ? {} : { permissions }, { updated: now }))
    })
  }

  /** @throws HttpError 404 */
  async deleteBlock(id: string): Promise<void> {
    await this.#state.update(({ blocks }) => {
      const at = blocks.findIndex(block => String(block.id) === id)
      if (at === -1) throw noBlock(id)
      blocks.splice(at, 1)
    })
  }
}

function found(approval: Approval | undefined, id: string): Approval {
  if (approval === undefined) throw new HttpError(404, `Approval ${id} not found`)
  return approval
}

function noBlock(id: string): HttpError {
  return new HttpError(404, `Block ${id} not found`)
}
