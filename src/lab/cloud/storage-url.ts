/** The path of the storage behind Get File Content, on its own origin. */
export const STORAGE = '/lab-storage/'

/** Returns the URL of a file's content in the storage. @param origin of the storage */
export function storageUrl(origin: string, session: { id: string; key: string }, file: string): string {
  return `${origin}${STORAGE}${encodeURIComponent(session.id)}/${encodeURIComponent(file)}?signature=${session.key}`
}

/** Whether a request is for the storage. */
export function isForStorage({ pathname }: URL): boolean {
  return pathname.startsWith(STORAGE)
}
