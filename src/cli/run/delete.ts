import { CbcError } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { RUN } from './columns.ts'
import { withRun } from './opened-run.ts'
import { QUEUE_OF_RUN } from './queue.ts'

/** `cbc run delete`. */
export const deleteRun = defineProgramVerb({
  summary: 'delete the record of a run: its journal and its lines',
  details:
    'What the run did on devices stays as it is, and so do files that it brought home. What a queue server holds of the run is deleted, too.',
  examples: [{ line: 'cbc run delete 20261130-0415-ps-x7k2', does: 'a run that nobody needs any more' }],
  example: line => line,
  fields: ['id', 'deleted'],
  arguments: { run: RUN },
  options: { queue: QUEUE_OF_RUN },
  async run({ run, queue }, context) {
    return await withRun(
      run,
      queue,
      context,
      async ({ view, remote }) => {
        const { run: id } = view.record
        if (view.isAlive) {
          const who = remote === undefined ? 'a process works' : 'workers work'
          throw new CbcError('refused', `run ${id}: ${who} on it`, { hint: `\`cbc run cancel ${id}\` ends it` })
        }
        await remote?.store.remove(id)
        await view.folder.remove()
        return object({ id, deleted: true }, [{ key: 'id' }, { key: 'deleted' }])
      },
      true,
    )
  },
})
