import type { CaseFolder } from '../../../core/case-folder.ts'
import { isRecord } from '../../../core/is-record.ts'
import { uniqueNames } from '../../../core/unique-names.ts'
import { deviceName } from '../device-name.ts'
import { linesThen, type CaseMoment } from '../moment.ts'
import { readJournal } from '../../read-journal.ts'
import type { JournalLine } from '../../journal-line.ts'

/** A device of a case. */
export interface CaseDevice {
  id: number
  name: string
  os?: string
  organization?: string
  /** Of its files, where the case has several devices. */
  folder: string
  /** Where its lines of the journal begin, bytes. */
  lines: number[]
  /** Times of its first and its last line, ISO 8601. */
  first: string
  last: string
}

/** Returns the devices that a case's journal tells of, in the order of their first lines. */
export async function devicesOf(folder: CaseFolder, moment: CaseMoment): Promise<CaseDevice[]> {
  const devices = new Map<unknown, CaseDevice>()
  const names = uniqueNames()
  let begin = 0
  for await (const { line, end } of linesThen(folder, moment)) {
    if (line !== undefined && isRecord(line.device)) {
      const { id, os } = line.device
      const name = deviceName(line) ?? String(id)
      const known: CaseDevice = devices.get(id) ?? { id, name, folder: names(name), lines: [], first: line.time, last: line.time }
      devices.set(id, known)
      known.lines.push(begin)
      known.last = line.time
      if (os !== undefined) known.os = os
      if (line.organization !== undefined) known.organization = line.organization
    }
    begin = end
  }
  return [...devices.values()]
}

/** Reads a device's lines again. */
export async function* linesOf(folder: CaseFolder, { lines }: CaseDevice): AsyncGenerator<JournalLine> {
  for (const begin of lines) {
    for await (const { line } of readJournal(folder, begin)) {
      if (line !== undefined) yield line
      break
    }
  }
}
