import { createHash } from 'node:crypto'
import { CbcError } from '../../core/errors.ts'
import { encodeBytes, object } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { stat } from '../../remote/files.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { download, fetchBytes } from '../../remote/transfer.ts'
import { TRANSFER } from '../columns.ts'
import { defineVerb, flag, HOURS, optional, required } from '../define.ts'

export const get = defineVerb({
  name: 'get',
  summary: 'download a file',
  details: 'The bytes go to <local>.part, are checked against the size that the endpoint lists, get its modification time, and only then the final name. '
    + 'The copy in the cloud is deleted after. <local> may be a directory; - writes to standard output.',
  examples: [
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'into the working directory, under its own name' },
    { line: 'get C:\\Windows\\System32\\drivers\\etc\\hosts evidence.txt --force', does: 'under another name, replacing what is there' },
  ],
  effect: 'read',
  needs: ['get file', 'directory list'],
  patience: HOURS,
  arguments: { remote: required('remote-path', 'file on the endpoint'), local: optional('local-path', 'where to, default: the working directory') },
  options: {
    force: flag('-f, --force', 'overwrite the local file'),
    keepCloudCopy: flag('--keep-cloud-copy', 'leave the copy in the cloud'),
  },
  async run({ remote, local, force, keepCloudCopy }, { session, directory, local: files, clock, progress, signal, patience }) {
    const path = session.paths.bare(session.paths.resolve(directory, remote))
    const from = clock.now()
    const found = await stat(session, path, { signal })
    if (isDirectory(found)) throw new CbcError('remote', `${path}: is a directory`, { hint: 'name a file in it', device_id: session.device.id })
    const work = { signal, progress, patience, keepCloudCopy }
    if (local === '-') return { kind: 'bytes', bytes: fetchBytes(session, path, {}, work), object: bytes => ({ path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), ...content(bytes) }) }
    const target = await files.create(local ?? '.', session.paths.base(path), force)
    const modified = parseTime(found['last_write_time'])
    const { size, sha256 } = await download(session, path, target, { size: found.size, ...(modified === undefined ? {} : { modified }) }, work)
    return object({ path, local_path: target.path, size, sha256, duration_ms: clock.now() - from }, TRANSFER)
  },
})

/** Bytes as fields of JSON. */
export function content(bytes: Uint8Array): { content: string, content_encoding: string } {
  const { text, encoding } = encodeBytes(bytes)
  return { content: text, content_encoding: encoding }
}
