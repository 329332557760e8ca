import type { LinesFile } from '../core/ports.ts'
import { holdsSecret } from '../core/text/secrets.ts'

/** The lines of this shell and of all that share its file. */
export interface History {
  /** Newest last. What other shells add comes before what this one has added: Up stays with one's own. */
  readonly entries: readonly string[]
  /** What went wrong with the file, for the user: from then on lines live in memory only. */
  readonly warning?: string | undefined
  /** Keeps a line, here and at once in the file; not when it is blank, begins with a blank, repeats the last or holds a secret. */
  add(line: string): void
  /** Takes in what other shells have added to the file. */
  refresh(): void
}

export interface HistoryOptions {
  /** Opens the file that keeps lines between runs; without it they are kept for this run alone. */
  open?: () => LinesFile
  /** Lines that are kept. */
  limit?: number
  /** Whether a line holds a secret that is known, whatever it looks like. */
  isSecret?: (line: string) => boolean
}

/** Opens a history. A file that can't be used is a warning, never an error. */
export function openHistory({ open, limit = 10_000, isSecret = () => false }: HistoryOptions = {}): History {
  return new SharedHistory(limit, isSecret, open)
}

class SharedHistory implements History {
  warning: string | undefined
  readonly #limit: number
  readonly #isSecret: (line: string) => boolean
  #file: LinesFile | undefined
  /** Lines from the file, and lines of this shell. */
  #shared: string[] = []
  #own: string[] = []
  /** Own lines that are in the file and will be read back from it. */
  #unread: string[] = []

  constructor(limit: number, isSecret: (line: string) => boolean, open: (() => LinesFile) | undefined) {
    this.#limit = limit
    this.#isSecret = isSecret
    if (open === undefined) return
    this.#try(() => {
      this.#file = open()
    })
    this.refresh()
    if (this.#shared.length <= limit) return
    this.#try(() => this.#file?.trim(limit))
    this.refresh()
  }

  get entries(): readonly string[] {
    const own = this.#own.slice(-this.#limit)
    return [...this.#shared.slice(Math.max(0, this.#shared.length + own.length - this.#limit)), ...own]
  }

  add(line: string): void {
    if (line.trim() === '' || /^\s/.test(line) || holdsSecret(line) || this.#isSecret(line)) return
    if (line === (this.#own.at(-1) ?? this.#shared.at(-1))) return
    this.#own.push(line)
    if (!this.#file) return
    this.#unread.push(line)
    this.#try(() => this.#file?.append(line))
  }

  refresh(): void {
    this.#try(() => {
      const news = this.#file?.read()
      if (!news) return
      const mine = news.whole ? this.#own : this.#unread
      const others = without(news.lines, mine)
      this.#unread = []
      if (!news.whole && others.length === 0) return
      this.#shared = (news.whole ? others : [...this.#shared, ...others]).filter((line, index, all) => line !== all[index - 1])
    })
  }

  #try(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#file = undefined
      this.warning = `the history can't be kept in its file: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}

/** The lines but for the last occurrence of each in `mine`. */
function without(lines: readonly string[], mine: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of mine) left.set(line, (left.get(line) ?? 0) + 1)
  return lines
    .toReversed()
    .filter(line => {
      const count = left.get(line) ?? 0
      if (count > 0) left.set(line, count - 1)
      return count === 0
    })
    .reverse()
}
