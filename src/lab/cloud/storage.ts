import type { Cloud } from './cloud.ts'
import { fileContent } from './file-calls.ts'
import { errorResponse, HttpError } from './http.ts'
import type { Sessions } from './sessions.ts'
import { STORAGE } from './storage-url.ts'

/**
 * The storage that Get File Content redirects to ("What a file's content answer may do"): another origin, with signed URLs. With
 * `strictStorage` it refuses requests with credentials, which exposes clients that leak them.
 */
export class Storage {
  readonly #cloud: Cloud
  readonly #sessions: Sessions

  constructor(cloud: Cloud, sessions: Sessions) {
    this.#cloud = cloud
    this.#sessions = sessions
  }

  async handle(request: Request): Promise<Response> {
    try {
      return await this.#content(request)
    } catch (error) {
      if (error instanceof HttpError) return errorResponse(error.status, error.message)
      if (error instanceof URIError) return errorResponse(404, 'No such file')
      throw error
    }
  }

  async #content({ url, method, headers }: Request): Promise<Response> {
    const { strictStorage } = this.#cloud.behaviour
    if (strictStorage && (headers.has('x-auth-token') || headers.has('authorization')))
      throw new HttpError(400, 'Credentials are not to be sent to the storage')
    if (method !== 'GET') throw new HttpError(405, `${method} is not allowed here`)
    const { pathname, searchParams } = new URL(url)
    const [session = '', file = ''] = pathname.slice(STORAGE.length).split('/').map(decodeURIComponent)
    const record = await this.#sessions.active(session)
    if (record.key !== searchParams.get('signature')) throw new HttpError(403, 'The signature is wrong')
    const found = await this.#cloud
      .session(record)
      .read(({ files }) => (Object.hasOwn(files, file) ? structuredClone(files[file]) : undefined))
    if (found === undefined) throw new HttpError(404, `File ${file} not found`)
    return fileContent(this.#cloud, found)
  }
}
