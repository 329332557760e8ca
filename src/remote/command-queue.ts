import type { Command, CommandRequest } from '../api/live-response.ts'

/** A command in a session, from the moment that it starts waiting for its turn. */
export interface Turn {
  /** `ping -n 600 127.0.0.1`, with its pid once that is known. */
  readonly name: string
  /** What it waits for, in words, as far as that is known: `behind job 1`. */
  readonly behind: string | undefined
  update(command: Command): void
  /** Nobody waits for its end any more, but the endpoint may still be running it. */
  giveUp(): void
  leave(): void
}

interface Entry {
  what: string
  owner: string | undefined
  waiting: boolean
  givenUp: boolean
}

/** Describes a command for messages: `process list`, `get file C:\\x`; a program by its command line. */
export function describeCommand(request: CommandRequest): string {
  if (request.name === 'create process') return request.path
  const subject = 'path' in request ? request.path : 'pid' in request ? String(request.pid) : ''
  return `${request.name} ${subject}`.trim()
}

/** The commands under way in a session, in the order in which they arrived, so that a waiting one can say what it waits for. */
export class CommandQueue {
  #entries: Entry[] = []

  /** @param owner whose command it is: `job 1` */
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

  /** Commands of the same owner run side by side: naming one of them would tell the user nothing. */
  #ahead(entry: Entry): string | undefined {
    const first = this.#entries.slice(0, this.#entries.indexOf(entry)).find(({ owner, givenUp }) => givenUp || owner !== entry.owner)
    return first && `behind ${first.owner ?? first.what}${first.givenUp ? ', which was given up' : ''}`
  }

  /** Once a command has had its turn, the commands given up before it no longer hold anything up. */
  #passed(entry: Entry): void {
    const at = this.#entries.indexOf(entry)
    this.#entries = this.#entries.filter((other, place) => place >= at || !other.givenUp)
  }
}
