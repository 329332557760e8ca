/** One way to complete a word. */
export interface Candidate {
  /** The whole word, as the program would receive it. */
  text: string
  /** What it is, in a few words. */
  about?: string | undefined
  /** The word is complete: a blank follows it. */
  final: boolean
}

/** How a word can be completed: with local paths, which the shell itself completes best, or with candidates. */
export type Answer = 'files' | readonly Candidate[]

/** What was typed, without the program's own name. */
export interface Line {
  words: readonly string[]
  typed: string
  /** The word is the target of a redirection, which is the shell's own business. */
  redirected?: boolean
}

/** How one shell is served: the script that makes it ask for completions, and the format of its questions and answers. */
export interface Dialect {
  /** What `cbc completion` prints. */
  script: string
  /** @param asked the words after `__complete <shell>` @returns the line, and a function that formats the answer */
  read(asked: readonly string[]): { line: Line; write(answer: Answer): string }
}
