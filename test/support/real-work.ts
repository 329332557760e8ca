import { createHook } from 'node:async_hooks'

/** The longest timer in milliseconds that only yields to other work. A longer one is a wait, such as in a test. */
const LONGEST_YIELD_MS = 1

/** Resource types of file operations, which end in real time whatever a virtual clock shows. */
const FILE_OPERATIONS = ['FSREQCALLBACK', 'FSREQPROMISE', 'FILEHANDLECLOSEREQ']

const underWay = new Set<number>()
const over = (id: number) => {
  underWay.delete(id)
}

createHook({
  init(id, type, _cause, resource) {
    if (type === 'Timeout' ? (resource as { _idleTimeout: number })._idleTimeout <= LONGEST_YIELD_MS : FILE_OPERATIONS.includes(type))
      underWay.add(id)
  },
  after: over,
  destroy: over,
  // There are very many promises, and they only wait for other resources.
  trackPromises: false,
}).enable()

/** Whether this process does something that takes real time, which a virtual clock cannot speed up and must not overtake. */
export function isAtWork(): boolean {
  return underWay.size > 0
}
