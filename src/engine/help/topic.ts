/** A topic that help explains besides the commands. */
export interface Topic {
  /** What it is about, in a few words. */
  summary: string
  /** Paragraphs, and tables of terms with what they mean. */
  parts: readonly (string | readonly (readonly [term: string, meaning: string])[])[]
}
