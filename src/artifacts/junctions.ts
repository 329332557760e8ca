import type { Part } from './pattern.ts'

/**
 * Folders that Windows makes for programs of before Windows Vista: junctions, each beside the folder that it leads to. Definitions name both,
 * and what is behind them is the same. A star is any name.
 */
const JUNCTIONS: readonly (readonly [from: string, to: string])[] = [
  ['Documents and Settings', 'Users'],
  ['Users\\All Users', 'ProgramData'],
  ['Users\\Default User', 'Users\\Default'],
  ['ProgramData\\Application Data', 'ProgramData'],
  ['ProgramData\\Desktop', 'Users\\Public\\Desktop'],
  ['ProgramData\\Documents', 'Users\\Public\\Documents'],
  ['ProgramData\\Start Menu', 'ProgramData\\Microsoft\\Windows\\Start Menu'],
  ['ProgramData\\Templates', 'ProgramData\\Microsoft\\Windows\\Templates'],
  ['Users\\*\\Application Data', 'Users\\*\\AppData\\Roaming'],
  ['Users\\*\\Local Settings', 'Users\\*\\AppData\\Local'],
  ['Users\\*\\My Documents', 'Users\\*\\Documents'],
  ['Users\\*\\NetHood', 'Users\\*\\AppData\\Roaming\\Microsoft\\Windows\\Network Shortcuts'],
  ['Users\\*\\PrintHood', 'Users\\*\\AppData\\Roaming\\Microsoft\\Windows\\Printer Shortcuts'],
  ['Users\\*\\Recent', 'Users\\*\\AppData\\Roaming\\Microsoft\\Windows\\Recent'],
  ['Users\\*\\SendTo', 'Users\\*\\AppData\\Roaming\\Microsoft\\Windows\\SendTo'],
  ['Users\\*\\Start Menu', 'Users\\*\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu'],
  ['Users\\*\\Templates', 'Users\\*\\AppData\\Roaming\\Microsoft\\Windows\\Templates'],
  ['Users\\*\\AppData\\Local\\Application Data', 'Users\\*\\AppData\\Local'],
  ['Users\\*\\AppData\\Local\\History', 'Users\\*\\AppData\\Local\\Microsoft\\Windows\\History'],
  ['Users\\*\\Documents\\My Music', 'Users\\*\\Music'],
  ['Users\\*\\Documents\\My Pictures', 'Users\\*\\Pictures'],
  ['Users\\*\\Documents\\My Videos', 'Users\\*\\Videos'],
]

const RULES = JUNCTIONS.map(([from, to]) => ({ from: from.split('\\'), to: to.split('\\') }))

/**
 * Returns the pattern that leads to the same files without these junctions.
 * @param pattern of a path on Windows, its drive first
 * @returns undefined where it leads through none
 */
export function pastJunctions(pattern: readonly Part[]): Part[] | undefined {
  const rule = RULES.find(({ from }) => pattern.length > from.length + 1 && from.every((name, at) => isFor(name, pattern[at + 1])))
  if (rule === undefined) return undefined
  const [drive, ...rest] = pattern
  const any = rest[rule.from.indexOf('*')]
  const replaced = rule.to.map((text): Part => (text === '*' && any !== undefined ? any : { kind: 'name', text }))
  const whole = [...(drive === undefined ? [] : [drive]), ...replaced, ...rest.slice(rule.from.length)]
  return pastJunctions(whole) ?? whole
}

/** Whether Windows usually has one of these junctions at a path. */
export function isJunctionPath(path: string): boolean {
  const names = path.toLowerCase().split('\\').slice(1)
  return RULES.some(
    ({ from }) => from.length === names.length && from.every((name, at) => name === '*' || name.toLowerCase() === names[at]),
  )
}

function isFor(name: string, part: Part | undefined): boolean {
  if (part === undefined || part.kind === 'deep') return false
  return name === '*' || (part.kind === 'name' && part.text.toLowerCase() === name.toLowerCase())
}
