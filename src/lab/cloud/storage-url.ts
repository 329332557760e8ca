/** Where the storage behind Get File Content begins, on its own origin. */
export const STORAGE = '/lab-storage/'

/** Where a file's content lies in the storage. @param origin of the storage */
export function storageUrl(origin: string, session: { id: string; key: string }, file: string): string {
  return `${origin}${STORAGE}${encodeURIComponent(session.id)}/${encodeURIComponent(file)}?signature=${session.key}`
}

/** Whether a request is one for the storage. */
export function isForStorage({ pathname }: URL): boolean {
  return pathname.startsWith(STORAGE)
}
