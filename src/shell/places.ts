import type { Place } from './streams.ts'

/** Where a shell is, on the endpoint and on this machine, and where it was before. */
export class Places implements Place {
  /** The remote directory, absolute, and the one before it. */
  directory: string
  previous: string
  /** The remote directories in which `pushd` was typed, the latest last. */
  pushed: string[] = []
  /** The local directory, absolute, once `lcd` has chosen one, and the one before it. */
  localDirectory: string | undefined
  previousLocal: string | undefined

  /** @param home the remote directory in which the session begins, absolute */
  constructor(home: string) {
    this.directory = home
    this.previous = home
  }

  /** Changes the remote directory. @param directory absolute */
  go(directory: string): void {
    this.previous = this.directory
    this.directory = directory
  }

  /** Starts anew on another endpoint; the local directory stays. */
  restart(home: string): void {
    this.directory = home
    this.previous = home
    this.pushed = []
  }
}
