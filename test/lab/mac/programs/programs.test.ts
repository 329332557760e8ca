import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseScript, SyntaxError } from '../../../../src/lab/mac/programs/sh/syntax.ts'
import { inHomeOf, openFleet } from '../../../support/fleet.ts'

const MAC = 'MBP-DESIGN-01'
const fleet = openFleet()
inHomeOf(() => fleet)

const exec = async (...words: string[]) => {
  const { code, out } = await fleet.cbc(['lr', 'exec', MAC, ...words])
  return { code, out }
}

it.each([
  [['whoami'], 'root\n'],
  [['id', '-u', 'tom'], '502\n'],
  [['sw_vers', '-productVersion'], '14.6.1\n'],
  [['uname'], 'Darwin\n'],
  [['hostname', '-s'], 'mbp-design-01\n'],
  [['/usr/bin/dscl', '.', '-list', '/Users', 'UniqueID'], /^lena {21}501$/m],
  [['lsof', '-nP', '-i'], /^CCHelper +4127 +root .*->203\.0\.113\.66:443 \(ESTABLISHED\)$/m],
  [['ifconfig'], /inet 10\.20\.8\.41 /],
  [['ps', 'aux'], /^root +4127 +1 .* \/Users\/Shared\/\.acc\/CCHelper --daemon$/m],
])('%j says what the inventory and the processes say', async (words, wanted) => {
  const { code, out } = await exec(...words)
  expect(code).toBe(0)
  if (typeof wanted === 'string') expect(out).toBe(wanted)
  else expect(out).toMatch(wanted)
})

it.each([
  ['echo "a  b" c\'d\'$HOME', 'a  bcd/var/root\n'.replace('bcd', 'b cd')],
  ['false || echo other; true && echo more', 'other\nmore\n'],
  ['(nobody || echo "there is none") 2>/dev/null', 'there is none\n'],
  ['X=5; (X=6); echo $X $(echo $X | wc -l | grep -c 1)', '5 1\n'],
  ['cd /Users && ls -d l* Sh* no*', undefined],
  ['printf=1 echo "$printf"; ! true || echo not', '\nnot\n'],
  ['{ echo one; echo two; } > /tmp/lines; echo three >> /tmp/lines; cat < /tmp/lines | tail -1; rm /tmp/lines', 'three\n'],
  ['[ -d /etc ] && [ -f /etc/passwd ] && ! [ -e /nothing ] && echo all', 'all\n'],
  ['echo a\\ b # a comment', 'a b\n'],
])('sh runs %s', async (line, wanted) => {
  const { out } = await exec('--shell', line)
  if (wanted === undefined) expect(out).toContain('lena')
  else expect(out).toBe(wanted)
})

it.each([
  ['exit 7', 7, ''],
  ['nobody', 127, 'command not found'],
  ['/etc/passwd', 126, 'Permission denied'],
  ['echo "open', 2, 'a quote is not closed'],
  ['for x in 1; do echo; done', 2, "for: not part of the lab's shell"],
  ['cat /nothing', 1, 'cat: /nothing: No such file or directory'],
  ['curl http://example', 1, 'the lab has no such program'],
])('sh ends %s with its own exit code and words', async (line, code, says) => {
  expect(await exec('--shell', line)).toEqual({ code, out: expect.stringContaining(says) as string })
})

it('a script runs by its first line once it may be executed', async () => {
  writeFileSync(join(fleet.home, 'x'), '#!/bin/sh\necho "$0 has $# words, the first is $1"\n')
  expect((await fleet.cbc(['lr', 'put', MAC, 'x', '/tmp/x'])).code).toBe(0)
  expect((await exec('/tmp/x', 'a')).code).toBe(5)
  expect((await exec('chmod', '755', '/tmp/x')).code).toBe(0)
  expect((await exec('/tmp/x', 'a b', 'c')).out).toBe('/tmp/x has 2 words, the first is a b\n')
  writeFileSync(join(fleet.home, 'y'), '#!/tmp/y\n')
  await fleet.cbc(['lr', 'put', MAC, 'y', '/tmp/y'])
  await exec('chmod', '755', '/tmp/y')
  expect((await exec('/tmp/y')).code).toBe(5)
})

it('any text is a script, or an error that says so', () => {
  const piece = fc.constantFrom(
    'echo',
    ' ',
    '|',
    '||',
    '&&',
    ';',
    '(',
    ')',
    '{ ',
    '}',
    '"',
    "'",
    '$',
    '$(',
    '${x}',
    '>',
    '2>',
    '<',
    '\\',
    '\n',
    '#',
    '!',
    '&',
    '*',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      try {
        parseScript(pieces.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
      }
    }),
    { numRuns: 500 },
  )
})
