/** One way to complete a word. */
export interface Candidate {
  /** The whole word, as the program would be given it. */
  text: string
  /** What it is, in a few words. */
  about?: string | undefined
  /** The word is complete: a blank follows it. */
  final: boolean
}

/** How a word can be completed: by paths on this machine, which a shell knows best, or by candidates. */
export type Answer = 'files' | readonly Candidate[]

/** What was typed, without the program's own name. */
export interface Line {
  words: readonly string[]
  typed: string
  /** The word is the target of a redirection, which is the shell's own business. */
  redirected?: boolean
}

/** A shell: the script that makes it ask, and the language in which it asks and is answered. */
export interface Dialect {
  /** What `cbc completion` prints. */
  script: string
  /** @param asked the words after `__complete <shell>`. @returns the line, and how to answer what was asked of it */
  read(asked: readonly string[]): { line: Line; write(answer: Answer): string }
}
