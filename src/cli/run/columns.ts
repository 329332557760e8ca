import type { Column } from '../../core/result.ts'
import { required } from '../../verbs/define.ts'

export const RUN = required('text', 'the name of the run: `cbc run list` shows them')

export const RUN_COLUMNS: Column[] = [
  { key: 'run' },
  { key: 'state' },
  { key: 'verb', priority: 3 },
  { key: 'begun', kind: 'time', priority: 2 },
  ...['devices', 'done', 'failed', 'offline', 'unknown'].map((key): Column => ({ key, align: 'right' })),
  { key: 'not_begun', title: 'not begun', align: 'right', priority: 4 },
  { key: 'bytes', kind: 'size', align: 'right', priority: 1 },
]

/** Fields that JSON has besides. */
export const RUN_FIELDS = ['ended', 'stopped', 'profile', 'who', 'running', 'waiting']
