import type { History } from '../history.ts'

/** The terminal that an editor works on. */
interface EditorTerminal {
  /**
   * Key bytes as they come (`process.stdin` fits). The editor listens to `data`, `end` and `error`, and pauses it while it is suspended.
   */
  input: NodeJS.ReadableStream
  write(text: string): void
  /** Width and height in cells. */
  columns(): number
  rows(): number
  /** Turns raw mode on or off: no echo, every key at once, Ctrl-C as a byte. */
  raw(on: boolean): void
  /** Calls `listener` after every change of size, until the function that it returns is called. */
  onResize(listener: () => void): () => void
  /** Calls `listener` when the program goes on after it was stopped from outside; the terminal may be in any mode then. */
  onContinue(listener: () => void): () => void
}

/** One way to complete a word. */
export interface Candidate {
  /** Replaces `line.slice(from, cursor)`; quoted already. */
  text: string
  /** What the list shows in its place. */
  label?: string
  /** The word is complete: a blank follows it. */
  final: boolean
}

export interface Completion {
  /** Index in the line where the replaced text starts, in UTF-16 units. */
  from: number
  candidates: Candidate[]
}

export interface EditorOptions {
  terminal: EditorTerminal
  /** What Up and Ctrl-R look through. The editor only reads it: whoever runs a line adds it. */
  history: History
  /**
   * Completes the word before `cursor` (UTF-16 units). The signal is aborted when the answer is not waited for any longer; what comes later
   * is dropped.
   */
  complete(line: string, cursor: number, signal: AbortSignal): Promise<Completion>
  /** Ctrl-C while no line is being read. */
  onInterrupt(): void
  /** Ctrl-Z: stops the program until it is continued. The terminal was given back before. */
  onSuspend(): Promise<void>
  /** Milliseconds after which an ESC byte that nothing has followed is the key Esc. */
  escapeDelay?: number
  /** Milliseconds that keys typed behind a Tab wait for what it completes. */
  typeAhead?: number
}

export interface Prompt {
  /** May hold SGR sequences (colours) and line breaks; every other control character is drawn escaped. */
  text: string
  /** What was typed before it was asked is no answer to it. */
  fresh?: true
}

export type LineResult =
  /** Enter. Never holds a line break. */
  | { kind: 'line'; text: string }
  /** Ctrl-D on an empty line, or the input has ended. */
  | { kind: 'eof' }
  /** Ctrl-C threw the line away: a new prompt is due. */
  | { kind: 'interrupt' }

export interface Editor {
  /**
   * Reads a line. What was typed since the last one counts as typed now.
   * @throws Error when a line is being read already.
   */
  read(prompt: Prompt): Promise<LineResult>
  /** Writes above the prompt while a line is being read, plainly otherwise. The text is written as it is. */
  print(text: string): void
  /** Hands the terminal to another program: raw mode off, no key is taken. */
  suspend(): void
  /** Takes the terminal back. */
  resume(): void
  /** Leaves the terminal as it was. A line that is being read ends as `eof`. May be called again. */
  close(): void
}
