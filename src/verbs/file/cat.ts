import { CbcError, usage } from '../../core/errors.ts'
import { parseCount } from '../../core/quantity.ts'
import { stat } from '../../remote/files.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { fetchBytes } from '../../remote/transfer.ts'
import { defineVerb, HOURS, required, value } from '../define.ts'
import { content } from './get.ts'

const count = (name: string) => ({ parse: (text: string) => parseCount(text, name) })

export const cat = defineVerb({
  name: 'cat',
  summary: 'print a file, or a part of it',
  details: 'Only the bytes asked for are fetched. On a terminal control characters are shown escaped; in a pipe the bytes are as they are.',
  examples: [
    { line: 'cat C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'the whole file' },
    { line: 'cat C:\\Windows\\System32\\drivers\\etc\\hosts --head 20', does: 'its first 20 bytes' },
  ],
  effect: 'read',
  needs: ['get file', 'directory list'],
  patience: HOURS,
  arguments: { path: required('remote-path', 'file on the endpoint') },
  options: {
    offset: value('--offset <bytes>', 'start there', count('--offset')),
    length: value('--length <bytes>', 'that many bytes', count('--length')),
    head: value('--head <bytes>', 'the first bytes', count('--head')),
    tail: value('--tail <bytes>', 'the last bytes', count('--tail')),
  },
  check({ offset, length, head, tail }) {
    if ([head, tail, offset ?? length].filter(option => option !== undefined).length > 1) throw usage('cat: --head, --tail and --offset/--length exclude each other')
  },
  async run({ path: typed, offset, length, head, tail }, { session, directory, progress, signal, patience }) {
    const path = session.paths.bare(session.paths.resolve(directory, typed))
    const found = await stat(session, path, { signal })
    if (isDirectory(found)) throw new CbcError('remote', `${path}: is a directory`, { hint: `ls ${path}`, device_id: session.device.id })
    const from = tail === undefined ? offset ?? 0 : Math.max(0, found.size - tail)
    const wanted = tail === undefined ? length ?? head : found.size - from
    const nothing = wanted === 0 || from >= found.size
    const range = { offset: from, ...(wanted === undefined ? {} : { length: wanted }) }
    return {
      kind: 'bytes',
      bytes: nothing ? none() : fetchBytes(session, path, range, { signal, progress, patience }),
      object: bytes => ({ path, offset: from, size: bytes.length, ...content(bytes) }),
    }
  },
})

async function* none(): AsyncIterable<Uint8Array> {}
