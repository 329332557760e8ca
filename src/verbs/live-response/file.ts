import { createHash } from 'node:crypto'
import { bounded } from '../../core/bounded.ts'
import { CbcError } from '../../core/errors.ts'
import { encodeBytes, fieldsOf, list, object, type Column, type Row } from '../../core/result.ts'
import { leftoverNotice } from '../../remote/cleanup.ts'
import { stagedNothing } from '../../remote/staged.ts'
import { uploadOnce } from '../../remote/upload-idempotent.ts'
import { flag, optional, required } from '../define.ts'
import { undotted } from '../file/local-name.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { DELETED, deleted } from '../shared/deleted.ts'
import { LOCAL_PATH, SHA256 } from '../columns.ts'
import { sessionId, SUBJECT } from './subject.ts'

const COLUMNS: Column[] = [{ key: 'id' }, { key: 'size', align: 'right', kind: 'size', priority: 1 }, { key: 'file_name', evidence: true }]
const LOCAL: Column[] = [...COLUMNS, LOCAL_PATH, SHA256]
const FIELDS = fieldsOf(LOCAL, 'size_fileed', 'upload_url', 'content', 'content_encoding')
const ID = required('text', 'id of the staged file')

export const fileList = defineOrganizationVerb({
  name: 'file list',
  summary: 'list the files staged for a session',
  examples: [{ line: 'file list WIN-FIN-01', does: 'the files in the cloud for the open session of a device' }],
  effect: 'read',
  fields: FIELDS,
  arguments: { session: SUBJECT },
  options: {},
  async run({ session }, context) {
    const files = await context.liveResponse.listFiles(await sessionId(session, context), { signal: context.signal })
    return list(
      files.map(file => ({ ...file })),
      COLUMNS,
      'no staged files',
    )
  },
})

export const fileGet = defineOrganizationVerb({
  name: 'file get',
  summary: 'show the name and size of a staged file',
  examples: [{ line: 'file get WIN-FIN-01 FILE-ID', does: 'one file of the open session of a device' }],
  effect: 'read',
  fields: FIELDS,
  arguments: { session: SUBJECT, file: ID },
  options: {},
  async run({ session, file }, context) {
    return object({ ...(await context.liveResponse.getFile(await sessionId(session, context), file, { signal: context.signal })) }, COLUMNS)
  },
})

export const fileDownload = defineOrganizationVerb({
  name: 'file download',
  summary: 'download a staged file',
  details:
    'The file stays in the cloud. <local> may be a directory; - writes to standard output. To fetch a file from the endpoint, use get, which does every step.',
  examples: [{ line: 'file download WIN-FIN-01 FILE-ID evidence.bin', does: 'under another name' }],
  effect: 'read',
  fields: FIELDS,
  arguments: { session: SUBJECT, file: ID, local: optional('local-path', 'destination; default: the working directory') },
  options: { force: flag('-f, --force', 'overwrite the local file') },
  async run({ session, file, local, force }, context) {
    const id = await sessionId(session, context)
    const known: Row = { ...(await context.liveResponse.getFile(id, file, { signal: context.signal })) }
    if (local === '-') return { kind: 'bytes', bytes: content(context, id, file, known), object: bytes => ({ ...known, ...hashed(bytes) }) }
    const target = await context.local.create(local ?? '.', undotted(String(known['file_name'] || file)), force)
    const hash = createHash('sha256')
    let size = 0
    try {
      for await (const chunk of content(context, id, file, known)) {
        hash.update(chunk)
        size += chunk.length
        await target.write(chunk)
      }
      await target.commit()
    } catch (error) {
      await target.discard()
      throw error
    }
    const sha256 = hash.digest('hex')
    context.moved?.({ path: String(known['file_name'] || file), local_path: target.path, size, sha256 })
    return object({ ...known, local_path: target.path, sha256 }, LOCAL)
  },
})

export const fileUpload = defineOrganizationVerb({
  name: 'file upload',
  summary: 'stage a local file for a session',
  details:
    'The file stays in the cloud until it is deleted or the session ends. To send a file to the endpoint, use put, which does every step.',
  examples: [{ line: 'file upload WIN-FIN-01 README.md', does: 'the answer has the id that "put file" needs' }],
  effect: 'change',
  fields: FIELDS,
  arguments: { session: SUBJECT, local: required('local-path', 'file on this machine') },
  options: {},
  async run({ session, local }, context) {
    const { liveResponse: api, clock, random, progress, signal } = context
    const source = await context.local.open(local)
    const id = await sessionId(session, context)
    const { staged, sha256 } = await context.change(
      { name: 'upload file', session_id: id, path: source.path, size: source.size },
      async () => {
        const noted = context.ledger.note({ kind: 'staged', session_id: id, path: source.path })
        progress.step(source.name, source.size)
        try {
          const made = await uploadOnce(source, { api, sessionId: id, clock, random, progress, signal })
          // The file stays staged on purpose, so gc must not remove it.
          noted.strike()
          return made
        } catch (error) {
          if (stagedNothing(error)) noted.strike()
          else {
            noted.release()
            context.notice(
              leftoverNotice(
                new CbcError('remote', `perhaps the cloud's copy of ${source.path}`),
                `\`cbc lr file list ${id}\` shows it; it is removed when session ${id} ends`,
              ),
            )
          }
          throw error
        } finally {
          progress.end()
        }
      },
    )
    context.moved?.({ path: staged.file_name, local_path: source.path, size: source.size, sha256 })
    return object({ ...staged, local_path: source.path, sha256 }, LOCAL)
  },
})

export const fileDelete = defineOrganizationVerb({
  name: 'file delete',
  summary: 'delete a staged file from the cloud',
  examples: [{ line: 'file delete WIN-FIN-01 FILE-ID', does: 'the file on the endpoint is not touched' }],
  effect: 'destroy',
  fields: fieldsOf(DELETED),
  arguments: { session: SUBJECT, file: ID },
  options: {},
  async run({ session, file }, context) {
    const { liveResponse, ledger, signal } = context
    const id = await sessionId(session, context)
    await context.change({ name: 'delete file', session_id: id, file_id: file }, () => liveResponse.deleteFile(id, file, { signal }))
    for (const entry of ledger.entries()) if (entry.trace.kind === 'staged' && entry.trace.file_id === file) entry.strike()
    return object(deleted(file), DELETED)
  },
})

/** Downloads the content ("Get File Content"), no more than the announced size. @throws CbcError network: the size differs from that */
async function* content(
  { liveResponse, progress, signal }: OrganizationContext,
  session: string,
  file: string,
  { file_name: name, size }: Row,
): AsyncIterable<Uint8Array> {
  const what = `download ${String(name || file)}`
  const expected = typeof size === 'number' ? size : undefined
  progress.step(String(name || file), expected)
  let got = 0
  try {
    const { bytes } = await liveResponse.openFile(session, file, { signal, what })
    for await (const chunk of bounded(bytes, what, expected ?? Infinity)) {
      progress.at((got += chunk.length))
      yield chunk
    }
  } finally {
    progress.end()
  }
  if (expected !== undefined && got !== expected)
    throw new CbcError('network', `${what}: got ${got} of ${expected} bytes`, {
      hint: 'the endpoint may still be sending it: try again',
    })
}

function hashed(bytes: Uint8Array): Row {
  const { text, encoding } = encodeBytes(bytes)
  return { sha256: createHash('sha256').update(bytes).digest('hex'), content: text, content_encoding: encoding }
}
