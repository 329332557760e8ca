import { CbcError, isNoFile, usage } from '../core/errors.ts'
import type { LocalFiles } from '../core/ports.ts'
import { nearest } from '../core/nearest.ts'
import { formatSize } from '../core/quantity.ts'
import { fromLines } from './from-lines.ts'
import type { Playbook } from './playbook.ts'
import { SHIPPED } from './shipped/index.ts'
import type { Source } from './source.ts'

/** The longest playbook, characters. */
const MAX_LENGTH = 1024 * 1024

/**
 * Reads a playbook: one that ships, by its name, else a file.
 * @throws CbcError usage, with file, line and column; not_found: neither a playbook nor a file has this name; io
 */
export async function readPlaybook(typed: string, local: Pick<LocalFiles, 'text'>): Promise<Playbook> {
  const source = SHIPPED.find(({ name }) => name === typed) ?? { name: typed, text: await textOf(typed, local) }
  if (source.text.length > MAX_LENGTH) throw usage(`${typed}: is larger than ${formatSize(MAX_LENGTH)}, and no playbook`)
  return isYaml(source) ? (await import('./from-yaml.ts')).fromYaml(source) : fromLines(source)
}

/** @throws CbcError not_found: neither a playbook nor a file has this name; io */
async function textOf(typed: string, local: Pick<LocalFiles, 'text'>): Promise<string> {
  try {
    return await local.text(typed)
  } catch (error) {
    if (isNoFile(error) && typed === '-')
      throw usage('a playbook is not read from standard input', 'lines on standard input: `cbc lr connect DEVICE`')
    // What looks like a path is one.
    if (!isNoFile(error) || /[\\/.]/.test(typed)) throw error
    const meant = nearest(
      typed,
      SHIPPED.map(({ name }) => name),
    )
    throw new CbcError('not_found', `there is no playbook "${typed}", and no file of this name`, {
      hint: meant.length > 0 ? `did you mean ${meant.join(', ')}?` : '`cbc lr playbook list` shows the playbooks that ship',
    })
  }
}

/** Whether a file is YAML: by its name, else by its first line, since no command of the shell ends in a colon. */
function isYaml({ name, text }: Source): boolean {
  if (/\.(?:ya?ml|json)$/i.test(name)) return true
  const first = text.split('\n').find(line => !/^\s*(?:#|$)/.test(line)) ?? ''
  return /^(?:---|%YAML|\{|[A-Za-z_]+\s*:(?:\s|$))/.test(first)
}
