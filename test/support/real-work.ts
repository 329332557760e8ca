import { createHook } from 'node:async_hooks'

/** The shortest timer, milliseconds: it only lets others go first. A longer one is a wait, of a test for instance. */
const SHORTEST = 1

/** What ends by itself in real time, whatever a clock of a test says. */
const FILES = ['FSREQCALLBACK', 'FSREQPROMISE', 'FILEHANDLECLOSEREQ']

const underWay = new Set<number>()
const over = (id: number) => {
  underWay.delete(id)
}

createHook({
  init(id, type, _cause, resource) {
    if (type === 'Timeout' ? (resource as { _idleTimeout: number })._idleTimeout <= SHORTEST : FILES.includes(type)) underWay.add(id)
  },
  after: over,
  destroy: over,
  // There are very many of them, and they only wait for others.
  trackPromises: false,
}).enable()

/** Whether this process is at something that takes real time: a clock of a test can't hurry it, and must not overtake it. */
export function isAtWork(): boolean {
  return underWay.size > 0
}
