import type { Grammar } from '../../engine/parse.ts'
import type { NamedVerb } from '../program-verbs.ts'

/** `cbc run`: runs over several devices. @param grammar the program's own, to read again what was typed */
export function runVerbs(grammar: () => Grammar): readonly NamedVerb[] {
  return [
    { name: 'list', load: async () => (await import('./list.ts')).list },
    { name: 'show', load: async () => (await import('./show.ts')).show },
    { name: 'wait', load: async () => (await import('./wait.ts')).wait },
    { name: 'retry', load: async () => (await import('./retry.ts')).retry(grammar) },
    { name: 'cancel', load: async () => (await import('./cancel.ts')).cancel },
    { name: 'export', load: async () => (await import('./export.ts')).exportLines },
    { name: 'delete', load: async () => (await import('./delete.ts')).deleteRun },
  ]
}
