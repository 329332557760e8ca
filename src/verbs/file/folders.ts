import type { LocalFolder } from '../../core/ports.ts'

/** Creates directories below a local one, each only once. */
export class Folders {
  readonly #top: LocalFolder
  readonly #made = new Map<string, Promise<LocalFolder>>()

  constructor(top: LocalFolder) {
    this.#top = top
  }

  async at(names: readonly string[]): Promise<LocalFolder> {
    let folder = this.#top
    for (const [at, name] of names.entries()) {
      const key = JSON.stringify(names.slice(0, at + 1))
      const parent = folder
      const made = this.#made.get(key) ?? parent.folder(name)
      this.#made.set(key, made)
      folder = await made
    }
    return folder
  }
}
