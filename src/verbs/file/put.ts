import { CbcError } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { statIfThere } from '../../remote/files.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { upload } from '../../remote/transfer.ts'
import { TRANSFER } from '../columns.ts'
import { defineVerb, flag, HOURS, optional, required } from '../define.ts'

export const put = defineVerb({
  name: 'put',
  summary: 'upload a file',
  details: 'The file goes to the cloud and from there to the endpoint; its size is checked there, and the copy in the cloud is deleted. <remote> may be a directory.',
  examples: [{ line: 'put README.md C:\\Windows\\Temp\\note.txt --force', does: 'under another name, replacing what is there' }],
  effect: 'change',
  needs: ['put file', 'directory list'],
  patience: HOURS,
  arguments: { local: required('local-path', 'file on this machine'), remote: optional('remote-path', 'where to, default: the remote directory') },
  options: { force: flag('-f, --force', 'overwrite the file on the endpoint') },
  async run({ local, remote, force }, { session, directory, local: files, clock, progress, signal, patience }) {
    const source = await files.open(local)
    if (source.size === 0) throw new CbcError('refused', `${source.path}: is empty`, { hint: 'the service takes no empty files' })
    const from = clock.now()
    const { paths } = session
    const typed = paths.resolve(directory, remote ?? '.')
    const there = await statIfThere(session, typed, { signal })
    const into = typed.endsWith(paths.separator) || (there !== undefined && isDirectory(there))
    const path = into ? paths.join(typed, source.name) : typed
    const old = into ? await statIfThere(session, path, { signal }) : there
    if (old !== undefined && isDirectory(old)) throw new CbcError('remote', `${path}: is a directory`, { device_id: session.device.id })
    if (old !== undefined && !force) throw new CbcError('refused', `${path}: exists on ${session.label}`, { hint: 'overwrite it with --force', device_id: session.device.id })
    const { size, sha256 } = await upload(session, source, path, { signal, progress, patience })
    return object({ path, local_path: source.path, size, sha256, duration_ms: clock.now() - from }, TRANSFER)
  },
})
