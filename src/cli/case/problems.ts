import type { CaseFolder } from '../../core/case-folder.ts'
import type { ProgramContext } from '../../engine/define-program-verb.ts'

/**
 * Verifies a case before it goes elsewhere, and tells the user where it is not as it was recorded.
 * @returns what is wrong, a sentence each
 */
export async function problemsOf(folder: CaseFolder, { host, progress, notice }: ProgramContext): Promise<string[]> {
  const { verifyCase } = await import('../../cases/verify/verify.ts')
  const { problems } = await verifyCase(folder, progress, host.interrupt)
  const sentences = problems.map(({ line, file, message }) => `${file ?? `line ${line}`}: ${message}`)
  const [first] = sentences
  if (first !== undefined) {
    const more = sentences.length === 1 ? '' : `, and ${sentences.length - 1} more`
    await notice(`the case is not as it was recorded: ${first}${more}: \`cbc case verify\` names all of it`)
  }
  return sentences
}
