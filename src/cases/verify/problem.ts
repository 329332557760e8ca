/** What `verify` found. A line is counted from 1 as the file has it; a file is below the case's folder. */
export interface Finding {
  kind: FindingKind
  line?: number
  file?: string
  message: string
}

type FindingKind = ProblemKind | WarningKind

/** The case is not as it was recorded. */
type ProblemKind =
  | 'changed_line'
  | 'unreadable_line'
  | 'missing_lines'
  | 'repeated_line'
  | 'misplaced_line'
  | 'cut_off'
  | 'head'
  | 'changed_file'
  | 'missing_file'
  | 'additional_file'
  | 'unreadable_file'
  | 'link'
  | 'special_file'
  | 'seal'

/** Something to know about that happens without anybody changing the case. */
type WarningKind =
  'clock' | 'torn_line' | 'mended' | 'head_behind' | 'unfinished' | 'unfinished_file' | 'replaced_file' | 'unrecorded_seal' | 'unused_key'

const WARNINGS: ReadonlySet<FindingKind> = new Set<WarningKind>([
  'clock',
  'torn_line',
  'mended',
  'head_behind',
  'unfinished',
  'unfinished_file',
  'replaced_file',
  'unrecorded_seal',
  'unused_key',
])

/** Whether a finding leaves the case as it was recorded. */
export function isWarning({ kind }: Finding): boolean {
  return WARNINGS.has(kind)
}
