// What can be seen of an executable without running it.
import { readFileSync } from 'node:fs'

/**
 * Checks what can be seen of an executable without running it.
 * @throws Error: it isn't of its target's format and architecture, doesn't use what was put into it, or holds another program
 */
export function inspect(path, { format, arch }, held) {
  const bytes = readFileSync(path)
  const is = kindOf(bytes)
  if (is !== `${format} ${arch}`) throw new Error(`${path} is ${is}, not ${format} ${arch}`)
  if (!bytes.includes('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1')) throw new Error(`${path} does not start the program in it`)
  if (!bytes.includes(held.bytes)) throw new Error(`${path} does not hold the program that was tested`)
  return { size: bytes.length }
}

const MACHINES = {
  ELF: { 62: 'x64', 183: 'arm64' },
  PE: { 0x8664: 'x64', 0xaa64: 'arm64' },
  'Mach-O': { 0x01000007: 'x64', 0x0100000c: 'arm64' },
}

/** Reads an executable's header. @returns its format and architecture, as in `ELF x64` */
export function kindOf(bytes) {
  const named = (format, machine) => `${format} ${MACHINES[format][machine] ?? `for machine ${machine}`}`
  if (bytes.readUInt32BE(0) === 0x7f454c46) return named('ELF', bytes.readUInt16LE(18))
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return named('Mach-O', bytes.readUInt32LE(4))
  const header = bytes.readUInt16BE(0) === 0x4d5a ? bytes.readUInt32LE(0x3c) : 0
  if (header > 0 && bytes.readUInt32BE(header) === 0x50450000) return named('PE', bytes.readUInt16LE(header + 4))
  return 'no executable'
}
