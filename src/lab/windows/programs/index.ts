import { cmd } from './cmd/index.ts'
import type { Program } from './program.ts'

export const PROGRAMS: ReadonlyMap<string, Program> = new Map(Object.entries({ 'cmd.exe': cmd }))
