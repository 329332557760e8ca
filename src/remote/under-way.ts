import type { Command, CommandRequest } from '../api/live-response.ts'

/** A command on its way through a session, from the moment that it waits for its turn. */
export interface Turn {
  /** `ping -n 600 127.0.0.1`, with its pid where it is known. */
  readonly name: string
  /** What has to end first, in words, as far as that is known: `behind job 1`. */
  readonly behind: string | undefined
  update(command: Command): void
  /** Nobody waits for its end any more; the endpoint may still be at it. */
  giveUp(): void
  leave(): void
}

interface Entry {
  what: string
  owner: string | undefined
  waiting: boolean
  givenUp: boolean
}

/** A command as it is told of: `process list`, `get file C:\\x`, and of a program its command line. */
export function inWords(request: CommandRequest): string {
  if (request.name === 'create process') return request.path
  const subject = 'path' in request ? request.path : 'pid' in request ? String(request.pid) : ''
  return `${request.name} ${subject}`.trim()
}

/** The commands that are under way in a session, in the order of their coming: whoever waits can be told for what. */
export class UnderWay {
  #entries: Entry[] = []

  /** @param owner whose it is: `job 1` */
  enter(what: string, owner: string | undefined): Turn {
    const entry: Entry = { what, owner, waiting: true, givenUp: false }
    this.#entries.push(entry)
    let pid: number | undefined
    const behind = () => (entry.waiting ? this.#ahead(entry) : undefined)
    return {
      get name() {
        return `${what}${pid === undefined ? '' : `, pid ${pid}`}`
      },
      get behind() {
        return behind()
      },
      update: ({ status, process_details: details }) => {
        entry.waiting = status === 'PENDING'
        if (Number(details?.pid) > 0) pid = Number(details?.pid)
        if (!entry.waiting) this.#passed(entry)
      },
      giveUp: () => {
        entry.givenUp = true
      },
      leave: () => {
        if (entry.givenUp) return
        this.#passed(entry)
        this.#entries = this.#entries.filter(other => other !== entry)
      },
    }
  }

  /** Commands of the same owner go side by side, and say nothing to who waits for them all. */
  #ahead(entry: Entry): string | undefined {
    const first = this.#entries.slice(0, this.#entries.indexOf(entry)).find(({ owner, givenUp }) => givenUp || owner !== entry.owner)
    return first && `behind ${first.owner ?? first.what}${first.givenUp ? ', which was given up' : ''}`
  }

  /** What was given up before a command that has its turn holds nothing up. */
  #passed(entry: Entry): void {
    const at = this.#entries.indexOf(entry)
    this.#entries = this.#entries.filter((other, place) => place >= at || !other.givenUp)
  }
}
