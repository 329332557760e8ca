/** A product of USB storage. */
export interface Product {
  /** Hexadecimal: `0x5581`. */
  id: string
  name: string
}

export interface Vendor {
  id: string
  name: string
}

/** A product whose USB devices were seen, with their number and the format of their serial numbers. */
export interface CatalogEntry {
  vendor: Vendor
  product: Product
  devices: number
  /** `#`: a hexadecimal digit, `%`: a decimal digit, `&`: a letter or a digit; everything else is literal. */
  serial: string
  /** The serial number that all devices share, which identifies none of them; empty: they have none. */
  common?: string
}

/**
 * Real vendors and products of USB storage: vendor id, name, format of serial numbers; then product id, name, how many were seen, and the
 * serial number that all of them share, if they do. SanDisk is as in the Device Control document's examples, one of each.
 */
const TABLE: readonly [
  vendor: string,
  name: string,
  serial: string,
  products: readonly [id: string, name: string, devices: number, common?: string][],
][] = [
  [
    '0x03f0',
    'HP',
    '################',
    [
      ['0x3307', 'v125w', 2],
      ['0x3807', 'c485w', 1],
      ['0x5307', 'v165w', 3],
    ],
  ],
  [
    '0x0480',
    'TOSHIBA',
    '20%%%%%%%%%%%%%%%%%%',
    [
      ['0x0820', 'Canvio Advance', 3],
      ['0xa202', 'Canvio Basics', 4],
      ['0xb207', 'Canvio Ready', 1],
      ['0xd011', 'Canvio Desk', 1],
    ],
  ],
  [
    '0x04e8',
    'Samsung',
    'S&&&&&&&&&&&&&&',
    [
      ['0x4001', 'PSSD T7', 6],
      ['0x61b6', 'M3 Portable', 2],
      ['0x61f3', 'Portable SSD T3', 2],
      ['0x61f5', 'Portable SSD T5', 5],
    ],
  ],
  [
    '0x059f',
    'LaCie',
    '00000000########',
    [
      ['0x1061', 'Rugged USB3-FW', 2],
      ['0x106e', 'Porsche Design Desktop', 1],
      ['0x1094', 'Rugged THB', 2],
    ],
  ],
  [
    '0x05dc',
    'Lexar',
    'AA&&&&&&&&&&&&&&',
    [
      ['0x0200', 'JumpDrive 2.0 Pro', 1],
      ['0xa209', 'JumpDrive S70', 2, ''],
      ['0xa762', 'JumpDrive FireFly', 2],
    ],
  ],
  [
    '0x0781',
    'SanDisk',
    '4C53%%%%%%%%%%%%%%%%',
    [
      ['0x5406', 'U3 Cruzer Micro', 1],
      ['0x5575', 'Cruzer Glide', 1],
      ['0x5581', 'Ultra', 1],
      ['0x5595', 'Ultra USB 3.0', 1],
      ['0x5599', 'Cruzer Dial', 1],
    ],
  ],
  [
    '0x0930',
    'TOSHIBA',
    '00################',
    [
      ['0x6519', 'DataTraveler 2.0', 1],
      ['0x6544', 'TransMemory', 4],
    ],
  ],
  [
    '0x0951',
    'Kingston',
    '############B%%%%%%%%%%%',
    [
      ['0x1607', 'DataTraveler 100', 2],
      ['0x160d', 'DataTraveler Vault Privacy', 3],
      ['0x1624', 'DataTraveler G2', 4],
      ['0x1643', 'DataTraveler G3', 7],
      ['0x1666', 'DataTraveler 3.0', 15],
      ['0x1689', 'DataTraveler SE9', 6],
      ['0x168a', 'DataTraveler Micro', 2],
      ['0x177f', 'DataTraveler Max', 2],
    ],
  ],
  [
    '0x0bc2',
    'Seagate',
    'NA&&&&&&',
    [
      ['0x231a', 'Expansion', 4],
      ['0x2322', 'Expansion Portable', 5],
      ['0x3320', 'Expansion Desk', 2],
      ['0xab24', 'BUP Portable', 2],
      ['0xab26', 'BUP Slim', 3],
      ['0xab38', 'Backup+ Hub', 1],
    ],
  ],
  [
    '0x1058',
    'WD',
    '57584########################',
    [
      ['0x0748', 'My Passport 0748', 3],
      ['0x0820', 'My Passport 0820', 4],
      ['0x0824', 'My Passport Slim', 1],
      ['0x0837', 'My Passport Ultra', 5],
      ['0x1023', 'Elements SE', 1],
      ['0x1078', 'Elements 1078', 3],
    ],
  ],
  [
    '0x125f',
    'ADATA',
    '%%%%%%%%%%%%%%%%%%##',
    [
      ['0xa15a', 'HD710', 2],
      ['0xc08a', 'C008', 2],
      ['0xcb10', 'UV100', 1],
    ],
  ],
  [
    '0x154b',
    'PNY',
    'AC################',
    [
      ['0x0057', 'Micro Slide Attache', 1],
      ['0x007a', 'Classic Attache', 2, 'AC1200000000B32A'],
    ],
  ],
  [
    '0x18a5',
    'Verbatim',
    '%%%%%%%%%%%%%%##',
    [
      ['0x0243', 'STORE N GO', 4],
      ['0x0302', 'Flash Drive', 2],
    ],
  ],
  [
    '0x1b1c',
    'Corsair',
    '####%%%%%%%%%%%%',
    [
      ['0x1a03', 'Voyager 3.0', 2, '00000000'],
      ['0x1a0a', 'Survivor Stealth', 1],
      ['0x1a0e', 'Voyager GTX', 1],
    ],
  ],
  [
    '0x8564',
    'Transcend',
    '%%##########',
    [
      ['0x1000', 'JetFlash', 6],
      ['0x7000', 'StoreJet 25H3', 1],
    ],
  ],
]

/** All products whose devices were seen, by vendor and product id. */
export const CATALOG: readonly CatalogEntry[] = TABLE.flatMap(([id, name, serial, products]) => {
  const vendor = { id, name }
  return products.map(([id, name, devices, common]) => ({
    vendor,
    product: { id, name },
    devices,
    serial,
    ...(common === undefined ? {} : { common }),
  }))
})
