import { createHash } from 'node:crypto'
import type { About } from '../../core/about.ts'
import type { CaseFolder } from '../../core/case-folder.ts'
import { firstOf } from '../../core/lists.ts'
import type { NewFolder } from '../../core/new-folder.ts'
import type { LocalTarget } from '../../core/ports.ts'
import { bagName } from './bag-name.ts'
import type { ExportOptions } from './options.ts'
import { payloadOf } from './payload.ts'

/** The most problems that are told one by one. */
const MAX_PROBLEMS = 1000

export interface BagOptions extends ExportOptions {
  about: Pick<About, 'version'>
  /** Called with the bytes of the payload so far. */
  progress(bytes: number): void
  signal: AbortSignal
}

export interface Bag {
  files: number
  /** Of the payload. */
  bytes: number
  /** Of `tagmanifest-sha256.txt`, which vouches for everything else. */
  sha256: string
}

/**
 * Writes a case as a bag (RFC 8493): the case below `data/`, with manifests that `sha256sum -c` checks.
 * @param bag is filled, not committed
 * @throws CbcError io, not_found; the signal's reason
 */
export async function writeBag(folder: CaseFolder, bag: NewFolder, options: BagOptions): Promise<Bag> {
  const tags = new Tags(bag)
  const manifest = await tags.begin('manifest-sha256.txt')
  const renamed = await tags.begin('renamed-files.jsonl')
  let [files, bytes] = [0, 0]
  for await (const { file, modified, bytes: chunks } of payloadOf(folder, options)) {
    const name = `data/${bagName(file)}`
    const sha256 = await copied(chunks(), await bag.create(name), Date.parse(modified), more => {
      options.signal.throwIfAborted()
      options.progress((bytes += more))
    })
    files += 1
    await manifest.write(`${sha256}  ${name}\n`)
    if (name !== `data/${file}`) await renamed.write(`${JSON.stringify({ path: name, file })}\n`)
  }
  await manifest.end()
  await renamed.end()
  await (await tags.begin('bagit.txt')).end('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')
  await (await tags.begin('bag-info.txt')).end(bagInfo(options, files, bytes))
  return { files, bytes, sha256: await tags.list() }
}

/** @returns SHA-256, hex */
async function copied(
  chunks: AsyncIterable<Uint8Array>,
  target: LocalTarget,
  modified: number,
  more: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      await target.write(chunk)
      more(chunk.length)
    }
    await target.commit(Number.isNaN(modified) ? undefined : modified)
  } catch (error) {
    await target.discard()
    throw error
  }
  return hash.digest('hex')
}

/** The files beside the payload, and their manifest. */
class Tags {
  readonly #bag: NewFolder
  readonly #lines: string[] = []

  constructor(bag: NewFolder) {
    this.#bag = bag
  }

  async begin(name: string): Promise<{ write(text: string): Promise<void>; end(text?: string): Promise<void> }> {
    const target = await this.#bag.create(name)
    const hash = createHash('sha256')
    const write = async (text: string) => {
      const bytes = Buffer.from(text)
      hash.update(bytes)
      await target.write(bytes)
    }
    return {
      write,
      end: async (text = '') => {
        await write(text)
        await target.commit()
        this.#lines.push(`${hash.digest('hex')}  ${name}\n`)
      },
    }
  }

  /** Writes the manifest of them all. @returns its SHA-256, hex */
  async list(): Promise<string> {
    const bytes = Buffer.from(this.#lines.join(''))
    const target = await this.#bag.create('tagmanifest-sha256.txt')
    await target.write(bytes)
    await target.commit()
    return createHash('sha256').update(bytes).digest('hex')
  }
}

function bagInfo({ moment, problems, about, now }: BagOptions, files: number, bytes: number): string {
  const { lines, sha256 } = moment.head
  const facts: [string, string][] = [
    ['Bag-Software-Agent', `cbc ${about.version}`],
    ['Bagging-Date', new Date(now).toISOString().slice(0, 10)],
    ['Payload-Oxum', `${bytes}.${files}`],
    ['External-Description', 'Case folder of Live Response: journal, files, results'],
    ['Case-Journal-Lines', String(lines)],
    ['Case-Journal-Head-SHA256', sha256],
    ...(problems.length === 0 ? [] : [['Case-Verification', 'the case did not verify when it was exported'] as [string, string]]),
    ...firstOf(problems, MAX_PROBLEMS).map((problem): [string, string] => ['Case-Problem', problem]),
  ]
  return facts.map(([label, value]) => `${label}: ${value.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, escaped)}\n`).join('')
}

/** A line break would begin another fact. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
