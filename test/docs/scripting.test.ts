import { expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/core/errors.ts'
import { documentText, followDocument } from '../support/document.ts'

followDocument('docs/scripting.md')

it('docs/scripting.md: the table of exit codes has each code of an error, with its number', () => {
  const rows = [...documentText('docs/scripting.md').matchAll(/^\| (\d+) \|([^|]*)\|/gm)].map(([, exit, codes]) => ({
    exit: Number(exit),
    codes,
  }))
  for (const [code, exit] of Object.entries(EXIT_CODES))
    expect(rows).toContainEqual({ exit, codes: expect.stringContaining(`\`${code}\``) })
})
