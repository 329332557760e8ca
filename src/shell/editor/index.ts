export { openEditor } from './editor.ts'
export type { Candidate, Completion, Editor, EditorOptions, LineResult } from './types.ts'
