import { defineVerb } from '../define.ts'
import { content } from './content.ts'
import { checkPart, openPart, PRINTS_CONTENT } from './byte-range.ts'

export const cat = defineVerb({
  name: 'cat',
  summary: 'print a file, or a part of it',
  details: 'Only the selected bytes are fetched. A terminal shows control characters escaped; a pipe gets the bytes unchanged.',
  examples: [
    { line: 'cat C:\\Windows\\System32\\drivers\\etc\\hosts', does: 'the whole file' },
    { line: 'cat C:\\Windows\\System32\\drivers\\etc\\hosts --head 20', does: 'its first 20 bytes' },
  ],
  ...PRINTS_CONTENT,
  check: input => checkPart('cat', input),
  async run({ path: typed, ...part }, context) {
    const { path, from, bytes } = await openPart(typed, part, context)
    return { kind: 'bytes', bytes, object: found => ({ path, offset: from, size: found.length, ...content(found) }) }
  },
})
