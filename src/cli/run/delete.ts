import { CbcError } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { RunView } from '../../runs/view.ts'
import { RUN } from './columns.ts'

/** `cbc run delete`. */
export const deleteRun = defineProgramVerb({
  summary: 'delete the record of a run: its journal and its lines',
  details: 'What the run did on devices stays as it is, and so do files that it brought home.',
  examples: [{ line: 'cbc run delete 20261130-0415-ps-x7k2', does: 'a run that nobody needs any more' }],
  example: line => line,
  fields: ['id', 'deleted'],
  arguments: { run: RUN },
  options: {},
  async run({ run }, { host }) {
    const view = await RunView.open(await host.runFolders(), run)
    const { run: id } = view.record
    if (view.isAlive) throw new CbcError('refused', `run ${id}: a process works on it`, { hint: `\`cbc run cancel ${id}\` ends it` })
    await view.folder.remove()
    return object({ id, deleted: true }, [{ key: 'id' }, { key: 'deleted' }])
  },
})
