export { openEditor } from './editor.ts'
export type { Candidate, Completion, Editor, EditorOptions, EditorTerminal, LineResult, Prompt } from './types.ts'
