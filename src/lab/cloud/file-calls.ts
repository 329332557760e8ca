import type { Content } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Cloud } from './cloud.ts'
import { bodyOf, HttpError, json, noContent } from './http.ts'
import { readParts } from './multipart.ts'
import type { Call, Route } from './router.ts'
import type { Sessions } from './sessions.ts'
import type { FileRecord, SessionRecord, SessionState } from './state.ts'
import { storageUrl } from './storage-url.ts'

const FILES = '/appservices/v6/orgs/{org}/liveresponse/sessions/{session}/files'

/** "File Management": files on their way to or from the endpoint, staged in the cloud until the session ends. */
export function fileCalls(cloud: Cloud, sessions: Sessions): Route[] {
  const documentOf = async ({ params }: Call) => cloud.session(await sessions.active(params['session'] ?? ''))
  return [
    {
      method: 'POST',
      path: FILES,
      needs: ['org.liveresponse.file CREATE'],
      handle: async call => upload(cloud, () => documentOf(call), call.request),
    },
    {
      method: 'GET',
      path: FILES,
      needs: ['org.liveresponse.file READ'],
      handle: async call => json(200, await (await documentOf(call)).read(({ files }) => Object.values(files).map(fileView))),
    },
    {
      method: 'GET',
      path: `${FILES}/{file}`,
      needs: ['org.liveresponse.file READ'],
      handle: async call => json(200, fileView(await fileOf(await documentOf(call), call))),
    },
    {
      method: 'GET',
      path: `${FILES}/{file}/content`,
      needs: ['org.liveresponse.file READ'],
      handle: async call => content(cloud, await sessions.active(call.params['session'] ?? ''), call),
    },
    {
      method: 'DELETE',
      path: `${FILES}/{file}`,
      needs: ['org.liveresponse.file DELETE'],
      async handle(call) {
        const document = await documentOf(call)
        const { id } = await fileOf(document, call)
        await document.update(({ files }) => delete files[id])
        return noContent()
      },
    },
  ]
}

/** "Upload File to Carbon Black Cloud": takes the first part that is a file, whatever its field is called. */
async function upload(cloud: Cloud, documentOf: () => Promise<SharedDocument<SessionState>>, request: Request): Promise<Response> {
  await documentOf()
  const file = await storeUpload(cloud, request)
  const record: FileRecord = { id: cloud.random.uuid(), ...file }
  // Look the session up again: it may have ended during the upload.
  await (
    await documentOf()
  ).update(({ files }) => {
    files[record.id] = record
  })
  return json(201, fileView(record))
}

async function storeUpload(cloud: Cloud, request: Request): Promise<{ file_name: string; content: Content }> {
  let file: { file_name: string; content: Content } | undefined
  for await (const { filename, body } of readParts(request.headers.get('content-type'), bodyOf(request))) {
    if (filename === undefined || file !== undefined) continue
    file = { file_name: baseName(filename), content: await cloud.store.blobs.write(body) }
  }
  if (file === undefined || file.content.size === 0) throw new HttpError(400, 'File is empty')
  return file
}

/** "Get File Content": answers with the bytes, or with a redirect to the storage. */
async function content(cloud: Cloud, session: SessionRecord, call: Call): Promise<Response> {
  const file = await fileOf(cloud.session(session), call)
  const { content } = cloud.behaviour
  if (content === 'direct' || file.content === undefined) return fileContent(cloud, file)
  return new Response(null, { status: content, headers: { location: storageUrl(await cloud.storageOrigin(call.url), session, file.id) } })
}

/** Answers with a file's bytes. @throws HttpError 404: it has none yet */
export function fileContent(cloud: Cloud, { id, content }: FileRecord): Response {
  if (content === undefined) throw new HttpError(404, `File ${id} has no content yet`)
  const body = ReadableStream.from(cloud.store.blobs.read(content))
  return new Response(body, { headers: { 'content-type': 'application/octet-stream', 'content-length': String(content.size) } })
}

/** Returns a file's metadata; `size_fileed` (the document's spelling) is how much of it has arrived. */
function fileView({ id, file_name, content }: FileRecord) {
  const size = content?.size ?? 0
  return { id, size, file_name, size_fileed: size, upload_url: null }
}

/** @throws HttpError 404: the session has no such file */
async function fileOf(document: SharedDocument<SessionState>, { params: { file = '' } }: Call): Promise<FileRecord> {
  const record = await document.read(({ files }) => (Object.hasOwn(files, file) ? structuredClone(files[file]) : undefined))
  if (record === undefined) throw new HttpError(404, `File ${file} not found`)
  return record
}

/** Returns the file's name alone: some clients send a whole path. */
function baseName(filename: string): string {
  return filename.slice(Math.max(filename.lastIndexOf('\\'), filename.lastIndexOf('/')) + 1)
}
