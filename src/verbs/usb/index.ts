import type { VerbFamily } from '../define-organization.ts'

/** The commands of `cbc usb`. */
export const USB_FAMILY: VerbFamily = {
  path: 'usb',
  verbs: [
    { name: 'approval list', load: async () => (await import('./approval.ts')).approvalList },
    { name: 'approval get', load: async () => (await import('./approval.ts')).approvalGet },
    { name: 'approval create', load: async () => (await import('./approval-create.ts')).approvalCreate },
    { name: 'approval update', load: async () => (await import('./approval-update.ts')).approvalUpdate },
    { name: 'approval delete', load: async () => (await import('./approval-delete.ts')).approvalDelete },
    { name: 'approval export', load: async () => (await import('./export.ts')).approvalExport },
    { name: 'approve', load: async () => (await import('./approve.ts')).approve },
    { name: 'unapprove', load: async () => (await import('./unapprove.ts')).unapprove },
    { name: 'block list', load: async () => (await import('./block.ts')).blockList },
    { name: 'block get', load: async () => (await import('./block.ts')).blockGet },
    { name: 'block create', load: async () => (await import('./block-create.ts')).blockCreate },
    { name: 'block update', load: async () => (await import('./block-update.ts')).blockUpdate },
    { name: 'block delete', load: async () => (await import('./block.ts')).blockDelete },
    { name: 'device list', load: async () => (await import('./device.ts')).deviceList },
    { name: 'device get', load: async () => (await import('./device.ts')).deviceGet },
    { name: 'device endpoints', load: async () => (await import('./device.ts')).deviceEndpoints },
    { name: 'device facet', load: async () => (await import('./facet.ts')).deviceFacet },
    { name: 'device export', load: async () => (await import('./export.ts')).deviceExport },
    { name: 'product list', load: async () => (await import('./product.ts')).productList },
    { name: 'approval import', load: async () => (await import('./bulk/import.ts')).approvalImport },
    { name: 'approval apply', load: async () => (await import('./bulk/apply.ts')).approvalApply },
  ],
  groups: {
    approval: 'USB devices that are approved',
    block: 'policies that block unapproved USB devices',
    device: 'USB devices that were seen',
    product: 'vendors and products that were seen',
  },
}
