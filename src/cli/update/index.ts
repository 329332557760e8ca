import { object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { flag } from '../../verbs/define.ts'

/** `cbc update`. */
export const update = defineProgramVerb({
  summary: 'tell whether there is a newer version of cbc',
  details:
    'It reads the list of releases at CBC_UPDATE_URL, else that of the profile (`cbc config set update_url https://...`), over the proxy and with the authorities of the profile, and sends no credentials there. ' +
    'A prerelease is told of only to those who use one. Nothing is installed, and no other command ever asks.',
  examples: [
    { line: 'cbc update --check', does: 'this version, and the newest one' },
    { line: 'cbc update --check --json | jq -e .newer', does: 'for a script: whether there is a newer one' },
  ],
  example: line => line,
  fields: ['version', 'latest', 'newer', 'date', 'url'],
  arguments: {},
  options: { check: flag('--check', 'ask for the newest version; nothing is changed') },
  run: async (input, context) => object(await (await import('./check.ts')).check(input, context)),
})
