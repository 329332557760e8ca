import type { ZodError } from 'zod'
import { readYaml, type YamlDocument } from '../core/text/yaml.ts'
import type { Definition, Fault } from './definition.ts'
import { forensicArtifact } from './forensic-artifacts.ts'
import { kapeTarget } from './kape.ts'

/** The definitions of a file, and what is wrong with it. */
export interface ReadFile {
  definitions: Definition[]
  faults: Fault[]
}

/** Whether a file can hold definitions, by its name. */
export function isDefinitionFile(name: string): boolean {
  return /\.(ya?ml|tkape)$/i.test(name)
}

/**
 * Reads a file of definitions: ForensicArtifacts' YAML, or a KAPE target (`.tkape`). One that is wrong doesn't spoil the others.
 * @param file its path, of which the last part is the name of a KAPE target
 */
export function readDefinitions(text: string, file: string): ReadFile {
  const definitions: Definition[] = []
  const faults: Fault[] = []
  const isKape = /\.tkape$/i.test(file)
  for (const document of readYaml(text, { texts: true })) {
    for (const fault of document.faults) faults.push({ file, ...fault })
    // Nothing between two separators.
    if (document.faults.length > 0 || document.value == null || document.value === '') continue
    const read = isKape ? kapeTarget(document.value, file) : forensicArtifact(document.value, file)
    if (read.success) definitions.push({ ...read.data, line: document.place.line })
    else faults.push(faultOf(read.error, document, file))
  }
  return { definitions, faults }
}

/** Says the first thing that is wrong with a document. */
function faultOf(error: ZodError, { placeOf }: YamlDocument, file: string): Fault {
  const [issue] = error.issues
  const path = (issue?.path ?? []).map(part => (typeof part === 'number' ? part : String(part)))
  const where = path.length === 0 ? '' : `${path.join('.')}: `
  return { file, ...placeOf(path), message: `${where}${issue?.message ?? 'not a definition'}` }
}
