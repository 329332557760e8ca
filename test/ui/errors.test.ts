import { expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { errorDocument, errorJson, errorLines } from '../../src/ui/errors.ts'

const error = new CbcError('not_found', 'ls C:\\x\u001b[2J\ny: no such directory', {
  hint: 'look\u0007',
  http_status: 404,
  result_code: 2147942402,
  device_id: 7,
  cause: new Error('secret'),
})

const PIPE = { color: false, isTerminal: false, columns: () => 40 }
const TERMINAL = { ...PIPE, isTerminal: true }

it('a long error breaks between words on a terminal, and nowhere in a pipe', async () => {
  const long = new CbcError('remote', 'rm C:\\Users\\j.moreau\\Documents\\report.docx: another program has it open', {
    hint: '`cbc lr ps 7` shows which programs run, `cbc lr kill 7 PID` ends one',
  })
  const lines = (await errorLines(long, TERMINAL)).split('\n')
  expect(lines).toEqual([
    'cbc: rm',
    'C:\\Users\\j.moreau\\Documents\\report.docx:',
    'another program has it open',
    'hint: `cbc lr ps 7` shows which programs',
    'run, `cbc lr kill 7 PID` ends one',
    '',
  ])
  expect(await errorLines(long, PIPE)).toBe(`cbc: ${long.message}\nhint: ${long.facts.hint}\n`)
})

it("a hint's command line begins with ! where it is read in our shell", async () => {
  const lost = new CbcError('network', 'no', { hint: 'look: `cbc lr command list 7`' })
  expect(await errorLines(lost, { ...TERMINAL, inShell: true })).toBe('cbc: no\nhint: look: `!cbc lr command list 7`\n')
})

it('an error is one line, and a second one for the hint', async () => {
  expect(await errorLines(error, PIPE)).toBe('cbc: ls C:\\x\\x1b[2J\\ny: no such directory\nhint: look\\x07\n')
  expect(await errorLines(new CbcError('internal', 'no'), PIPE)).toBe('cbc: no\n')
  expect(await errorLines(new CbcError('internal', 'no'), { ...PIPE, color: true })).toBe('\u001b[38;5;160mcbc:\u001b[39m no\n')
})

it('an error in JSON is one line with the known facts', () => {
  expect(errorJson(new CbcError('usage', 'no'))).toEqual({ code: 'usage', message: 'no', hint: null })
  const document = errorDocument(error)
  expect(document).toMatch(/^\{[^\n\u001b\u0007]*\}\n$/)
  expect(JSON.parse(document)).toEqual({
    error: { code: 'not_found', message: error.message, hint: 'look\u0007', http_status: 404, result_code: 2147942402, device_id: 7 },
  })
})
