/** The journal, and its head, which is kept apart. */
export const JOURNAL = 'journal.jsonl'
export const HEAD = 'head.json'

/** What only one of the processes that append to the journal holds. */
const LOCK = /^journal\.lock(?:\.break)*$/
/** What is being written, or was when a process died. */
const UNFINISHED = /^tmp\//
const EXPORTS = /^exports(?:\/|$)/

export function isLock(file: string): boolean {
  return LOCK.test(file)
}

export function isUnfinished(file: string): boolean {
  return UNFINISHED.test(file)
}

/** Whether a file was exported from the case. */
export function isExport(file: string): boolean {
  return EXPORTS.test(file)
}

/** Whether a file is made from the case, and can be made again. */
export function isDerived(file: string): boolean {
  return file === 'report.html' || isExport(file)
}
