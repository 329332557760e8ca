import { isJson } from '../../core/format.ts'
import { fieldsOf, object, type Column, type Row } from '../../core/result.ts'
import { Secret } from '../../core/secret.ts'
import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import { value } from '../../verbs/define.ts'
import type { SigningKey } from '../../cases/seal/key.ts'
import { CASE } from './folder.ts'

const COLUMNS: Column[] = [
  { key: 'path' },
  { key: 'seal' },
  { key: 'lines' },
  { key: 'sha256', title: 'SHA-256 of the seal' },
  { key: 'key_id', title: 'key' },
  { key: 'time', kind: 'time' },
  {
    key: 'time_stamp',
    title: 'time stamp',
    text: row => (row['time_stamp'] === undefined ? '' : String((row['time_stamp'] as Row)['time'])),
  },
]

/** `cbc case seal`. */
export const seal = defineProgramVerb({
  summary: 'sign the end of the journal, so that nobody can change what is in the case by then unnoticed',
  details:
    'Verifies the case, and refuses one that is not as it was recorded. Signs with an Ed25519 key of your own, which is made on first use and kept in the keychain, or in a file that you alone can read; the public key goes into the case. A seal stands for the journal up to its last line, which has the hashes of all before it, and they those of all files: work can go on afterwards, and be sealed again. Tell the key id to those who get the case by another way: whoever can change a case can seal it with a key of their own.',
  examples: [
    { line: 'cbc case seal /evidence/2026-114', does: 'signs it' },
    { line: 'cbc case seal /evidence/2026-114 --tsa https://tsa.example/tsr', does: 'has an authority confirm the time, too' },
  ],
  example: line => line,
  fields: fieldsOf(COLUMNS),
  arguments: { case: CASE },
  options: {
    tsa: value('--tsa <url>', 'a time-stamping authority (RFC 3161), which gets the hash of the seal and nothing else; https or http'),
    key: value('--key <file>', 'a private key to sign with: Ed25519, PEM, without a passphrase', { kind: 'local-path' }),
  },
  async run({ case: path, tsa, key: file }, context) {
    const { host, progress } = context
    const authority = tsa === undefined ? {} : { authority: (await import('./time-stamping-authority.ts')).authorityAt(tsa, context) }
    const folder = await host.caseFolder(path)
    const key = file === undefined ? await ownKey(context) : await keyIn(file, context)
    const { sealCase } = await import('../../cases/seal/seal-case.ts')
    const { clock, random, interrupt: signal } = host
    const sealed = {
      path: folder.path,
      ...(await sealCase(folder, { who: host.who(), key, clock, random, progress, signal, ...authority })),
    }
    return object(
      sealed,
      COLUMNS.filter(({ key: name }) => name in sealed),
    )
  },
})

/** The key of this user. */
async function ownKey({ host, globals, notice }: ProgramContext): Promise<SigningKey> {
  const [{ sealKey }, { newKey, signingKey }] = await Promise.all([import('../../config/seal-key.ts'), import('../../cases/seal/key.ts')])
  const { pem, from, isNew } = await sealKey(host, () => newKey(host.random))
  const key = signingKey(pem, from)
  // With JSON a program is reading, which finds the id in the result.
  if (isNew && !isJson(globals.output)) await notice(`a key for your seals was made, and is in ${from}: its id is ${key.id}`)
  return key
}

async function keyIn(file: string, { host, notice }: ProgramContext): Promise<SigningKey> {
  const [{ findExposure }, { signingKey }] = await Promise.all([import('../../config/warnings.ts'), import('../../cases/seal/key.ts')])
  const key = signingKey(new Secret(await host.local.text(file)), file)
  const exposed = await findExposure(file)
  if (exposed !== undefined) await notice(`${exposed.what}: ${exposed.mend}`)
  return key
}
