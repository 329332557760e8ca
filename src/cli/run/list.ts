import { CbcError } from '../../core/errors.ts'
import { fieldsOf, list as table, type Row } from '../../core/result.ts'
import type { RunFolders } from '../../core/run-folders.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { runRow, RunView } from '../../runs/view.ts'
import { RUN_COLUMNS, RUN_FIELDS } from './columns.ts'
import { runFoldersOf } from './folders.ts'

/** `cbc run list`. */
export const list = defineProgramVerb({
  summary: 'list the runs, the newest first',
  examples: [{ line: 'cbc run list', does: 'all runs of this machine, with how many devices are done' }],
  example: line => line,
  fields: fieldsOf(RUN_COLUMNS, ...RUN_FIELDS),
  arguments: {},
  options: {},
  run: async (_input, context) => table(await rows(await runFoldersOf(context)), RUN_COLUMNS, 'no runs'),
})

async function rows(folders: RunFolders): Promise<Row[]> {
  const found: Row[] = []
  // A name begins with its time.
  for (const name of (await folders.names()).sort().reverse()) {
    try {
      found.push(runRow(await RunView.open(folders, name)))
    } catch (error) {
      // A run that was deleted meanwhile, or whose record is damaged, hides no other.
      if (!(error instanceof CbcError)) throw error
    }
  }
  return found
}
