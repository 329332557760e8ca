import { asCbcError, CbcError } from '../../core/errors.ts'
import type { Row } from '../../core/result.ts'
import { nameOf } from '../../artifacts/catalog.ts'
import type { Definition } from '../../artifacts/definition.ts'

/** A file that was brought home. */
export interface Brought extends Row {
  path: string
  local_path: string
  /** Bytes. */
  size: number
  sha256: string
}

/** What one artifact gave. */
interface Share {
  found: number
  fetched: number
  bytes: number
  files: Brought[]
  errors: { path: string; error: CbcError }[]
  /** What was found and left on purpose, or can't be had at all. */
  skipped: { path: string; why: string }[]
  /** Links to directories that were not followed. */
  links: string[]
  /** What is written as JSON. */
  results: Record<string, Row[]>
}

/** What a collection has gathered on an endpoint, by artifact. */
export class Gathered {
  readonly #shares = new Map<Definition, Share>()

  constructor(artifacts: readonly Definition[]) {
    for (const artifact of artifacts)
      this.#shares.set(artifact, { found: 0, fetched: 0, bytes: 0, files: [], errors: [], skipped: [], links: [], results: {} })
  }

  found(artifact: Definition): void {
    this.#share(artifact).found += 1
  }

  /** Notes a file that came home. One that several artifacts ask for counts for each of them. */
  brought(artifact: Definition, file: Brought): void {
    const share = this.#share(artifact)
    share.fetched += 1
    share.bytes += file.size
    share.files.push(file)
  }

  failed(artifact: Definition, path: string, error: unknown): void {
    this.#share(artifact).errors.push({ path, error: asCbcError(error) })
  }

  skipped(artifact: Definition, path: string, why: string): void {
    this.#share(artifact).skipped.push({ path, why })
  }

  /** Notes a link to a directory that could lead to more. */
  notFollowed(artifact: Definition, path: string): void {
    this.#share(artifact).links.push(path)
  }

  /** Adds to what is written as JSON. @param kind the list that it belongs to: `keys` */
  result(artifact: Definition, kind: string, row: Row): void {
    const { results } = this.#share(artifact)
    ;(results[kind] ??= []).push(row)
  }

  /** The artifacts that have something to be written as JSON. */
  get withResults(): { artifact: Definition; results: Record<string, Row[]> }[] {
    return [...this.#shares]
      .filter(([, { results }]) => Object.keys(results).length > 0)
      .map(([artifact, { results }]) => ({ artifact, results }))
  }

  /** Notes the file with an artifact's results. @param count how many of what was found are in it */
  written(artifact: Definition, count: number, file: Brought): void {
    const share = this.#share(artifact)
    share.fetched += count
    share.bytes += file.size
    share.files.push(file)
  }

  get failures(): Error[] {
    return [...this.#shares.values()].flatMap(({ errors }) => errors.map(({ error }) => error))
  }

  /** A row for each artifact, in the order in which they were named. */
  rows(): Row[] {
    return [...this.#shares].map(([artifact, { found, fetched, bytes, files, errors, skipped, links }]) => ({
      artifact: nameOf(artifact),
      found,
      fetched,
      bytes,
      failed: errors.length,
      why: reasonOf([...errors.map(({ error }) => error.message), ...skipped.map(({ path, why }) => `${path}: ${why}`)]),
      files,
      ...(errors.length > 0 ? { errors: errors.map(({ path, error }) => ({ path, code: error.code, message: error.message })) } : {}),
      ...(skipped.length > 0 ? { skipped } : {}),
      ...(links.length > 0 ? { links } : {}),
    }))
  }

  #share(artifact: Definition): Share {
    const share = this.#shares.get(artifact)
    if (share === undefined) throw new CbcError('internal', `${artifact.name}: is not part of the collection`)
    return share
  }
}

/** The first reason, and how many others there are. */
function reasonOf(reasons: readonly string[]): string {
  const [first = '', ...others] = new Set(reasons)
  return others.length === 0 ? first : `${first}; and ${others.length} more`
}
