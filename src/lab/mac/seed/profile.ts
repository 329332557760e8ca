import { DAY } from '../../windows/seed/hash.ts'

/** The inventory's facts about a Mac. */
export interface Inventory {
  name: string
  address: string
  user: string
  /** `MAC OS X 14.6.1`. */
  os: string
}

/** Somebody with an account. */
export interface Account {
  name: string
  full: string
  uid: number
  /** Whether it may administer the Mac. */
  admin: boolean
}

/** The facts on which the parts of the seed agree. */
export interface Profile {
  name: string
  address: string
  /** `14.6.1`. */
  version: string
  build: string
  /** Of Darwin. */
  kernel: string
  user: Account
  accounts: readonly Account[]
  /** When the lab was created, and when the Mac was set up, started, and broken into; epoch milliseconds. */
  born: number
  installed: number
  booted: number
  broken: number
}

export function makeProfile({ name, address, user, os }: Inventory, born: number): Profile {
  const owner: Account = { name: user, full: 'Lena Fischer', uid: 501, admin: true }
  return {
    name,
    address,
    version: /[\d.]+$/.exec(os)?.[0] ?? '14.6.1',
    build: '23G93',
    kernel: '23.6.0',
    user: owner,
    accounts: [
      owner,
      { name: 'tom', full: 'Tom Berger', uid: 502, admin: false },
      { name: 'itadmin', full: 'IT Administration', uid: 503, admin: true },
    ],
    born,
    installed: born - 240 * DAY,
    booted: born - 5 * DAY,
    broken: born - 2 * DAY,
  }
}
